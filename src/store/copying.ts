import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../kernel/index.ts';
import { type Closure, closureDeclaration, theClosure } from './closure.ts';
import { drainLease, drainLeaseS } from './drain.ts';
import type { Engine } from './engine.ts';
import type { Kept } from './kept.ts';
import type { Lease } from './lease.ts';
import { leasesName } from './leases.ts';
import { type Plan, planOf } from './plan.ts';
import type { Collection, Doc } from './port.ts';
import { type SchemaVersion, schemaDeclaration, theSchema } from './schema-version.ts';
import { turnLasts } from './turn-lasts.ts';

/** All documents of a database, as they are kept. */
export interface Snapshot {
  /** They are seen as they were at one moment; otherwise each as it is when its page is read. */
  readonly isFrozen: boolean;
  /** In order of id, those after `after`. */
  pages(collection: string, after?: string): AsyncIterable<readonly Kept[]>;
  close(): Promise<void>;
}

/** A whole database, for backup, restore and moving. Migrates nothing and opens no sealed value, but for `hasKeys`. */
export interface Copying {
  /** The version that this program knows. */
  readonly known: number;
  /** The collections that are carried: all that are declared, but what only a running server has a use for. */
  readonly collections: readonly string[];
  /** Undefined: there is no database yet. */
  version(): Promise<number | undefined>;
  /** Makes what documents of these collections need, whether this program declares them or not. */
  prepare(collections: readonly string[]): Promise<void>;
  setVersion(version: number): Promise<void>;
  closure(): Promise<Closure | undefined>;
  /** Undefined opens it. */
  setClosure(closure: Omit<Closure, 'id'> | undefined): Promise<void>;
  /** Whether a server works on it, or did a few seconds ago and was killed. */
  isServed(): Promise<boolean>;
  count(collection: string): Promise<number>;
  snapshot(): Promise<Snapshot>;
  /** Inserts, or replaces what has that id. Throws `Duplicate` when another unique key is taken. */
  put(collection: string, documents: readonly Kept[]): Promise<void>;
  clear(): Promise<void>;
  /** Whether the sealing keys open what is sealed in it. */
  hasKeys(): Promise<boolean>;
}

export interface CopyingDeps {
  readonly engine: Engine;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly opened: readonly Collection<Doc>[];
  readonly versions: Collection<SchemaVersion>;
  readonly closures: Collection<Closure>;
  readonly known: number;
  readonly clock: Clock;
}

/** Servers renew the lease of the drain every second or so, and one that died leaves it to another. */
const freshMs = 30_000;
const renewedWithinMs = 3_000;

export function createCopying({ engine, plans, opened, versions, closures, known, clock }: CopyingDeps): Copying {
  const marks = [planOf(schemaDeclaration), planOf(closureDeclaration)];
  const strangers = new Map<string, Plan>();

  /** A collection of an older program, which a migration will read, gets a plan without indexes. */
  function planNamed(name: string): Plan {
    const plan = plans.get(name) ?? strangers.get(name) ?? planOf({ name, shape: anyDocument, indexes: [] });
    if (!plans.has(name)) strangers.set(name, plan);
    return plan;
  }

  async function leaseUntil(): Promise<Date | undefined> {
    const leases = opened.find(({ declaration }) => declaration.name === leasesName);
    const plan = plans.get(leasesName);
    if (leases === undefined || plan === undefined || !(await engine.has(plan))) return undefined;
    return ((await leases.get(drainLease)) as Lease | undefined)?.until;
  }

  const carried = () => [...plans.keys()].filter((name) => name !== leasesName).toSorted();

  return {
    known,
    get collections() {
      return carried();
    },
    async version() {
      return (await engine.has(planOf(schemaDeclaration))) ? (await versions.get(theSchema))?.version : undefined;
    },
    async prepare(collections) {
      const leases = plans.get(leasesName);
      await engine.ensure([...marks, ...(leases === undefined ? [] : [leases]), ...collections.map(planNamed)]);
    },
    async setVersion(version) {
      await versions.upsert(theSchema, () => ({ id: theSchema, version }));
    },
    async closure() {
      return (await engine.has(planOf(closureDeclaration))) ? await closures.get(theClosure) : undefined;
    },
    async setClosure(closure) {
      await engine.ensure(marks);
      if (closure === undefined) await closures.remove(theClosure);
      else await closures.upsert(theClosure, () => ({ id: theClosure, ...closure }));
    },
    async isServed() {
      const first = await leaseUntil();
      const now = clock.now();
      if (first === undefined || first.getTime() < now.getTime() - freshMs) return false;
      if (turnLasts(first, now, drainLeaseS * 1000)) return true;
      // It has just ended: given back by the last server that stopped, or not yet taken over from one that died. Or it
      // is of before the clock was set back.
      await pause(renewedWithinMs);
      return (await leaseUntil())?.getTime() !== first.getTime();
    },
    async count(collection) {
      const plan = planNamed(collection);
      return (await engine.has(plan)) ? await engine.count(plan) : 0;
    },
    async snapshot() {
      const snapshot = await engine.snapshot();
      return { ...snapshot, pages: (collection, after) => snapshot.pages(planNamed(collection), after) };
    },
    put: (collection, documents) => engine.put(planNamed(collection), documents),
    async clear() {
      for (const name of new Set([...carried(), ...strangers.keys()])) await engine.clear(planNamed(name));
    },
    async hasKeys() {
      for (const { declaration, list } of opened) {
        if ((declaration.sealed ?? []).length === 0) continue;
        const isOpen = await list({ index: 'id', limit: 1, reverse: true }).then(
          () => true,
          () => false,
        );
        if (!isOpen) return false;
      }
      return true;
    },
  };
}

const anyDocument = z.looseObject({ id: z.string() });
