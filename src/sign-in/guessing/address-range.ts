import ipaddr from 'ipaddr.js';

/** What one customer of a network usually has: the /24 of an IPv4 address, the /56 of an IPv6 one. */
export function addressRange(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  const bits = parsed.kind() === 'ipv4' ? 24 : 56;
  const bytes = parsed.toByteArray().map((byte, at) => (at < bits / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
