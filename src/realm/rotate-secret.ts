import { auditEvent } from '../audit/index.ts';
import { randomToken } from '../kernel/index.ts';
import type { ApplyParts } from './apply.ts';
import { changeTime, secretsOf } from './documents.ts';
import { authenticationOf } from './portal-protocol.ts';
import type { RealmAdmin } from './realm.ts';

/** 256 bits: nobody guesses them. */
export const secretBytes = 32;

/** See `RealmAdmin.rotateSecret`. Only the secret before stays, for the overlap; older ones end now. */
export async function rotateSecret(
  { portals, clock }: Pick<ApplyParts, 'portals' | 'clock'>,
  realm: string,
  clientId: string,
  { overlapHours, actor }: Parameters<RealmAdmin['rotateSecret']>[2],
): ReturnType<RealmAdmin['rotateSecret']> {
  const secret = randomToken(secretBytes);
  let isRemoved = false;
  const updated = await portals.update(`${realm}/${clientId}`, (before) => {
    isRemoved = before.removedAt !== undefined;
    if (isRemoved) return undefined;
    if (authenticationOf(before) !== 'secret') return undefined;
    const at = changeTime(clock.now(), before.changedAt);
    const expiresAt = new Date(at.getTime() + overlapHours * 3_600_000).toISOString();
    const previous = secretsOf(before).slice(0, overlapHours > 0 ? 1 : 0);
    const secrets = [{ secret }, ...previous.map((old) => ({ secret: old.secret, expiresAt }))];
    const told = { type: 'portal.secret_rotated', realm, portal: clientId, actor, details: { overlapHours } };
    return {
      ...before,
      secrets: JSON.stringify(secrets),
      changedAt: at,
      outbox: [...(before.outbox ?? []), auditEvent(at, told)],
    };
  });
  if (updated.ok) return { ok: true, secret };
  return { ok: false, why: updated.why === 'absent' || isRemoved ? 'absent' : 'no_secret' };
}
