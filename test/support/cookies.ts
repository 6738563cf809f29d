/** A browser's cookies: host-only or by domain, by path, expiring, and `Secure` kept to https (RFC 6265bis §5). */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined;
  readonly expiresAt: Date | undefined;
}

export class Cookies {
  readonly #now: () => Date;
  #cookies: Cookie[] = [];

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Takes in one `Set-Cookie` header. Cookies that a browser would refuse are refused: see `acceptable`. */
  store(header: string, url: URL): void {
    const cookie = parse(header, url, this.#now());
    if (cookie === undefined || !acceptable(cookie, url)) return;
    this.#cookies = this.#cookies.filter(
      (old) => old.name !== cookie.name || old.domain !== cookie.domain || old.path !== cookie.path,
    );
    if (cookie.expiresAt === undefined || cookie.expiresAt > this.#now()) this.#cookies.push(cookie);
  }

  /** What is sent to `url`: longest path first. `isCrossSitePost`: only `SameSite=None` cookies go along. */
  for(url: URL, isCrossSitePost = false): Cookie[] {
    const now = this.#now();
    return this.#cookies
      .filter((cookie) => domainMatches(cookie, url.hostname) && pathMatches(cookie.path, url.pathname))
      .filter((cookie) => !cookie.secure || url.protocol === 'https:')
      .filter((cookie) => cookie.expiresAt === undefined || cookie.expiresAt > now)
      .filter((cookie) => !isCrossSitePost || cookie.sameSite === 'none')
      .sort((a, b) => b.path.length - a.path.length);
  }

  header(url: URL, isCrossSitePost = false): string {
    return this.for(url, isCrossSitePost)
      .map((cookie) => `${cookie.name}=${cookie.value}`)
      .join('; ');
  }

  all(): readonly Cookie[] {
    return this.#cookies;
  }

  /** The value of the first cookie of that name, whatever its path. */
  get(name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name)?.value;
  }

  /** Puts one in, as an attacker or a broken browser would. */
  set(name: string, value: string, url: string | URL): void {
    this.store(`${name}=${value}; Path=/`, new URL(url));
  }

  /** Without a name: all. */
  forget(name?: string | RegExp): void {
    this.#cookies = this.#cookies.filter((cookie) => {
      if (name === undefined) return false;
      return typeof name === 'string' ? cookie.name !== name : !name.test(cookie.name);
    });
  }

  /** Closing the browser: cookies without an expiry go. */
  close(): void {
    this.#cookies = this.#cookies.filter((cookie) => cookie.expiresAt !== undefined);
  }
}

function parse(header: string, url: URL, now: Date): Cookie | undefined {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  if (equals < 1) return undefined;
  const given = new Map<string, string>();
  for (const attribute of attributes) {
    const at = attribute.indexOf('=');
    const name = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
    given.set(name, at < 0 ? '' : attribute.slice(at + 1).trim());
  }
  const domain = given.get('domain')?.replace(/^\./, '').toLowerCase();
  const path = given.get('path');
  const sameSite = given.get('samesite')?.toLowerCase();
  return {
    name: pair.slice(0, equals),
    value: pair.slice(equals + 1),
    domain: domain === undefined || domain === '' ? url.hostname : domain,
    hostOnly: domain === undefined || domain === '',
    path: path?.startsWith('/') === true ? path : defaultPath(url.pathname),
    secure: given.has('secure'),
    httpOnly: given.has('httponly'),
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : undefined,
    expiresAt: expiry(given, now),
  };
}

function expiry(given: ReadonlyMap<string, string>, now: Date): Date | undefined {
  const maxAge = given.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return new Date(now.getTime() + Number(maxAge) * 1000);
  const expires = new Date(given.get('expires') ?? Number.NaN);
  return Number.isNaN(expires.getTime()) ? undefined : expires;
}

function acceptable(cookie: Cookie, url: URL): boolean {
  const isSecureOrigin = url.protocol === 'https:';
  if (cookie.secure && !isSecureOrigin) return false;
  if (cookie.sameSite === 'none' && !cookie.secure) return false;
  if (cookie.name.startsWith('__Secure-') && !cookie.secure) return false;
  if (cookie.name.startsWith('__Host-') && !(cookie.secure && cookie.hostOnly && cookie.path === '/')) return false;
  return domainMatches(cookie, url.hostname);
}

function domainMatches(cookie: Cookie, host: string): boolean {
  return host === cookie.domain || (!cookie.hostOnly && host.endsWith(`.${cookie.domain}`));
}

// RFC 6265 §5.1.4
function pathMatches(cookiePath: string, path: string): boolean {
  return (
    path === cookiePath ||
    (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'))
  );
}

function defaultPath(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}
