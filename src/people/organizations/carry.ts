import type { Collection } from '../../store/index.ts';
import type { StoredMembership, StoredOrganization, TreeChange } from './collections.ts';

/** Tells everything below a moved organization where it is now. May be done again, and by several at once. */
export async function carryBelow(
  parts: { readonly organizations: Collection<StoredOrganization>; readonly memberships: Collection<StoredMembership> },
  { organization, seq }: Pick<TreeChange, 'organization' | 'seq'>,
): Promise<void> {
  const own = await parts.organizations.get(organization);
  if (own === undefined) return;
  const line = [...own.ancestors, own.id];
  const through = (path: readonly string[]) => [...line, ...path.slice(path.indexOf(own.id) + 1)];

  await each(parts.organizations, 'below', own.id, ({ id }) =>
    parts.organizations.update(id, (org) =>
      org.placedBy < seq && org.ancestors.includes(own.id)
        ? { ...org, ancestors: through(org.ancestors), placedBy: seq }
        : undefined,
    ),
  );
  await each(parts.memberships, 'reach', own.id, ({ id }) =>
    parts.memberships.update(id, (member) =>
      member.placedBy < seq && member.reach.includes(own.id)
        ? { ...member, reach: through(member.reach), placedBy: seq }
        : undefined,
    ),
  );
}

async function each<T extends StoredOrganization | StoredMembership>(
  collection: Collection<T>,
  index: string,
  key: string,
  carry: (doc: Pick<T, 'id'>) => Promise<unknown>,
): Promise<void> {
  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { after };
    const page = await collection.list({ index, equals: [key], select: ['id'], limit: 100, ...next });
    // Together: their writes share a commit.
    await Promise.all(page.items.map(carry));
    after = page.next;
  } while (after !== undefined);
}
