import type { User } from '../people/index.ts';

/**
 * Which scope gives which claims (OIDC Core §5.4). `acr`, `amr`, `auth_time` and the organization that the session is for
 * belong to `openid`, so that every ID token has them. Profile and email come from the userinfo endpoint, not in the ID token, unless the `claims`
 * parameter asks for them there: with an access token issued, that is what §5.4 says.
 */
export const scopeClaims: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'org_id', 'org_name', 'roles'],
  profile: ['name', 'preferred_username', 'locale', 'zoneinfo', 'updated_at'],
  email: ['email', 'email_verified'],
};

const scopeOfClaim: ReadonlyMap<string, string> = new Map(
  Object.entries(scopeClaims).flatMap(([scope, claims]) => claims.map((claim) => [claim, scope] as const)),
);

/** The scope that gives this claim as well; undefined for a claim we do not have. */
export const scopeOf = (claim: string): string | undefined => scopeOfClaim.get(claim);

export const supportedScopes: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

export function claimsOf(user: User): Record<string, unknown> {
  const claims = {
    sub: user.id,
    name: user.name,
    preferred_username: user.username ?? user.email,
    locale: user.locale,
    zoneinfo: user.timeZone,
    // Seconds, as OIDC Core §5.1 wants it.
    updated_at: Math.floor(user.changedAt.getTime() / 1000),
    email: user.email,
    email_verified: user.email === undefined ? undefined : user.emailVerified,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** `roles`: the person's in that organization. Nothing for a session that is for none. */
export function organizationClaims(
  member: { readonly id: string; readonly name: string; readonly roles: readonly string[] } | undefined,
): Record<string, unknown> {
  return member === undefined ? {} : { org_id: member.id, org_name: member.name, roles: member.roles };
}
