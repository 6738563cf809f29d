import type { Clock } from '../kernel/index.ts';
import { type Progress, totalOf } from './backup.ts';
import { type BackupEnd, type BackupHead, BadBackup, readBackup } from './backup-file.ts';
import type { Copying } from './copying.ts';
import type { Kept } from './kept.ts';
import { Duplicate } from './port.ts';

export type Restored =
  | { readonly ok: true; readonly documents: number; readonly at: string; readonly hasKeys: boolean }
  | {
      readonly ok: false;
      readonly why: 'file' | 'newer' | 'served' | 'not_empty' | 'incomplete';
      readonly says: string;
    };

const batchSize = 500;

/**
 * Puts a backup into a database that is empty, or emptied by `isForced`. The file is checked whole before anything is
 * touched. While documents arrive the database is closed to servers, so that a restore that is cut off is noticed, and
 * is run again.
 */
export async function restore(
  to: Copying,
  file: string,
  options: { readonly clock: Clock; readonly isForced: boolean; readonly progress?: Progress },
): Promise<Restored> {
  const { clock, isForced, progress = () => {} } = options;
  const backup = await checked(file);
  if ('says' in backup) return { ok: false, why: 'file', says: backup.says };
  const { head, end, last } = backup;
  if (head.version > to.known) {
    const says = `${file} is of version ${head.version}, this program knows ${to.known}: it is too old for it`;
    return { ok: false, why: 'newer', says };
  }
  const refusal = await judgeTarget(to, isForced);
  if (refusal !== undefined) return refusal;

  await to.prepare([...new Set([...to.collections, ...Object.keys(end.documents)])]);
  await to.setClosure({ why: 'arriving', copy: end.sha256, at: clock.now() });
  await to.clear();
  const total = totalOf(end.documents);
  let done = 0;
  try {
    for await (const { collection, batch } of batches(await readBackup(file), last)) {
      await to.put(collection, batch);
      done += batch.length;
      progress(done, total);
    }
  } catch (error) {
    if (!(error instanceof Duplicate)) throw error;
    return { ok: false, why: 'incomplete', says: `${file} contradicts itself: ${error.message}` };
  }
  for (const [collection, count] of Object.entries(end.documents)) {
    if ((await to.count(collection)) === count) continue;
    return { ok: false, why: 'incomplete', says: `not all of ${collection} arrived; run it again` };
  }
  await to.setVersion(head.version);
  await to.setClosure(undefined);
  return { ok: true, documents: total, at: head.at, hasKeys: await to.hasKeys() };
}

/** Undefined: it may be filled. Shared with moving. */
export async function judgeTarget(
  to: Copying,
  isForced: boolean,
): Promise<Extract<Restored, { ok: false }> | undefined> {
  const version = await to.version();
  if (version !== undefined && version > to.known)
    return { ok: false, why: 'newer', says: 'the database to be filled is of a newer program' };
  if (await to.isServed())
    return { ok: false, why: 'served', says: 'a server works on the database to be filled; stop it first' };
  const closure = await to.closure();
  if (isForced || closure?.why === 'arriving') return undefined;
  for (const collection of to.collections) {
    if ((await to.count(collection)) === 0) continue;
    return { ok: false, why: 'not_empty', says: 'the database to be filled is not empty; --force empties it' };
  }
  return undefined;
}

interface Checked {
  readonly head: BackupHead;
  readonly end: BackupEnd;
  /** Of documents that come more than once: the number of the line that counts. */
  readonly last: ReadonlyMap<string, number>;
}

const keyOf = (collection: string, id: string) => `${collection}/${id}`;

async function checked(file: string): Promise<Checked | { readonly says: string }> {
  try {
    const { head, lines } = await readBackup(file);
    const last = new Map<string, number>();
    let isLater = false;
    for (let number = 0; ; number += 1) {
      const next = await lines.next();
      if (next.done === true) return { head, end: next.value, last };
      const line = next.value;
      if (line.kind === 'again') isLater = true;
      else if (isLater) last.set(keyOf(line.collection, line.kind === 'removed' ? line.id : line.kept.id), number);
    }
  } catch (error) {
    if (error instanceof BadBackup) return { says: error.message };
    throw error;
  }
}

/** Documents as they were in the end: what was superseded may contradict what came later. */
async function* batches(
  { lines }: Awaited<ReturnType<typeof readBackup>>,
  last: Checked['last'],
): AsyncGenerator<{ readonly collection: string; readonly batch: readonly Kept[] }> {
  let collection = '';
  let batch: Kept[] = [];
  let number = -1;
  for await (const line of lines) {
    number += 1;
    if (line.kind !== 'document') continue;
    if ((last.get(keyOf(line.collection, line.kept.id)) ?? number) !== number) continue;
    if (batch.length > 0 && (line.collection !== collection || batch.length === batchSize)) {
      yield { collection, batch };
      batch = [];
    }
    collection = line.collection;
    batch.push(line.kept);
  }
  if (batch.length > 0) yield { collection, batch };
}
