import { type Clock, newId } from '../kernel/index.ts';
import type { Progress } from './backup.ts';
import { closedBecause } from './closure.ts';
import type { Copying } from './copying.ts';
import { createSum, type Sum } from './kept.ts';
import { Duplicate } from './port.ts';
import { judgeTarget } from './restore.ts';

export type Moved =
  | { readonly ok: true; readonly documents: number; readonly hasKeys: boolean }
  | {
      readonly ok: false;
      readonly why: 'nothing' | 'other_version' | 'closed' | 'same' | 'served' | 'not_empty' | 'newer' | 'differs';
      readonly says: string;
    };

export interface MoveOptions {
  readonly clock: Clock;
  /** Empties a target that is not empty. */
  readonly isForced: boolean;
  readonly progress?: Progress;
}

const refused = (why: Extract<Moved, { ok: false }>['why'], says: string): Moved => ({ ok: false, why, says });

/**
 * Carries everything from one database to another, then compares both, document by document. Both are closed to
 * servers meanwhile, and the old one afterwards. Cut off at any point it goes on where it was when it is run again.
 */
export async function move(from: Copying, to: Copying, options: MoveOptions): Promise<Moved> {
  const { clock, isForced, progress = () => {} } = options;
  const version = await from.version();
  if (version === undefined) return refused('nothing', 'there is no database to move');
  if (version !== from.known)
    return refused('other_version', `the database has version ${version}: start the server on it once, then move it`);
  const source = await from.closure();
  const target = await to.closure();
  const isResumed = source !== undefined && target?.why === 'arriving' && target.copy === source.copy;
  if (source !== undefined && source.why !== 'leaving' && !isResumed) return refused('closed', closedBecause(source));
  const copy = source?.copy ?? newId();

  // Closed first: a server that starts now refuses to, one that started before is noticed.
  if (source === undefined) await from.setClosure({ why: 'leaving', copy, at: clock.now() });
  const back = async (refusal: Moved): Promise<Moved> => {
    if (source === undefined) await from.setClosure(undefined);
    return refusal;
  };
  const there = await to.closure();
  if (there?.copy === copy && there.why !== 'arriving')
    return back(refused('same', 'that is the database that is to be moved'));
  if (await from.isServed())
    return back(refused('served', 'a server works on the database; stop all servers, then move it'));
  if (!isResumed) {
    const refusal = await judgeTarget(to, isForced);
    if (refusal !== undefined) return back(refused(refusal.why as 'served', refusal.says));
  }

  await to.prepare(from.collections);
  const closedAt = clock.now();
  const arriving = (reached?: { collection: string; id: string }) =>
    to.setClosure({ why: 'arriving', copy, at: closedAt, ...(reached && { reached }) });
  if (!isResumed) {
    await arriving();
    await to.clear();
  }
  try {
    await carry(from, to, isResumed ? target.reached : undefined, arriving, progress);
  } catch (error) {
    if (!(error instanceof Duplicate)) throw error;
    await to.setClosure({ why: 'arriving', copy: newId(), at: closedAt });
    return refused('differs', `${error.message}; run it again`);
  }
  const compared = await compare(from, to);
  if ('differs' in compared) {
    // Another mark than the source's: the next run begins anew.
    await to.setClosure({ why: 'arriving', copy: newId(), at: closedAt });
    return refused('differs', `${compared.differs.join(', ')} changed while it was moved; run it again`);
  }
  await to.setVersion(version);
  // In this order: at no moment are both open.
  await from.setClosure({ why: 'left', copy, at: clock.now() });
  await to.setClosure(undefined);
  return { ok: true, documents: compared.count, hasKeys: await to.hasKeys() };
}

async function carry(
  from: Copying,
  to: Copying,
  reached: { readonly collection: string; readonly id: string } | undefined,
  arriving: (reached: { collection: string; id: string }) => Promise<void>,
  progress: Progress,
): Promise<void> {
  let total = 0;
  for (const collection of from.collections) total += await from.count(collection);
  let done = 0;
  const snapshot = await from.snapshot();
  try {
    for (const collection of from.collections) {
      if (reached !== undefined && collection < reached.collection) {
        done += await from.count(collection);
        continue;
      }
      const after = collection === reached?.collection ? reached.id : undefined;
      if (after !== undefined) done += await to.count(collection);
      for await (const page of snapshot.pages(collection, after)) {
        await to.put(collection, page);
        done += page.length;
        const id = page.at(-1)?.id;
        if (id !== undefined) await arriving({ collection, id });
        progress(done, total);
      }
    }
  } finally {
    await snapshot.close();
  }
}

async function compare(
  from: Copying,
  to: Copying,
): Promise<{ readonly count: number } | { readonly differs: readonly string[] }> {
  const [here, there] = [await sums(from), await sums(to)];
  const differs = [...here].filter(([name, sum]) => {
    const other = there.get(name);
    return other?.count !== sum.count || other.digest !== sum.digest;
  });
  if (differs.length > 0) return { differs: differs.map(([name]) => name) };
  return { count: [...here.values()].reduce((count, sum) => count + sum.count, 0) };
}

async function sums(copying: Copying): Promise<ReadonlyMap<string, Sum>> {
  const found = new Map<string, Sum>();
  const snapshot = await copying.snapshot();
  try {
    for (const collection of copying.collections) {
      const sum = createSum();
      for await (const page of snapshot.pages(collection)) for (const kept of page) sum.add(kept);
      found.set(collection, sum.sum());
    }
  } finally {
    await snapshot.close();
  }
  return found;
}

/** Opens a database again that was being moved, or, with `isForced`, one that was. */
export async function cancelMove(
  from: Copying,
  { isForced }: Pick<MoveOptions, 'isForced'>,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly says: string }> {
  const closure = await from.closure();
  if (closure === undefined) return { ok: false, says: 'the database is not being moved' };
  if (closure.why === 'arriving') return { ok: false, says: closedBecause(closure) };
  if (closure.why === 'left' && !isForced) {
    const says =
      'it was moved: if a server has worked on the new one since, that work would be lost; --force opens it all the same';
    return { ok: false, says };
  }
  await from.setClosure(undefined);
  return { ok: true };
}
