import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { People } from '../people/index.ts';
import { claimsOf, organizationClaims } from './claims.ts';
import type { RealmSession } from './session-age.ts';
import type { TokenOrigin } from './token-origins.ts';

/** What tokens say of the organization that a session is for; undefined when the person is no member any more. */
export type FindMembership = (
  realm: string,
  userId: string,
  organization: string,
) => Promise<{ readonly id: string; readonly name: string; readonly roles: readonly string[] } | undefined>;

export type FindAccount = NonNullable<Configuration['findAccount']>;

/**
 * The person behind a session, code or token. Asked at every use of any of them, so a disabled or locked person gets
 * nothing more from any grant, and neither does what began before `sessionsValidFrom`.
 */
export function createFindAccount(
  { people, membership }: { readonly people: Pick<People, 'get'>; readonly membership: FindMembership },
  realm: string,
): FindAccount {
  return async (ctx, sub, token) => {
    const user = await people.get(realm, sub);
    if (user === undefined || user.status !== 'active' || user.secondFactorLockedAt !== undefined) return undefined;
    const validFrom = user.sessionsValidFrom?.getTime();
    if (validFrom !== undefined && beganBefore(validFrom, ctx, token)) return undefined;
    const organization = organizationOf(ctx, token);
    return {
      accountId: user.id,
      async claims() {
        const member = organization === undefined ? undefined : await membership(realm, sub, organization);
        return { sub: user.id, ...claimsOf(user), ...organizationClaims(member) };
      },
    };
  };
}

/** As it was when the code or token was given; later choices are the session's. */
function organizationOf(ctx: KoaContextWithOIDC, token: Parameters<FindAccount>[2]): string | undefined {
  if (token !== undefined) return (token as TokenOrigin).organization;
  const session: RealmSession | undefined = ctx.oidc.session;
  return session?.organization;
}

function beganBefore(validFromMs: number, ctx: KoaContextWithOIDC, token: Parameters<FindAccount>[2]): boolean {
  if (token === undefined) {
    const session: RealmSession | undefined = ctx.oidc.session;
    return (session?.startedAt ?? 0) < validFromMs;
  }
  const { startedAt, iiat, iat } = token as TokenOrigin & { readonly iiat?: number; readonly iat?: number };
  // Without its own time it counts in whole seconds, and as from before in the same one.
  return (startedAt ?? (iiat ?? iat ?? 0) * 1000) < validFromMs;
}
