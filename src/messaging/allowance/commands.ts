import { type Command, InvalidArgumentError } from 'commander';
import { createRun, noRealm, type Refused } from '../../command-line/index.ts';
import { type Clock, table } from '../../kernel/index.ts';
import type { Realm, Realms } from '../../realm/index.ts';
import { isMailable } from '../mail-letter.ts';
import { monthName } from './costs.ts';
import { type AllowanceDesk, prefixId } from './create-allowance.ts';
import { costsCsv } from './csv.ts';
import type { OrganizationSettings } from './organization-settings.ts';
import { type BudgetLine, budgetLines, costLines } from './report.ts';
import { amount } from './tell.ts';
import { judged } from './usage.ts';
import { spans } from './windows.ts';

/** What the commands work on, opened when one of them runs. */
export interface AllowanceCommandsContext {
  readonly allowance: AllowanceDesk;
  readonly realms: Pick<Realms, 'get' | 'list'>;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** `gatehouse messages budget | organization | allowance | release | costs`. `messages`: the command they go under. */
export function allowanceCommands(messages: Command, open: () => Promise<AllowanceCommandsContext>): void {
  const run = createRun(messages, open);

  messages
    .command('budget')
    .description('what codes by telephone have cost this month, of which budget')
    .option('--realm <realm>')
    .option('--json')
    .action((options: { realm?: string; json?: boolean }) =>
      run(options, async (context) => {
        const realms = await chosenRealms(context, options.realm);
        if ('refused' in realms) return realms;
        const lines: BudgetLine[] = [];
        for (const realm of realms) lines.push(...(await budgetLines(context.allowance, realm, context.clock.now())));
        return { lines: table(lines.map(budgetRow)), json: lines };
      }),
    );

  messages
    .command('organization')
    .description('an organization’s own budget, countries and contact; without options: what they are')
    .argument('<organization>', 'its id')
    .requiredOption('--realm <realm>')
    .option(
      '--budget <money>',
      'per month, in the currency of the realm’s prices; "none" takes it away',
      orNone(readMoney),
    )
    .option('--countries <list>', 'such as DE,AT, of those of the realm; or "none"', orNone(readCountries))
    .option('--contact <address>', 'who gets mail about the budget; or "none"', orNone(readAddress))
    .option('--json')
    .action((organization: string, options: OrganizationOptions) =>
      run(options, async (context) => {
        const realm = await context.realms.get(options.realm);
        if (realm === undefined) return noRealm(options.realm);
        const { budget, countries, contact } = options;
        const change = Object.fromEntries(
          Object.entries({ budget, countries, contact })
            .filter(([, value]) => value !== undefined)
            .map(([name, value]) => [name, value === 'none' ? null : value]),
        );
        const { organizations } = context.allowance;
        const now = context.clock.now();
        const settings: OrganizationSettings =
          Object.keys(change).length === 0
            ? await organizations.get(realm.id, organization)
            : await organizations.set(realm.id, organization, change, now);
        const shown = Object.entries(settings).map(([name, value]) => `${name}  ${String(value)}`);
        return { lines: shown.length === 0 ? ['nothing of its own'] : shown, json: settings };
      }),
    );

  messages
    .command('allowance')
    .description('limits, countries, and prefixes that are slowed because few codes get used')
    .requiredOption('--realm <realm>')
    .option('--json')
    .action((options: { realm: string; json?: boolean }) =>
      run(options, async (context) => {
        const realm = await context.realms.get(options.realm);
        if (realm === undefined) return noRealm(options.realm);
        const terms = await context.allowance.terms(realm, []);
        const now = context.clock.now();
        const prefixes = (await context.allowance.counts.list(realm.id, 'prefix')).filter(({ usage }) => usage?.slowed);
        const slowed = prefixes.map(({ key = '', usage = { slices: [] } }) => ({
          prefix: key,
          since: usage.slowed?.since,
          ...judged(usage, now),
        }));
        const { limits, countries, slowing, currency } = terms;
        const rows = Object.entries(limits).map(([kind, limit]) => [
          kind,
          ...spans.map((span) => String(limit[span] ?? '-')),
        ]);
        return {
          lines: [
            `countries  ${[...countries].join(' ')}`,
            ...table([['limit per', ...spans], ...rows]),
            ...slowed.map(
              ({ prefix, since, sent, used }) =>
                `slowed  +${prefix}  since ${since?.toISOString() ?? ''}  ${used} of ${sent} codes used`,
            ),
          ],
          json: { countries: [...countries], currency, limits, slowing, slowed },
        };
      }),
    );

  messages
    .command('release')
    .description('let a slowed prefix go at its own speed again')
    .argument('<prefix>', 'as `gatehouse messages allowance` shows it', (text: string) => text.replace(/^\+/, ''))
    .requiredOption('--realm <realm>')
    .option('--json')
    .action((prefix: string, options: { realm: string; json?: boolean }) =>
      run(options, async (context) => {
        const realm = await context.realms.get(options.realm);
        if (realm === undefined) return noRealm(options.realm);
        const isReleased = await context.allowance.counts.release(prefixId(realm.id, prefix), realm.id, prefix);
        if (!isReleased) return { refused: `+${prefix} is not slowed` };
        return { lines: [`+${prefix} is slowed no more`], json: { prefix, released: true } };
      }),
    );

  messages
    .command('costs')
    .description('what codes by telephone cost in a month, by organization and country code')
    .option('--realm <realm>')
    .option('--month <month>', 'such as 2026-11 (UTC); this one otherwise', readMonth)
    .option('--csv', 'for a spreadsheet or a bill')
    .option('--json')
    .action((options: { realm?: string; month?: string; csv?: boolean; json?: boolean }) =>
      run(options, async (context) => {
        const realms = await chosenRealms(context, options.realm);
        if ('refused' in realms) return realms;
        const month = options.month ?? monthName(context.clock.now());
        const lines = (await Promise.all(realms.map((realm) => costLines(context.allowance, realm, month)))).flat();
        if (options.csv === true) return { lines: costsCsv(lines), json: lines };
        const rows = lines.map((line) => [
          ...[
            line.realm,
            line.organizationName === '' ? '-' : line.organizationName,
            `+${line.dialCode}`,
            line.channel,
          ],
          ...[
            `${line.messages} sent`,
            `${line.used} used`,
            `${line.failed} failed`,
            amount(line.micros, line.currency),
          ],
        ]);
        return { lines: rows.length === 0 ? [`no codes by telephone in ${month}`] : table(rows), json: lines };
      }),
    );
}

/** The realm of that name, or all. */
async function chosenRealms(
  { realms }: AllowanceCommandsContext,
  id: string | undefined,
): Promise<readonly Realm[] | Refused> {
  if (id === undefined) return realms.list();
  const realm = await realms.get(id);
  return realm === undefined ? noRealm(id) : [realm];
}

interface OrganizationOptions {
  readonly realm: string;
  readonly budget?: number | 'none';
  readonly countries?: readonly string[] | 'none';
  readonly contact?: string;
  readonly json?: boolean;
}

function budgetRow({ realm, organization, name, currency, spentMicros, budgetMicros, contact }: BudgetLine): string[] {
  const share =
    budgetMicros === undefined || budgetMicros === 0 ? '' : `${Math.floor((spentMicros * 100) / budgetMicros)} %`;
  const of = budgetMicros === undefined ? 'no budget of its own' : `of ${amount(budgetMicros, currency)}`;
  return [realm, organization ?? '-', name, amount(spentMicros, currency), of, share, contact ?? ''];
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

function readMonth(text: string): string {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('It is a month such as 2026-11.');
  return text;
}
