import type { Clock } from '../kernel/index.ts';
import { type BackupLine, BadBackup, type Documents, writeBackup } from './backup-file.ts';
import { closedBecause } from './closure.ts';
import type { Copying, Snapshot } from './copying.ts';

export type BackedUp =
  | { readonly ok: true; readonly documents: number }
  | {
      readonly ok: false;
      readonly why: 'nothing' | 'other_version' | 'closed' | 'restless' | 'file';
      readonly says: string;
    };

/** Called with the number of documents dealt with, now and then. */
export type Progress = (done: number, total: number) => void;

/** Looks at a database without snapshots until nothing changes between two looks; more than so many are in vain. */
const mostLooks = 20;

class Restless extends Error {}

/**
 * A whole, consistent copy in a new file, while servers run: from a snapshot where the database has them, else by
 * looking again at what changed until nothing does.
 */
export async function backUp(
  from: Copying,
  file: string,
  { clock, progress = () => {} }: { readonly clock: Clock; readonly progress?: Progress },
): Promise<BackedUp> {
  const closure = await from.closure();
  if (closure?.why === 'arriving') return { ok: false, why: 'closed', says: closedBecause(closure) };
  const version = await from.version();
  if (version === undefined) return { ok: false, why: 'nothing', says: 'there is no database yet' };
  if (version !== from.known) {
    const says = `the database has version ${version}, this program knows ${from.known}: use the program that wrote it`;
    return { ok: false, why: 'other_version', says };
  }
  const snapshot = await from.snapshot();
  try {
    const head = { version, at: clock.now().toISOString() };
    const documents = await writeBackup(file, head, look(from, snapshot, progress));
    return { ok: true, documents: totalOf(documents) };
  } catch (error) {
    if (error instanceof BadBackup) return { ok: false, why: 'file', says: error.message };
    if (!(error instanceof Restless)) throw error;
    const says = 'the database changes faster than it can be looked at; stop the servers, or make it a replica set';
    return { ok: false, why: 'restless', says };
  } finally {
    await snapshot.close();
  }
}

async function* look(from: Copying, snapshot: Snapshot, progress: Progress): AsyncGenerator<BackupLine, Documents> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const collection of from.collections) total += await from.count(collection);
  let done = 0;
  // Revisions only where there will be another look: a hundred bytes or so for each document.
  const seen = new Map<string, Map<string, number>>();
  for (const collection of from.collections) {
    const revisions = new Map<string, number>();
    let count = 0;
    for await (const page of snapshot.pages(collection)) {
      for (const kept of page) {
        if (!snapshot.isFrozen) revisions.set(kept.id, kept.rev);
        yield { kind: 'document', collection, kept };
      }
      count += page.length;
      done += page.length;
      progress(done, total);
    }
    counts.set(collection, count);
    seen.set(collection, revisions);
  }
  for (let looks = 1; !snapshot.isFrozen; looks += 1) {
    if (looks === mostLooks) throw new Restless();
    let changes = 0;
    yield { kind: 'again' };
    for await (const line of changesSince(snapshot, seen)) {
      changes += 1;
      yield line;
    }
    if (changes === 0) break;
  }
  if (!snapshot.isFrozen) for (const [collection, revisions] of seen) counts.set(collection, revisions.size);
  return Object.fromEntries(counts);
}

/** What has another revision than the one seen, is new, or is gone; `seen` is brought up to date. */
async function* changesSince(
  snapshot: Snapshot,
  seen: ReadonlyMap<string, Map<string, number>>,
): AsyncGenerator<BackupLine> {
  for (const [collection, revisions] of seen) {
    const gone = new Set(revisions.keys());
    for await (const page of snapshot.pages(collection)) {
      for (const kept of page) {
        gone.delete(kept.id);
        if (revisions.get(kept.id) === kept.rev) continue;
        revisions.set(kept.id, kept.rev);
        yield { kind: 'document', collection, kept };
      }
    }
    for (const id of gone) {
      revisions.delete(id);
      yield { kind: 'removed', collection, id };
    }
  }
}

export const totalOf = (documents: Documents): number =>
  Object.values(documents).reduce((sum, count) => sum + count, 0);
