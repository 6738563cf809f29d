import type { ApplyOptions } from './apply.ts';
import type { OrganizationInFile, RealmInFile } from './file-shape.ts';
import type { Actor, ApplyEntry, FileOrganization } from './realm.ts';
import { type MergeEntry, mergeSettings } from './settings.ts';

/** Merges three ways: see `mergeSettings`. */
export type MergeOrganization = (
  base: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>>,
) => ReturnType<typeof mergeSettings>;

/** Puts one organization of a file in force, as far as nobody changed it since. Those above it are there already. */
export type ApplyOrganization = (
  realm: string,
  organization: FileOrganization,
  options: { readonly merge: MergeOrganization; readonly actor: Actor },
) => Promise<{ readonly isNew: boolean; readonly entries: readonly MergeEntry[] }>;

/** Those above before those below. One that the file no longer has stays as it is: people belong to it. */
export async function applyOrganizations(
  apply: ApplyOrganization,
  file: Pick<RealmInFile, 'realm' | 'organizations'>,
  { force, actor }: Pick<ApplyOptions, 'force' | 'actor'>,
): Promise<readonly ApplyEntry[]> {
  const merge = (base: Settings, now: Settings, mine: Settings) => mergeSettings(base, now, mine, force);
  const entries: ApplyEntry[] = [];
  for (const organization of fromTheTop(file.organizations)) {
    const { id } = organization;
    const applied = await apply(file.realm, organization, { merge, actor });
    if (applied.isNew) entries.push({ what: 'organization', id, outcome: 'created' });
    else if (applied.entries.length === 0) entries.push({ what: 'organization', id, outcome: 'unchanged' });
    else entries.push(...applied.entries.map((entry) => ({ what: 'organization' as const, id, ...entry })));
  }
  return entries;
}

type Settings = Readonly<Record<string, unknown>>;

function fromTheTop(organizations: readonly OrganizationInFile[]): readonly OrganizationInFile[] {
  const byId = new Map(organizations.map((each) => [each.id, each]));
  return organizations
    .map((each) => ({ each, level: levelOf(each, byId) }))
    .sort((one, other) => one.level - other.level)
    .map(({ each }) => each);
}

/** 1 at the top; undefined names and rings end the climb. */
export function levelOf(
  organization: Pick<OrganizationInFile, 'below'>,
  byId: ReadonlyMap<string, Pick<OrganizationInFile, 'below'>>,
): number {
  let level = 1;
  for (let { below } = organization; below !== undefined && level <= byId.size; below = byId.get(below)?.below) {
    level += 1;
  }
  return level;
}
