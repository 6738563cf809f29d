import { type Command, InvalidArgumentError } from 'commander';
import { createRun, type Json, noRealm, type Refused } from '../../command-line/index.ts';
import { table } from '../../kernel/index.ts';
import type { Realm } from '../../realm/index.ts';
import { amount } from './amount.ts';
import type { AllowanceCommandsContext, InRealm } from './commands-context.ts';
import { costsCsv } from './csv.ts';
import { organizationCommand } from './organization-command.ts';
import type { BudgetLine } from './report.ts';
import { judged } from './usage.ts';
import { spans } from './windows.ts';

export type { AllowanceCommandsContext } from './commands-context.ts';

/** `gatehouse messages budget | organization | allowance | release | costs`. `messages`: the command they go under. */
export function allowanceCommands(messages: Command, open: () => Promise<AllowanceCommandsContext>): void {
  const run = createRun(messages, open);
  const inRealm: InRealm = (id, options, act) =>
    run(options, async (context) => {
      const realm = await context.realms.get(id);
      return realm === undefined ? noRealm(id) : act(context, realm);
    });

  messages
    .command('budget')
    .description('what codes by telephone have cost this month, of which budget')
    .argument('[realm]', 'all of them when left out')
    .option('--json')
    .action((id: string | undefined, options: Json) =>
      run(options, async (context) => {
        const realms = await chosenRealms(context, id);
        if ('refused' in realms) return realms;
        const lines: BudgetLine[] = [];
        const { budgetLines } = await import('./report.ts');
        for (const realm of realms) lines.push(...(await budgetLines(context.allowance, realm, context.clock.now())));
        return { lines: table([budgetHeads, ...lines.map(budgetRow)]), json: lines };
      }),
    );

  organizationCommand(messages, inRealm);

  messages
    .command('allowance')
    .description('limits, countries, and prefixes that are slowed because few codes get used')
    .argument('<realm>')
    .option('--json')
    .action((id: string, options: Json) =>
      inRealm(id, options, async (context, realm) => {
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
            ...table([['LIMIT PER', ...spans.map((span) => span.toUpperCase())], ...rows]),
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
    .argument('<realm>')
    .argument('<prefix>', 'as `gatehouse messages allowance` shows it', (text: string) => text.replace(/^\+/, ''))
    .option('--json')
    .action((id: string, prefix: string, options: Json) =>
      inRealm(id, options, async (context, realm) => {
        const { prefixId } = await import('./create-allowance.ts');
        const isReleased = await context.allowance.counts.release(prefixId(realm.id, prefix), realm.id, prefix);
        if (!isReleased) return { refused: `+${prefix} is not slowed` };
        return { lines: [`+${prefix} is slowed no more`], json: { prefix, released: true } };
      }),
    );

  messages
    .command('costs')
    .description('what codes by telephone cost in a month, by organization and country code')
    .argument('[realm]', 'all of them when left out')
    .option('--month <month>', 'such as 2026-11 (UTC); this one otherwise', readMonth)
    .option('--csv', 'for a spreadsheet or a bill')
    .option('--json')
    .action((id: string | undefined, options: Json & { month?: string; csv?: boolean }) =>
      run(options, async (context) => {
        const realms = await chosenRealms(context, id);
        if ('refused' in realms) return realms;
        const [{ costLines }, { monthName }] = await Promise.all([import('./report.ts'), import('./costs.ts')]);
        const month = options.month ?? monthName(context.clock.now());
        const lines = (await Promise.all(realms.map((realm) => costLines(context.allowance, realm, month)))).flat();
        if (options.csv === true) return { lines: costsCsv(lines), json: lines };
        const rows = lines.map((line) => [
          ...[line.realm, line.organizationName || '-', `+${line.dialCode}`, line.channel],
          ...[line.messages, line.used, line.failed].map(String),
          amount(line.micros, line.currency),
        ]);
        const none = [`no codes by telephone in ${month}`];
        return { lines: rows.length === 0 ? none : table([costHeads, ...rows]), json: lines };
      }),
    );
}

/** The realm of that name, or all. */
async function chosenRealms(
  context: AllowanceCommandsContext,
  id: string | undefined,
): Promise<readonly Realm[] | Refused> {
  if (id === undefined) return context.realms.list();
  const realm = await context.realms.get(id);
  return realm === undefined ? noRealm(id) : [realm];
}

const costHeads = ['REALM', 'ORGANIZATION', 'COUNTRY', 'CHANNEL', 'SENT', 'USED', 'FAILED', 'COST'];
const budgetHeads = ['REALM', 'ORGANIZATION', 'NAME', 'SPENT', 'OF', 'SHARE', 'CONTACT'];

function budgetRow({ realm, organization, name, currency, spentMicros, budgetMicros, contact }: BudgetLine): string[] {
  const share =
    budgetMicros === undefined || budgetMicros === 0 ? '' : `${Math.floor((spentMicros * 100) / budgetMicros)} %`;
  const of = budgetMicros === undefined ? 'no budget of its own' : amount(budgetMicros, currency);
  return [realm, organization ?? '-', name, amount(spentMicros, currency), of, share, contact ?? ''];
}

function readMonth(text: string): string {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('It is a month such as 2026-11.');
  return text;
}
