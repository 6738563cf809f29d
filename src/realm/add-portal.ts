import { auditEvent } from '../audit/index.ts';
import { randomToken } from '../kernel/index.ts';
import type { StoredPortal } from './collections.ts';
import { describeIssues, type SettingFault } from './describe-issue.ts';
import { changeTime, portalOf, publicPortal } from './documents.ts';
import { portalFileShape } from './file-shape.ts';
import { judgePortalSettings } from './judge.ts';
import { authenticationOf } from './portal-protocol.ts';
import type { Actor, AddPortalReport } from './realm.ts';
import { secretBytes } from './rotate-secret.ts';
import type { SetParts } from './set.ts';
import { flatten } from './settings.ts';

const newPortalShape = portalFileShape.omit({ secret: true });

/** See `RealmAdmin.addPortal`. */
export async function addPortal(
  { realms, portals, clock, factorKinds }: SetParts,
  realm: string,
  input: Readonly<Record<string, unknown>>,
  actor: Actor,
): Promise<AddPortalReport> {
  const home = await realms.get(realm);
  if (home === undefined) return { ok: false, why: 'no_realm', faults: [] };
  const parsed = newPortalShape.safeParse(input);
  if (!parsed.success) return refused(describeIssues(parsed.error, newPortalShape, input));
  const { clientId, ...settings } = parsed.data;
  const faults = judgePortalSettings(settings, { factorKinds, resources: home.resources ?? [] });
  if (faults.length > 0) return refused(faults);

  const secret = authenticationOf(settings) === 'secret' ? randomToken(secretBytes) : undefined;
  const id = `${realm}/${clientId}`;
  const added = await portals.upsert(id, (before): StoredPortal | undefined => {
    if (before !== undefined && before.removedAt === undefined) return undefined;
    const at = changeTime(clock.now(), before?.changedAt);
    const told = { type: 'portal.created', realm, portal: clientId, actor, details: { kind: settings.kind } };
    return {
      id,
      realm,
      clientId,
      ...portalOf(flatten(settings)),
      ...(secret === undefined ? {} : { secrets: JSON.stringify([{ secret }]) }),
      createdAt: at,
      changedAt: at,
      createdBy: 'admin',
      outbox: [...(before?.outbox ?? []), auditEvent(at, told)],
    };
  });
  if (!added.ok) return { ok: false, why: 'taken', faults: [] };
  return { ok: true, portal: publicPortal(added.doc), ...(secret === undefined ? {} : { secret }) };
}

const refused = (faults: readonly SettingFault[]): AddPortalReport => ({
  ok: false,
  why: 'refused',
  faults: faults.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`),
});
