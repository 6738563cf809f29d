import { auditEvent } from '../audit/index.ts';
import type { ApplyParts } from './apply.ts';
import { changeTime } from './documents.ts';
import type { Actor, RemovePortalReport } from './realm.ts';

/**
 * See `RealmAdmin.removePortal`. It is gone for everybody at once; its document stays until its audit event was
 * delivered, and the sweeper takes it then.
 */
export async function removePortal(
  { portals, clock }: Pick<ApplyParts, 'portals' | 'clock'>,
  realm: string,
  clientId: string,
  actor: Actor,
): Promise<RemovePortalReport> {
  let isOfFile = false;
  const updated = await portals.update(`${realm}/${clientId}`, (before) => {
    isOfFile = false;
    if (before.removedAt !== undefined) return undefined;
    isOfFile = before.applied !== undefined && before.applied.settings['enabled'] !== false;
    if (isOfFile) return undefined;
    const at = changeTime(clock.now(), before.changedAt);
    const { secrets: _secrets, ...rest } = before;
    return {
      ...rest,
      enabled: false,
      removedAt: at,
      changedAt: at,
      outbox: [...(before.outbox ?? []), auditEvent(at, { type: 'portal.removed', realm, portal: clientId, actor })],
    };
  });
  if (updated.ok) return { ok: true };
  return { ok: false, why: isOfFile ? 'in_file' : 'absent' };
}
