import { type Clock, GatehouseError, type Keyring } from '../kernel/index.ts';
import { closedBecause, closureDeclaration, theClosure } from './closure.ts';
import { type Copying, createCopying } from './copying.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { Log } from './log.ts';
import { type Migration, migrations as ours } from './migrations.ts';
import { type Plan, planOf } from './plan.ts';
import type { Collection, Declaration, Doc, Store } from './port.ts';
import { migrate, schemaDeclaration } from './schema-version.ts';
import { openSqlite } from './sqlite/engine.ts';

/** Rooms get the store alone; the whole of it is for backup, restore and moving. */
export interface OpenedStore extends Store {
  readonly copying: Copying;
}

export interface StoreOptions {
  /** Empty: the file in `dataDir`. Or `mongodb://…`, `mongodb+srv://…`. */
  readonly database: string;
  readonly dataDir: string;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log?: Log;
  /** For tests; the program's own otherwise. */
  readonly migrations?: readonly Migration[];
}

/** Throws `unavailable` when the file cannot be opened. A MongoDB that is away is no error: `isReady` says so. */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const listeners = new Set<() => void>();
  const onOutbox = () => {
    for (const listener of listeners) listener();
  };
  const engine = await openEngine(options, { keyring: options.keyring, onOutbox });
  const plans = new Map<string, Plan>();
  const opened: Collection<Doc>[] = [];
  const versions = engine.collection(planOf(schemaDeclaration));
  const closures = engine.collection(planOf(closureDeclaration));
  const steps = options.migrations ?? ours;

  function planNamed(name: string): Plan {
    const plan = plans.get(name);
    if (plan === undefined) throw new GatehouseError('internal', `no collection ${name} is declared`);
    return plan;
  }

  return {
    isReady: () => engine.isReady(),
    collection<T extends Doc>(declaration: Declaration<T>): Collection<T> {
      if (plans.has(declaration.name))
        throw new GatehouseError('internal', `collection ${declaration.name} is declared twice`);
      const plan = planOf(declaration);
      plans.set(declaration.name, plan);
      const collection = engine.collection(plan);
      opened.push(collection);
      return collection;
    },
    collections: () => opened,
    async bootstrap() {
      // The version comes first: a database that is too new is left as it is.
      await engine.ensure([planOf(schemaDeclaration), planOf(closureDeclaration)]);
      const closure = await closures.get(theClosure);
      if (closure !== undefined) throw new GatehouseError('unavailable', closedBecause(closure));
      const runs = steps.map((migration) => async () => {
        options.log?.info({ why: migration.why }, 'migrating the database');
        await migration.run(migrating(engine));
      });
      await migrate(versions, options.clock, runs);
      await engine.ensure([...plans.values()]);
    },
    pending: (collection, limit) => engine.pending(planNamed(collection), limit),
    onOutbox(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    removeExpired: (collection, before, limit) => engine.removeExpired(planNamed(collection), before, limit),
    inspect: () => engine.inspect(),
    copying: createCopying({
      ...{ engine, plans, opened, versions, closures },
      ...{ known: steps.length, clock: options.clock },
    }),
    close: () => engine.close(),
  };
}

/** mongoose costs 300 ms and 40 MiB, so it is loaded only when used. */
async function openEngine({ database, dataDir }: StoreOptions, options: EngineOptions): Promise<Engine> {
  if (database === '') return await openSqlite(dataDir, options);
  if (!/^mongodb(\+srv)?:\/\//.test(database))
    throw new GatehouseError('internal', 'the database is empty (a file) or mongodb://…');
  const { openMongo } = await import('./mongo/engine.ts');
  return await openMongo(database, options);
}

function migrating(engine: Engine): Parameters<Migration['run']>[0] {
  const declared: Plan[] = [];
  return {
    collection<T extends Doc>(declaration: Declaration<T>): Collection<T> {
      const plan = planOf(declaration);
      declared.push(plan);
      return engine.collection(plan);
    },
    ensure: () => engine.ensure(declared),
  };
}
