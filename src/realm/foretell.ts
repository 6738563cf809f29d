import type { Reason, Rules } from '../policy/index.ts';
import { type ApplyOptions, type ApplyParts, mergeFile } from './apply.ts';
import type { MergeOrganization } from './apply-organizations.ts';
import type { Path } from './describe-issue.ts';
import {
  portalOf,
  realmOf,
  settingsOfFile,
  settingsOfPortal,
  settingsOfPortalInFile,
  settingsOfRealm,
} from './documents.ts';
import type { RealmInFile } from './file-shape.ts';
import type { FileOrganization, Portal } from './realm.ts';
import { mergeSettings } from './settings.ts';

/** An organization as a file would leave it. `isChanged`: its rules, its place or what it has taken out would be others. */
export interface ForetoldOrganization {
  readonly id: string;
  readonly name: string;
  readonly parent?: string;
  readonly policy: Rules;
  /** Client ids of what it has taken out. */
  readonly portals: readonly string[];
  readonly isChanged: boolean;
}

export type ForetellOrganization = (
  realm: string,
  organization: FileOrganization,
  merge: MergeOrganization,
) => Promise<ForetoldOrganization>;

/** Whom a realm's rules bind, and what they would be with a file. What the file does not name stays as it is. */
export interface Foretold {
  readonly policy: Rules;
  readonly portals: readonly Portal[];
  readonly organizations: readonly ForetoldOrganization[];
}

/**
 * Does `act`, unless nobody who administers the realm could sign in under what `foresee` tells, though somebody can now:
 * by which rules. Judged when it is this one's turn, while no other such change goes on in the realm.
 */
export type KeepAdmins = <R>(
  realm: string,
  foresee: () => Promise<Foretold | undefined>,
  act: () => Promise<R>,
) => Promise<{ readonly ok: true; readonly value: R } | { readonly ok: false; readonly reasons: readonly Reason[] }>;

/** Settings by which people are bound, or not any more. */
export const binds = (path: string) => path === 'enabled' || path.startsWith('policy.');

/** What a file would leave; undefined where it binds nobody in another way than before. */
export async function foretell(
  { realms, portals, clock }: ApplyParts,
  file: RealmInFile,
  { force }: Pick<ApplyOptions, 'force'>,
  organization: ForetellOrganization | undefined,
): Promise<Foretold | undefined> {
  const realm = await realms.get(file.realm);
  if (realm === undefined) return undefined;
  const bindsOtherwise = ({ entries }: ReturnType<typeof mergeFile>) =>
    entries.some(({ path, outcome }) => outcome === 'changed' && binds(path));

  const merged = mergeFile(realm.applied, settingsOfRealm(realm), settingsOfFile(file), force);
  let isChanged = bindsOtherwise(merged);
  const foretoldPortals: Portal[] = [];
  for (const each of file.portals) {
    const id = `${file.realm}/${each.clientId}`;
    const stored = await portals.get(id);
    const before = stored?.removedAt === undefined ? stored : undefined;
    const theirs = mergeFile(
      before?.applied,
      before && settingsOfPortal(before, false),
      settingsOfPortalInFile(each),
      force,
    );
    isChanged ||= bindsOtherwise(theirs) || (before === undefined && Object.keys(each.policy).length > 0);
    const now = clock.now();
    const known = { id, realm: file.realm, clientId: each.clientId, createdAt: before?.createdAt ?? now };
    foretoldPortals.push({ ...known, ...portalOf(theirs.settings), changedAt: now });
  }
  const organizations: ForetoldOrganization[] = [];
  for (const each of organization === undefined ? [] : file.organizations) {
    const foretold = await organization?.(file.realm, each, (base, now, mine) => mergeSettings(base, now, mine, force));
    if (foretold === undefined) continue;
    isChanged ||= foretold.isChanged;
    organizations.push(foretold);
  }
  return isChanged ? { policy: realmOf(merged.settings).policy, portals: foretoldPortals, organizations } : undefined;
}

/** Where in the file (in an empty one: nowhere) the rule stands by which nobody could administer the realm; and what to do. */
export function strandedFault(
  file: Pick<RealmInFile, 'portals' | 'organizations'>,
  reasons: readonly Reason[],
  foretold: Pick<Foretold, 'organizations'>,
): { readonly path: Path; readonly message: string } {
  const rules = reasons.filter(({ rule }) => rule !== 'always');
  const named = rules.map(({ rule, level }) => `${rule} of ${level.kind} ${level.name}`);
  const by = named.length === 0 ? '' : ` (${[...new Set(named)].join(', ')})`;
  const message = `would leave nobody who administers the realm able to sign in${by}; let the rules allow what one of them has or can set up alone, or give one of them what the rules want first`;
  const at = rules.map(({ rule, level }) => {
    if (level.kind === 'realm') return ['policy', rule];
    const list = level.kind === 'portal' ? 'portals' : 'organizations';
    const index =
      level.kind === 'portal'
        ? file.portals.findIndex(({ clientId }) => clientId === level.id)
        : foretold.organizations.findIndex(({ id }) => id === level.id);
    return index < 0 ? undefined : [list, index, 'policy', rule];
  });
  return { path: at.find((path) => path !== undefined) ?? ['policy'], message };
}
