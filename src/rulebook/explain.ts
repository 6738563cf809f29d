import {
  labelOf,
  nobody,
  noOrganization,
  noPortal,
  type Outcome,
  personOf,
  type Refused,
  wrongUsage,
} from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import { type Explained, explain as explainLevels, type Level } from '../policy/index.ts';
import { organizationOf, type PolicyCommandsContext } from './commands-context.ts';
import type { LevelOptions } from './level-options.ts';
import { levelSays, overruledSays, valueSays } from './sentences.ts';

/** Every rule in force: for a person at a portal in an organization, or for whoever is there. */
export async function explain(context: PolicyCommandsContext, realm: string, options: LevelOptions): Promise<Outcome> {
  const found = await levelsOf(context, realm, options);
  if ('refused' in found) return found;
  const rules = explainLevels(found.levels);
  const levels = found.levels.map(({ kind, id, name }) => ({ kind, id, name }));
  return {
    lines: [`in force ${found.about}:`, ...table([['RULE', 'VALUE', 'FROM', 'INSTEAD OF'], ...rules.flatMap(rowsOf)])],
    json: { levels, rules },
  };
}

type Found = { readonly levels: readonly Level[]; readonly about: string } | Refused;

async function levelsOf(context: PolicyCommandsContext, realm: string, options: LevelOptions): Promise<Found> {
  const { organization: org, portal: clientId, person: identifier } = options;
  const organization = org === undefined ? undefined : await organizationOf(context, realm, org);
  if (org !== undefined && organization === undefined) return noOrganization(realm, org);
  const portal = clientId === undefined ? undefined : await context.realms.portal(realm, clientId);
  if (clientId !== undefined && portal === undefined) return noPortal(realm, clientId);
  const at = portal === undefined ? '' : ` at ${portal.name}`;
  const within = organization === undefined ? '' : ` for ${organization.name}`;

  if (identifier !== undefined) {
    const person = await personOf(context, realm, identifier);
    if (person === undefined) return nobody(realm, identifier);
    const explained = await context.simulator.explain({
      ...{ realm, userId: person.id },
      ...(portal === undefined ? {} : { portal: portal.clientId }),
      ...(organization === undefined ? {} : { organization: organization.id }),
    });
    if (explained.ok) return { levels: explained.levels, about: `for ${labelOf(person)}${at}${within}` };
    return wrongUsage(`a session of ${labelOf(person)}${at} cannot be for ${organization?.name ?? 'that'}`);
  }
  const own = await context.rulebook.read(
    organization === undefined ? { realm, kind: 'realm' } : { realm, kind: 'organization', id: organization.id },
  );
  const beside =
    portal === undefined ? undefined : await context.rulebook.read({ realm, kind: 'portal', id: portal.clientId });
  const levels = [...(own?.levels ?? []), ...(beside === undefined ? [] : [beside.level])];
  return { levels, about: `for whoever signs in${at}${within}` };
}

/** A line for the value, one for each level that lost, one for each requirement that has its own terms. */
function rowsOf({ rule, value, level, others, requirements = [] }: Explained): readonly (readonly string[])[] {
  const lost = others.map(
    (other) => `${valueSays(other.value)} of ${levelSays(other.level)}: ${overruledSays[other.why]}`,
  );
  const terms = requirements
    .filter(({ from, grace, roles }) => from !== 'at_once' || grace !== 'none' || roles !== 'all')
    .map(({ level: by, from, grace, roles }) =>
      [
        `  of ${roles === 'all' ? 'everybody' : roles.join(', ')}`,
        ...(from === 'at_once' ? [] : [`from ${from}`]),
        ...(grace === 'none' ? [] : [`grace ${valueSays(grace)}`]),
        `(${levelSays(by)})`,
      ].join(' '),
    );
  const [first = '', ...more] = lost;
  return [
    [rule, valueSays(value), levelSays(level), first],
    ...more.map((each) => ['', '', '', each]),
    ...terms.map((each) => ['', each]),
  ];
}
