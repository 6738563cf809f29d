import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { whyNotFile } from '../kernel/index.ts';
import { type Kept, plainOf, valueOf } from './kept.ts';

/**
 * A backup is gzipped JSON lines: a head; a line for each document, `[collection, id, revision, document]`, or
 * `[collection, id]` for one that was removed meanwhile; `{"again": true}` before each further look at a database that
 * changed; an end with the SHA-256 of all lines before it. Sealed fields stay sealed, and no key is in it.
 */
export type BackupLine =
  | { readonly kind: 'document'; readonly collection: string; readonly kept: Kept }
  | { readonly kind: 'removed'; readonly collection: string; readonly id: string }
  | { readonly kind: 'again' };

const headShape = z.object({
  gatehouse: z.literal('backup'),
  format: z.literal(1),
  /** Of the documents: how many migrations they have seen. */
  version: z.number().int().min(0),
  at: z.iso.datetime(),
});
export type BackupHead = Pick<z.infer<typeof headShape>, 'version' | 'at'>;

const endShape = z.object({
  end: z.object({ sha256: z.string(), documents: z.record(z.string(), z.number().int().min(0)) }),
});
/** How many documents of each collection there are in the end. */
export type Documents = Readonly<Record<string, number>>;

const documentShape = z.tuple([z.string(), z.string(), z.number(), z.record(z.string(), z.unknown())]);
const removedShape = z.tuple([z.string(), z.string()]);

/** Why a file is no whole backup. */
export class BadBackup extends Error {}

/** A draft that is there already is of a backup under way, or of one that was killed. */
function notMade(file: string, tried: string, cause: NodeJS.ErrnoException): BadBackup {
  const isOther = cause.code === 'EEXIST' && tried !== file;
  const why = whyNotFile(cause, { isNew: true, path: isOther ? tried : file }) ?? cause.message;
  return new BadBackup(isOther ? `${why}: another backup writes it, or one was cut off; remove it then` : why, {
    cause,
  });
}

/**
 * Writes beside it first, so that what has the name `file` is whole and on the disk. `lines` returns what there is in
 * the end. Throws `BadBackup` when there is such a file already.
 */
export async function writeBackup(
  file: string,
  head: BackupHead,
  lines: AsyncGenerator<BackupLine, Documents>,
): Promise<Documents> {
  if (existsSync(file)) throw new BadBackup(`${file} is there already; nothing was written`);
  const draft = `${file}.partial`;
  const handle = await open(draft, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw notMade(file, draft, cause);
  });
  try {
    let documents: Documents = {};
    const hash = createHash('sha256');
    const text = async function* () {
      const line = (value: unknown) => {
        const whole = `${JSON.stringify(value)}\n`;
        hash.update(whole);
        return whole;
      };
      yield line({ gatehouse: 'backup', format: 1, ...head });
      for (let next = await lines.next(); ; next = await lines.next()) {
        if (next.done === true) {
          documents = next.value;
          break;
        }
        yield line(plainLine(next.value));
      }
      yield `${JSON.stringify({ end: { sha256: hash.digest('hex'), documents } })}\n`;
    };
    const out = createWriteStream(draft, { fd: handle.fd, autoClose: false });
    await pipeline(Readable.from(text()), createGzip(), out).catch((cause: NodeJS.ErrnoException) => {
      throw cause.syscall === 'write' ? notMade(file, file, cause) : cause;
    });
    await handle.sync();
    // Unlike a renaming, a second name replaces no other file.
    await link(draft, file).catch((cause: NodeJS.ErrnoException) => {
      throw notMade(file, file, cause);
    });
    return documents;
  } finally {
    await handle.close();
    await unlink(draft);
  }
}

function plainLine(line: BackupLine): unknown {
  if (line.kind === 'again') return { again: true };
  if (line.kind === 'removed') return [line.collection, line.id];
  const { id, rev, doc } = line.kept;
  return [line.collection, id, rev, plainOf(doc)];
}

export interface BackupContents {
  readonly head: BackupHead;
  /** To the last one the file is checked against its end: `BadBackup` is thrown when it is not as it was written. */
  readonly lines: AsyncGenerator<BackupLine, BackupEnd>;
}

export interface BackupEnd {
  readonly sha256: string;
  readonly documents: Documents;
}

export async function readBackup(file: string): Promise<BackupContents> {
  const text = linesOf(file);
  const hash = createHash('sha256');
  const first = (await text.next()).value ?? '';
  const head = headShape.safeParse(parsed(file, first));
  if (!head.success) throw new BadBackup(`${file} is no backup of Gatehouse`);
  hash.update(`${first}\n`);

  async function* lines(): AsyncGenerator<BackupLine, BackupEnd> {
    for await (const line of text) {
      const value = parsed(file, line);
      const end = endShape.safeParse(value);
      if (end.success) {
        if (end.data.end.sha256 !== hash.digest('hex') || (await text.next()).done !== true) throw damaged(file);
        return end.data.end;
      }
      hash.update(`${line}\n`);
      yield lineOf(file, value);
    }
    throw damaged(file);
  }
  return { head: head.data, lines: lines() };
}

function lineOf(file: string, value: unknown): BackupLine {
  const document = documentShape.safeParse(value);
  if (document.success) {
    const [collection, id, rev, doc] = document.data;
    return { kind: 'document', collection, kept: { id, rev, doc: valueOf(doc) as Kept['doc'] } };
  }
  const removed = removedShape.safeParse(value);
  if (removed.success) return { kind: 'removed', collection: removed.data[0], id: removed.data[1] };
  if (z.object({ again: z.literal(true) }).safeParse(value).success) return { kind: 'again' };
  throw damaged(file);
}

async function* linesOf(file: string): AsyncGenerator<string, void> {
  let rest = '';
  try {
    const unzipped = createGunzip().setEncoding('utf8');
    // What goes wrong with either is thrown by the loop.
    pipeline(createReadStream(file), unzipped).catch(() => undefined);
    for await (const chunk of unzipped as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    const why = whyNotFile(cause, { path: file });
    throw why === undefined ? damaged(file, cause) : new BadBackup(why, { cause });
  }
  if (rest !== '') yield rest;
}

function parsed(file: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw damaged(file, cause);
  }
}

const damaged = (file: string, cause?: unknown) =>
  new BadBackup(`${file} is damaged, cut short, or no backup of Gatehouse`, { cause });
