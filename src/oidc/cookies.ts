import { CookieSignatures } from './cookie-signatures.ts';

/**
 * Cookie names carry the realm, since realms share an origin; on https the browser enforces the prefix: `__Host-` for
 * the session (Path=/), `__Secure-` for the interaction and resume cookies, which are bound to a path
 * (RFC 6265bis §4.1.3). On http (development) prefixes would make the browser refuse them.
 */
export function cookiesOf(realm: string, isSecure: boolean, keys: readonly string[]) {
  const host = isSecure ? '__Host-' : '';
  const secure = isSecure ? '__Secure-' : '';
  const attributes = { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true, secure: isSecure } as const;
  return {
    names: {
      session: `${host}${realm}-session`,
      interaction: `${secure}${realm}-sign-in`,
      resume: `${secure}${realm}-resume`,
    },
    long: { ...attributes, path: '/' },
    short: attributes,
    keys: new CookieSignatures(keys),
  };
}
