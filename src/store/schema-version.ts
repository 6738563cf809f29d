import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Clock, GatehouseError, newId } from '../kernel/index.ts';
import type { Collection, Declaration, Doc } from './port.ts';
import { turnLasts } from './turn-lasts.ts';

export interface SchemaVersion extends Doc {
  readonly version: number;
  /** Who migrates, and until when others leave it to them. */
  readonly migrator?: { readonly id: string; readonly until: Date } | undefined;
}

export const schemaDeclaration: Declaration<SchemaVersion> = {
  name: 'gatehouse_schema',
  shape: z.object({
    id: z.string(),
    version: z.number().int().min(0),
    migrator: z.object({ id: z.string(), until: z.date() }).optional(),
  }),
  indexes: [],
};

export const theSchema = 'schema';
/** A process that died in a migration is replaced after this; one that lives renews its turn. */
const turnMs = 15_000;
const renewMs = 5_000;
const pollMs = 200;

/**
 * Brings the database to version `steps.length`. Of several processes that start together one runs the steps, the
 * others wait for it. A step that is cut off is run again. Throws `unavailable` when a newer program has written the
 * database, and what a step throws.
 */
export async function migrate(
  versions: Collection<SchemaVersion>,
  clock: Clock,
  steps: readonly (() => Promise<void>)[],
): Promise<void> {
  const me = newId();
  const turn = () => ({ id: me, until: new Date(clock.now().getTime() + turnMs) });
  const mine = async (change: (seen: SchemaVersion) => SchemaVersion) =>
    await versions.update(theSchema, (seen) => (seen.migrator?.id === me ? change(seen) : undefined));

  // A database made by this program begins at its version: there is nothing to migrate.
  await versions.upsert(theSchema, (now) => now ?? { id: theSchema, version: steps.length });
  for (;;) {
    const version = (await versions.get(theSchema))?.version ?? 0;
    if (version > steps.length) throw tooNew(version, steps.length);
    const step = steps[version];
    if (step === undefined) return;
    const taken = await versions.update(theSchema, (seen) => {
      const isAnothers = seen.migrator !== undefined && turnLasts(seen.migrator.until, clock.now(), turnMs);
      return isAnothers || seen.version !== version ? undefined : { ...seen, migrator: turn() };
    });
    if (!taken.ok) {
      await pause(pollMs);
      continue;
    }
    const renewal = setInterval(() => {
      mine((seen) => ({ ...seen, migrator: turn() })).catch(() => undefined);
    }, renewMs);
    renewal.unref();
    try {
      await step();
      await mine(({ id }) => ({ id, version: version + 1 }));
    } catch (error) {
      await mine(({ id }) => ({ id, version }));
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }
}

function tooNew(version: number, known: number): GatehouseError {
  const text = `the database has version ${version}, this program knows ${known}: it is too old for it`;
  return new GatehouseError('unavailable', text);
}
