import { isLoopbackHost } from '../config/index.ts';

const longest = 2_048;

/**
 * Undefined, or what is wrong with it as an address people and browsers are sent to: https (or http on this machine),
 * written as a browser would send it, so that comparing it exactly (RFC 9700 §4.1.3) does what was meant.
 */
export function webAddressFault(value: string): string | undefined {
  const url = parse(value);
  if (typeof url === 'string') return url;
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) return undefined;
  return 'must begin with https:// (http:// only for this machine: localhost, 127.0.0.1)';
}

/** As `webAddressFault`; a native app may also have a scheme of its own, named after a domain (RFC 8252 §7.1). */
export function redirectUriFault(value: string, kind: 'web' | 'native' | 'browser' | 'machine'): string | undefined {
  if (kind === 'machine') return 'a machine has no redirect addresses';
  const isPrivateScheme = kind === 'native' && /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:\/[^\s#\\*]*$/.test(value);
  if (isPrivateScheme) return undefined;
  return webAddressFault(value) ?? (kind === 'native' ? loopbackFault(new URL(value)) : undefined);
}

/** RFC 8252 §7.3 and §8.3: an app listens on the loopback interface, on http; there are no certificates for it. */
function loopbackFault({ protocol, hostname }: URL): string | undefined {
  if (!isLoopbackHost(hostname)) return undefined;
  if (protocol === 'https:') return 'must be http:// on this machine: an app has no certificate for it';
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return undefined;
  return 'must be 127.0.0.1, [::1] or localhost for an app on this machine';
}

/** An origin without anything behind it: `https://id.example.com`. */
export function originFault(value: string): string | undefined {
  const fault = webAddressFault(value);
  if (fault !== undefined) return fault;
  const { origin } = new URL(value);
  return origin === value ? undefined : `must be an origin, without a path or a slash at the end: ${origin}`;
}

function parse(value: string): URL | string {
  if (value.length > longest) return `must not be longer than ${longest} characters`;
  if (value.startsWith('{demo}')) return '{demo} stands for the demo portals, which there are in development only';
  if (!URL.canParse(value)) return 'must be a full address, such as https://portal.example.com/callback';
  const url = new URL(value);
  if (value.includes('#')) return 'must not have a fragment (#): RFC 6749 §3.1.2';
  if (value.includes('*')) return 'must not have wildcards: addresses are compared exactly';
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password';
  if (url.href !== value && url.href !== `${value}/`) return `must be written as browsers send it: ${url.href}`;
  return url;
}
