import { type Layout, layoutOf } from './csv-layouts.ts';
import { CsvRecords, delimiterOf } from './csv-records.ts';
import { judgeToken, type Read } from './draft.ts';

/** A first line longer than this is none of a token file. */
const longestFirstLine = 16_384;

/** Reads a CSV file, one token after the other. `texts`: the file in parts, without a byte order mark. */
export async function* readCsv(
  texts: AsyncIterable<string>,
  options: { readonly allowsShortSeeds?: boolean },
): AsyncGenerator<Read> {
  let records: CsvRecords | undefined;
  let layout: Layout | undefined;
  let waiting = '';

  function* judge(text: string, isEnd: boolean): Generator<Read> {
    if (records === undefined) return;
    for (const record of isEnd ? records.end() : records.read(text)) {
      if ('fault' in record) {
        yield { line: record.line, faults: [record.fault] };
        return;
      }
      const { line, cells } = record;
      if (layout === undefined) {
        const chosen = layoutOf(cells);
        if ('fault' in chosen) {
          yield { line, faults: [chosen.fault] };
          records = undefined;
          return;
        }
        layout = chosen;
        if (layout.hasHeading) continue;
      }
      const told = layout.tell(cells);
      if ('raw' in told) yield judgeToken(told.raw, line, options);
      else if ('fault' in told) yield { line, faults: [told.fault] };
      else yield { line, skipped: told.skipped };
    }
  }

  for await (const text of texts) {
    if (records === undefined && layout !== undefined) return;
    waiting += text;
    if (records === undefined) {
      const firstLine = /^[^\r\n]*[\r\n]/.exec(waiting.trimStart())?.[0];
      if (firstLine === undefined && waiting.length <= longestFirstLine) continue;
      records = new CsvRecords(delimiterOf((firstLine ?? waiting).slice(0, longestFirstLine)));
    }
    for (const read of judge(waiting, false)) {
      yield read;
      if ('faults' in read && records === undefined) return;
    }
    waiting = '';
  }
  records ??= new CsvRecords(delimiterOf(waiting));
  yield* judge(waiting, false);
  yield* judge('', true);
}
