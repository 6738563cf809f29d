import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** What is known about where a request came from. */
export interface Arrival {
  /** The client's address in its plain form; `0.0.0.0` when the socket is gone. */
  readonly address: string;
  /** The last hop is one of the configured proxies, so its forwarding headers count. */
  readonly isFromProxy: boolean;
}

/**
 * Reads addresses. `trusted`: addresses or networks (CIDR) of proxies. `X-Forwarded-For` is walked from the right
 * and only as long as hops are trusted; a part that is no address ends the walk, so nothing a client writes counts.
 */
export function createAddressReader(trusted: readonly string[]): (request: IncomingMessage) => Arrival {
  const hopOf = createHops(trusted);

  return (request) => {
    let current = hopOf(request.socket.remoteAddress ?? '');
    if (current === undefined) return { address: '0.0.0.0', isFromProxy: false };
    const isFromProxy = current.isTrusted;
    // Node joins repeated X-Forwarded-For headers with commas.
    const hops = isFromProxy ? String(request.headers['x-forwarded-for'] ?? '').split(',') : [];
    while (current.isTrusted) {
      const hop = hopOf((hops.pop() ?? '').trim());
      if (hop === undefined) break;
      current = hop;
    }
    return { address: current.address, isFromProxy };
  };
}

interface Hop {
  readonly address: string;
  readonly isTrusted: boolean;
}

/** How many are remembered; no address is written longer than an IPv6 one with an IPv4 in it and a zone. */
const hopsKnown = 1_000;
const longestHop = 64;

/** Proxies and whoever is busy come again and again. Undefined for what is no address. */
function createHops(trusted: readonly string[]): (text: string) => Hop | undefined {
  const networks = trusted.map(toNetwork);
  const isTrusted = (address: ipaddr.IPv4 | ipaddr.IPv6) =>
    networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
  const known = new Map<string, Hop>();

  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const address = text.length > longestHop ? undefined : toAddress(text);
    if (address === undefined) return undefined;
    const hop = { address: address.toString(), isTrusted: isTrusted(address) };
    if (known.size >= hopsKnown) known.clear();
    // A copy: a part of a header would keep the whole of it.
    known.set(Buffer.from(text, 'latin1').toString('latin1'), hop);
    return hop;
  };
}

/** Strict: four-part decimal IPv4 or IPv6; IPv4 in IPv6 becomes IPv4; a zone is dropped. */
function toAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const plain = text.replace(/%[\w.-]+$/, '');
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  return ipaddr.IPv6.isValid(plain) ? ipaddr.process(plain) : undefined;
}

function toNetwork(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
