import type { Collection } from '../../store/index.ts';
import type { Outcome, StoredMembership, StoredOrganization, TreeChange } from './collections.ts';
import { withinOf } from './collections.ts';
import type { Lines } from './lines.ts';
import { deepest } from './organization.ts';

export interface JudgeParts {
  readonly organizations: Collection<StoredOrganization>;
  readonly memberships: Collection<StoredMembership>;
  readonly lines: Lines;
}

/** `place`: the ancestors of the moved one, outermost first. No other change of the tree goes on meanwhile. */
export async function judgeChange(
  parts: JudgeParts,
  realm: string,
  change: TreeChange,
): Promise<{ readonly outcome: Outcome; readonly place: readonly string[] }> {
  const refused = (outcome: Outcome) => ({ outcome, place: [] });
  const own = await parts.organizations.get(change.organization);
  if (own?.realm !== realm || own.removedAt !== undefined) return refused('absent');
  if (change.kind === 'remove') return refused(await judgeRemoval(parts, own));
  const above = change.to === undefined ? [] : await parts.lines.of(realm, change.to);
  if (above === undefined) return refused('no_parent');
  const place = above.map(({ id }) => id);
  if (place.includes(own.id)) return refused('cycle');
  const levels = await levelsBelow(parts.organizations, own.id);
  return place.length + 1 + levels > deepest ? refused('too_deep') : { outcome: 'done', place };
}

async function judgeRemoval({ organizations, memberships }: JudgeParts, own: StoredOrganization): Promise<Outcome> {
  const children = await organizations.list({ index: 'sibling', equals: [withinOf(own.realm, own.id)], limit: 1 });
  if (children.items.length > 0) return 'has_children';
  let after: string | undefined;
  do {
    const isThere = (member: StoredMembership) => member.endedAt === undefined;
    const next = after === undefined ? {} : { after };
    const page = await memberships.list({ index: 'place', equals: [own.id], where: isThere, limit: 50, ...next });
    if (page.items.length > 0) return 'has_members';
    after = page.next;
  } while (after !== undefined);
  return 'done';
}

/** 0: nothing is below. */
async function levelsBelow(organizations: Collection<StoredOrganization>, id: string): Promise<number> {
  let levels = 0;
  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { after };
    const page = await organizations.list({ index: 'below', equals: [id], select: ['ancestors'], limit: 500, ...next });
    for (const { ancestors } of page.items) levels = Math.max(levels, ancestors.length - ancestors.indexOf(id));
    after = page.next;
  } while (after !== undefined);
  return levels;
}
