import type { Command } from 'commander';
import { nobody, noOrganization, noPortal, personOf, type Refused, wrongUsage } from '../command-line/index.ts';
import { organizationOf, type PolicyCommandsContext } from './commands-context.ts';
import type { LevelRef } from './rulebook.ts';

export interface LevelOptions {
  readonly organization?: string;
  readonly portal?: string;
  readonly person?: string;
}

/** Which level: the realm, unless one of these is given. */
export const withLevel = (command: Command): Command =>
  command
    .argument('<realm>')
    .option('--organization <org>', 'id, or names from the top: "North/Client"')
    .option('--portal <portal>', 'client id')
    .option('--person <person>', 'email, user name or id');

/** The level that was asked for, or what to say instead. */
export async function levelOf(
  context: PolicyCommandsContext,
  realm: string,
  { organization, portal, person }: LevelOptions,
): Promise<LevelRef | Refused> {
  const given = [organization, portal, person].filter((each) => each !== undefined);
  if (given.length > 1) return wrongUsage('one level at a time: --organization, --portal or --person');
  if (organization !== undefined) {
    const found = await organizationOf(context, realm, organization);
    return found === undefined ? noOrganization(realm, organization) : { realm, kind: 'organization', id: found.id };
  }
  if (portal !== undefined) {
    const found = await context.realms.portal(realm, portal);
    return found === undefined ? noPortal(realm, portal) : { realm, kind: 'portal', id: found.clientId };
  }
  if (person !== undefined) {
    const found = await personOf(context, realm, person);
    return found === undefined ? nobody(realm, person) : { realm, kind: 'user', id: found.id };
  }
  return { realm, kind: 'realm' };
}
