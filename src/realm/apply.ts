import { isDeepStrictEqual } from 'node:util';
import { auditEvent } from '../audit/index.ts';
import { type Clock, digest } from '../kernel/index.ts';
import { type Collection, Duplicate, type OutboxItem } from '../store/index.ts';
import type { Applied, Settings, StoredPortal, StoredRealm } from './collections.ts';
import {
  changeTime,
  portalOf,
  realmOf,
  settingsOfFile,
  settingsOfPortal,
  settingsOfPortalInFile,
  settingsOfRealm,
} from './documents.ts';
import type { PortalInFile, RealmInFile } from './file-shape.ts';
import type { Actor, ApplyEntry } from './realm.ts';
import { type MergeEntry, mergeSettings } from './settings.ts';

export interface ApplyParts {
  readonly realms: Collection<StoredRealm>;
  readonly portals: Collection<StoredPortal>;
  readonly clock: Clock;
}

export interface ApplyOptions {
  readonly fileName: string;
  readonly force: boolean;
  readonly actor: Actor;
}

/** `origin_taken`: another realm lives there. */
export async function applyRealm(
  { realms, clock }: ApplyParts,
  file: RealmInFile,
  options: ApplyOptions,
): Promise<readonly ApplyEntry[] | 'origin_taken'> {
  const mine = settingsOfFile(file);
  let entries: readonly ApplyEntry[] = [];
  const change = (before: StoredRealm | undefined): StoredRealm => {
    const now = changeTime(clock.now(), before?.changedAt);
    const merged = mergeFile(before?.applied, before && settingsOfRealm(before), mine, options.force);
    entries = entriesOf('realm', file.realm, before === undefined, merged.entries);
    if (before !== undefined && isSettled(before.applied, mine, merged.entries)) return before;
    return {
      id: file.realm,
      ...realmOf(merged.settings),
      createdAt: before?.createdAt ?? now,
      changedAt: now,
      applied: { file: options.fileName, at: now, settings: mine },
      outbox: [
        ...(before?.outbox ?? []),
        applied(now, options, { realm: file.realm }, before === undefined, merged.entries),
      ],
    };
  };
  try {
    await realms.upsert(file.realm, change);
  } catch (error) {
    if (error instanceof Duplicate && error.index === 'origin') return 'origin_taken';
    throw error;
  }
  return entries;
}

export async function applyPortal(
  { portals, clock }: ApplyParts,
  realm: string,
  file: PortalInFile,
  options: ApplyOptions,
): Promise<readonly ApplyEntry[]> {
  const mine = settingsOfPortalInFile(file);
  const id = `${realm}/${file.clientId}`;
  let entries: readonly ApplyEntry[] = [];
  await portals.upsert(id, (stored) => {
    const before = stored?.removedAt === undefined ? stored : undefined;
    const now = changeTime(clock.now(), stored?.changedAt);
    const hasSecret = mine['secret'] !== undefined || before?.applied?.settings['secret'] !== undefined;
    const merged = mergeFile(before?.applied, before && settingsOfPortal(before, hasSecret), mine, options.force);
    entries = entriesOf('portal', file.clientId, before === undefined, merged.entries);
    if (before !== undefined && isSettled(before.applied, mine, merged.entries)) return before;
    const event = applied(now, options, { realm, portal: file.clientId }, before === undefined, merged.entries);
    const secrets = secretsAfter(before, file, merged.settings, hasSecret);
    return {
      id,
      realm,
      clientId: file.clientId,
      ...portalOf(merged.settings),
      ...(secrets === undefined ? {} : { secrets }),
      createdAt: before?.createdAt ?? now,
      changedAt: now,
      createdBy: before?.createdBy ?? 'file',
      applied: { file: options.fileName, at: now, settings: mine },
      outbox: [...(stored?.outbox ?? []), event],
    };
  });
  return entries;
}

/**
 * Disables the portals that a file made and that are in it no more. To their next merge it is as if the file had said
 * so: back in the file they are enabled again, and what an admin set meanwhile is theirs.
 */
export async function disableDropped(
  { portals, clock }: ApplyParts,
  realm: string,
  clientIds: readonly string[],
  options: ApplyOptions,
): Promise<readonly ApplyEntry[]> {
  const entries: ApplyEntry[] = [];
  for (const clientId of clientIds) {
    const updated = await portals.update(`${realm}/${clientId}`, (before) => {
      if (before.createdBy !== 'file' || before.applied === undefined || before.applied.settings['enabled'] === false)
        return undefined;
      const now = changeTime(clock.now(), before.changedAt);
      const settings = { ...before.applied.settings, enabled: false };
      const event = {
        type: 'portal.disabled',
        realm,
        portal: clientId,
        actor: options.actor,
        details: { file: options.fileName },
      };
      return {
        ...before,
        enabled: false,
        changedAt: now,
        applied: { file: options.fileName, at: now, settings },
        outbox: [...(before.outbox ?? []), auditEvent(now, event)],
      };
    });
    if (updated.ok) entries.push({ what: 'portal', id: clientId, outcome: 'disabled' });
  }
  return entries;
}

/** A new document takes the file as it is: there was nothing in force. */
export function mergeFile(base: Applied | undefined, now: Settings | undefined, file: Settings, force: boolean) {
  return now === undefined ? { settings: file, entries: [] } : mergeSettings(base?.settings ?? {}, now, file, force);
}

const isSettled = (base: Applied | undefined, file: Settings, entries: readonly MergeEntry[]) =>
  base !== undefined && isDeepStrictEqual(base.settings, file) && entries.every(({ outcome }) => outcome !== 'changed');

/** Other secrets of the portal stay unless the file's takes their place. */
function secretsAfter(before: StoredPortal | undefined, file: PortalInFile, merged: Settings, hasSecret: boolean) {
  if (!hasSecret) return before?.secrets;
  if (merged['secret'] === undefined) return undefined;
  const isFiles = file.secret !== undefined && digest(file.secret) === merged['secret'];
  const isInForce = before !== undefined && settingsOfPortal(before, true)['secret'] === merged['secret'];
  return isFiles && !isInForce ? JSON.stringify([{ secret: file.secret }]) : before?.secrets;
}

function entriesOf(
  what: 'realm' | 'portal',
  id: string,
  isNew: boolean,
  merged: readonly MergeEntry[],
): readonly ApplyEntry[] {
  if (isNew) return [{ what, id, outcome: 'created' }];
  if (merged.length === 0) return [{ what, id, outcome: 'unchanged' }];
  return merged.map(({ path, outcome, now, file }) =>
    path === 'secret'
      ? { what, id, path, outcome }
      : { what, id, path, outcome, ...(now === undefined ? {} : { now }), ...(file === undefined ? {} : { file }) },
  );
}

function applied(
  at: Date,
  { actor, fileName, force }: ApplyOptions,
  about: { readonly realm: string; readonly portal?: string },
  isNew: boolean,
  entries: readonly MergeEntry[],
): OutboxItem {
  const paths = (outcome: MergeEntry['outcome']) =>
    entries.filter((entry) => entry.outcome === outcome).map((entry) => entry.path);
  const what = about.portal === undefined ? 'realm' : 'portal';
  const details = {
    file: fileName,
    forced: force,
    changed: paths('changed'),
    kept: paths('kept'),
    conflicts: paths('conflict'),
  };
  return auditEvent(at, { type: isNew ? `${what}.created` : `${what}.applied`, ...about, actor, details });
}
