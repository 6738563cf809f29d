import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { People } from '../people/index.ts';
import { claimsOf } from './claims.ts';
import type { RealmSession } from './session-age.ts';
import type { TokenTimes } from './token-times.ts';

export type FindAccount = NonNullable<Configuration['findAccount']>;

/**
 * The person behind a session, code or token. Asked at every use of any of them, so a disabled or locked person gets
 * nothing more from any grant, and neither does what began before `sessionsValidFrom`.
 */
export function createFindAccount(people: Pick<People, 'get'>, realm: string): FindAccount {
  return async (ctx, sub, token) => {
    const user = await people.get(realm, sub);
    if (user === undefined || user.status !== 'active' || user.secondFactorLockedAt !== undefined) return undefined;
    const validFrom = user.sessionsValidFrom?.getTime();
    if (validFrom !== undefined && beganBefore(validFrom, ctx, token)) return undefined;
    return { accountId: user.id, claims: () => ({ sub: user.id, ...claimsOf(user) }) };
  };
}

function beganBefore(validFromMs: number, ctx: KoaContextWithOIDC, token: Parameters<FindAccount>[2]): boolean {
  if (token === undefined) {
    const session: RealmSession | undefined = ctx.oidc.session;
    return (session?.startedAt ?? 0) < validFromMs;
  }
  const { startedAt, iiat, iat } = token as TokenTimes & { readonly iiat?: number; readonly iat?: number };
  // Without its own time it counts in whole seconds, and as from before in the same one.
  return (startedAt ?? (iiat ?? iat ?? 0) * 1000) < validFromMs;
}
