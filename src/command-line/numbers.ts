import { type Command, InvalidArgumentError } from 'commander';

/** Reads an argument that is a whole number. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };

/** The options of a list that comes in pages. */
export const inPages = (command: Command): Command =>
  command
    .option('--limit <number>', 'how many at most', wholeNumber(1, 500), 100)
    .option('--after <mark>', 'the mark that ended the page before');

export interface PageOptions {
  readonly limit: number;
  readonly after?: string;
}

/** What a room is asked for. */
export const pageOf = ({ limit, after }: PageOptions) => ({ limit, ...(after === undefined ? {} : { after }) });

/** Lines for people, with how to go on; a value for programs. */
export const paged = <Item>(lines: readonly string[], items: readonly Item[], next: string | undefined) => ({
  lines: next === undefined ? lines : [...lines, `more: --after ${next}`],
  json: { items, ...(next === undefined ? {} : { next }) },
});
