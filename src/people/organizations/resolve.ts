import type { Outcome, PeopleCommandsContext } from '../command-run.ts';
import type { Organization } from './organization.ts';

/** By id, or by names from the top with slashes between. */
export async function resolve(
  { people }: PeopleCommandsContext,
  realm: string,
  ref: string,
): Promise<Organization | undefined> {
  const { organizations } = people.tenancy;
  return (
    (await organizations.get(realm, ref)) ??
    organizations.find(
      realm,
      ref.split('/').map((name) => name.trim()),
    )
  );
}

/** Names of what is above, from the top; `-` for none. */
export async function pathNames({ people }: PeopleCommandsContext, { realm, id }: Organization): Promise<string> {
  const line = (await people.tenancy.organizations.lineOf(realm, id)) ?? [];
  return (
    line
      .slice(0, -1)
      .map(({ name }) => name)
      .join(' / ') || '-'
  );
}

export const noOrganization = (realm: string, ref: string): Outcome => ({
  refused: `there is no organization "${ref}" in "${realm}"; see \`gatehouse org list ${realm}\``,
});
