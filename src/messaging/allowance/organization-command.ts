import { type Command, InvalidArgumentError } from 'commander';
import { type Json, noOrganization, type Outcome } from '../../command-line/index.ts';
import { table } from '../../kernel/index.ts';
import type { Realm } from '../../realm/index.ts';
import { isMailable } from '../mail-letter.ts';
import type { AllowanceCommandsContext, InRealm } from './commands-context.ts';

interface Options extends Json {
  readonly budget?: number | 'none';
  readonly countries?: readonly string[] | 'none';
  readonly contact?: string;
}

/** `gatehouse messages organization`. */
export function organizationCommand(messages: Command, inRealm: InRealm): void {
  const budget = 'per month, in the currency of the realm’s prices; "none" takes it away';
  messages
    .command('organization')
    .description('an organization’s own budget, countries and contact; without options: what they are')
    .argument('<realm>')
    .argument('<org>', 'id, or names from the top: "North/Client"')
    .option('--budget <money>', budget, orNone(readMoney))
    .option('--countries <list>', 'such as DE,AT, of those of the realm; or "none"', orNone(readCountries))
    .option('--contact <address>', 'who gets mail about the budget; or "none"', orNone(readAddress))
    .option('--json')
    .action((id: string, ref: string, options: Options) =>
      inRealm(id, options, (context, realm) => change(context, realm, ref, options)),
    );
}

async function change(
  context: AllowanceCommandsContext,
  realm: Realm,
  ref: string,
  { budget, countries, contact }: Options,
): Promise<Outcome> {
  const organization = await context.organizationNamed(realm.id, ref);
  if (organization === undefined) return noOrganization(realm.id, ref);
  const given = Object.entries({ budget, countries, contact }).filter(([, value]) => value !== undefined);
  const wanted = Object.fromEntries(given.map(([name, value]) => [name, value === 'none' ? null : value]));
  const { organizations } = context.allowance;
  const settings =
    given.length === 0
      ? await organizations.get(realm.id, organization.id)
      : await organizations.set(realm.id, organization.id, wanted, context.clock.now());
  const rows = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  const lines = rows.length === 0 ? [`${organization.name} has nothing of its own`] : table(rows);
  return { lines, json: settings };
}

const orNone =
  <T>(read: (text: string) => T) =>
  (text: string): T | 'none' =>
    text === 'none' ? text : read(text);

function readMoney(text: string): number {
  const money = Number(text);
  if (!/^\d+(\.\d{1,6})?$/.test(text) || money > 10_000_000) {
    throw new InvalidArgumentError('It is an amount such as 50 or 12.50, at most 10000000, or "none".');
  }
  return money;
}

function readCountries(text: string): readonly string[] {
  const countries = text.split(',').map((each) => each.trim().toUpperCase());
  if (!countries.every((each) => /^[A-Z]{2}$/.test(each))) {
    throw new InvalidArgumentError('They are two letters each, such as DE,AT (ISO 3166-1), or "none".');
  }
  return [...new Set(countries)];
}

function readAddress(text: string): string {
  if (!isMailable(text)) throw new InvalidArgumentError('It is an address that mail can go to, or "none".');
  return text;
}
