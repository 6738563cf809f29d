import { readCsv } from './csv.ts';
import type { Read } from './draft.ts';
import { type PskcOptions, readPskc } from './pskc.ts';

/** Twice what a quarter of a million encrypted keys take. */
export const mostBytes = 256 * 1024 * 1024;

/** Characters that may be blank before the first that says which of the two it is. */
const longestBlankStart = 16_384;

/** A fault that makes the rest of the file unreadable. */
class Unreadable extends Error {}

/**
 * Reads a file of tokens, PSKC or CSV by its first character, in a bounded amount of memory. What cannot be read is told
 * with its line; nothing is thrown but what `source` throws.
 */
export async function* readTokens(source: AsyncIterable<Uint8Array>, options: PskcOptions): AsyncGenerator<Read> {
  try {
    const texts = decoded(source)[Symbol.asyncIterator]();
    const start = await startOf(texts);
    const rest = again(start, texts);
    yield* start.trimStart().startsWith('<') ? readPskc(rest, options) : readCsv(rest, options);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    yield { line: 1, faults: [error.message] };
  }
}

/** What there is up to the first part that is not all blank. */
async function startOf(texts: AsyncIterator<string>): Promise<string> {
  let start = '';
  while (start.trim() === '') {
    if (start.length > longestBlankStart) throw new Unreadable('the file begins with too many blanks');
    const next = await texts.next();
    if (next.done === true) return start;
    start += next.value;
  }
  return start;
}

async function* again(start: string, texts: AsyncIterator<string>): AsyncGenerator<string> {
  yield start;
  for (let next = await texts.next(); next.done !== true; next = await texts.next()) yield next.value;
}

/** UTF-8, the byte order mark dropped. */
async function* decoded(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let size = 0;
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new Unreadable('the file is not UTF-8 text');
    }
  };
  for await (const bytes of source) {
    size += bytes.length;
    if (size > mostBytes) throw new Unreadable(`the file is larger than ${mostBytes / 1024 / 1024} MiB; split it`);
    yield decode(bytes);
  }
  yield decode();
}
