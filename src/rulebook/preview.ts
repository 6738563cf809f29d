import { type Outcome, wrongUsage } from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import { allPlaces, type Place, type Placed, type Previewed } from '../preview/index.ts';
import type { PolicyCommandsContext } from './commands-context.ts';
import { csv } from './csv.ts';
import { type LevelOptions, levelOf } from './level-options.ts';
import { levelSays, objectionSays, reasonSays } from './sentences.ts';
import { readChanges, refusedChange } from './show-and-set.ts';

export interface PreviewOptions extends LevelOptions {
  readonly unset?: readonly string[];
  readonly list?: string;
  readonly changed?: boolean;
  readonly limit?: string;
  readonly after?: string;
  readonly csv?: boolean;
}

const labels: Readonly<Record<Place, string>> = {
  ready: 'ready',
  asked: 'asked to set something up',
  stuck: 'stuck',
  shut_out: 'disabled or locked',
};

/** How everybody under a level would stand, before anything is changed: counts, and those who are listed. */
export async function preview(
  context: PolicyCommandsContext,
  realm: string,
  pairs: readonly string[],
  options: PreviewOptions,
): Promise<Outcome> {
  const read = readChanges(pairs, options.unset ?? []);
  if ('faults' in read) return wrongUsage(...read.faults);
  const asked = listOf(options);
  if (typeof asked === 'string') return wrongUsage(asked);
  const ref = await levelOf(context, realm, options);
  if ('refused' in ref) return ref;
  const previewed = await context.rulebook.preview(ref, read.changes);
  if (!previewed.ok) return refusedChange(previewed);

  const { level, warnings } = previewed;
  const listed = previewed.people.filter(asked.isListed);
  const page = pageOf(listed, asked);
  if (page === undefined) return wrongUsage('--after is the id of somebody in the list; they are not in it (any more)');
  const json = { level, counts: previewed.counts, warnings, total: listed.length, ...page };
  if (options.csv === true) return { lines: csvOf(page.people), json };
  return {
    lines: [
      `people under ${levelSays(level)}, if its rules were so:`,
      ...countsOf(previewed),
      ...warnings.map((each) => `! ${objectionSays(each, true)}`),
      ...(page.people.length === 0
        ? []
        : ['', ...table([['NAME', 'PERSON', 'NOW', 'THEN', 'BECAUSE'], ...page.people.map(rowOf)])]),
      ...(page.next === undefined ? [] : [`${listed.length} in all; more: --after ${page.next}`]),
    ],
    json,
  };
}

interface Listed {
  readonly limit: number;
  readonly after?: string;
  isListed(person: Placed): boolean;
}

/** Those who would be stuck, unless others are asked for. A text: what is wrong with what was asked. */
function listOf({ list, changed, limit, after, csv: isCsv }: PreviewOptions): Listed | string {
  const places = list === undefined ? [changed === true ? 'all' : 'stuck'] : list.split(',').map((each) => each.trim());
  const unknown = places.find((each) => each !== 'all' && !allPlaces.some((place) => place === each));
  if (unknown !== undefined) return `--list takes ${allPlaces.join(', ')} or all, not "${unknown}"`;
  const most = limit === undefined ? (isCsv === true ? Infinity : 20) : Number(limit);
  if (limit !== undefined && (!Number.isInteger(most) || most < 1)) return '--limit is a whole number from 1';
  return {
    limit: most,
    ...(after === undefined ? {} : { after }),
    isListed: (person) =>
      (places.includes('all') || places.includes(person.after)) && (changed !== true || person.before !== person.after),
  };
}

function pageOf(
  listed: readonly Placed[],
  { limit, after }: Listed,
): { readonly people: readonly Placed[]; readonly next?: string } | undefined {
  const from = after === undefined ? 0 : listed.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) return undefined;
  const people = listed.slice(from, from + limit);
  const last = people.at(-1);
  return from + limit < listed.length && last !== undefined ? { people, next: last.id } : { people };
}

function countsOf({ counts }: Previewed): readonly string[] {
  return table([
    ['PEOPLE', 'NOW', 'THEN'],
    ...allPlaces.map((place) => [labels[place], String(counts[place].before), String(counts[place].after)]),
  ]);
}

function rowOf({ name, identifier, before, after, reasons }: Placed): readonly string[] {
  return [name, identifier, before, after, reasons.map(reasonSays).join('; ')];
}

function csvOf(people: readonly Placed[]): readonly string[] {
  const rows = people.map(({ id, name, identifier, before, after, reasons }) => [
    ...[id, name, identifier, before, after],
    reasons.map(reasonSays).join('; '),
  ]);
  return csv([['id', 'name', 'person', 'now', 'then', 'because'], ...rows]);
}
