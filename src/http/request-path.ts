import { GatehouseError } from '../kernel/index.ts';

const partsAtMost = 16;
const partLengthAtMost = 128;

/**
 * The decoded parts of a request's path: `/realms/web1/sign-in/x` → `['realms', 'web1', 'sign-in', 'x']`.
 * Refuses every second way to write a path (empty and dot parts, encoded separators, `;`, NUL, overlong UTF-8),
 * so that no guard before us and no route of ours can read it differently. Throws `bad_request`.
 */
export function pathParts(url: string): readonly string[] {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  if (!path.startsWith('/')) throw malformed('not a path');
  if (path === '/') return [];
  // One slash at the end is as good as none.
  const raw = path.slice(1, path.endsWith('/') ? -1 : undefined).split('/');
  if (raw.length > partsAtMost) throw malformed('too many parts');
  return raw.map(decodePart);
}

function decodePart(raw: string): string {
  if (!/^[A-Za-z0-9\-._~!$&'()*+,=:@%]+$/.test(raw)) throw malformed('empty part or character');
  if (/%(?:2e|2f|5c|25|3b|0|1|7f)/i.test(raw)) throw malformed('encoded separator, dot or control');
  let part: string;
  try {
    part = decodeURIComponent(raw);
  } catch {
    throw malformed('encoding');
  }
  if (part === '.' || part === '..') throw malformed('dot part');
  if (part.length > partLengthAtMost) throw malformed('long part');
  return part;
}

/** The path as the browser knows it, for links back to it: below this origin whatever was asked for (`//evil.example`). */
export function pathToLink(originalUrl: string): string {
  const [path = ''] = originalUrl.split('?');
  return `/${path.replace(/^[/\\]+/, '')}`;
}

const malformed = (what: string) => new GatehouseError('bad_request', `malformed path: ${what}`);
