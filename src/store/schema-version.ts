import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Clock, GatehouseError, newId } from '../kernel/index.ts';
import type { Collection, Declaration, Doc } from './port.ts';

interface SchemaVersion extends Doc {
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

const theOne = 'schema';
/** Renewed after each migration; a process that dies in one is replaced after this. */
const turnMs = 10 * 60_000;
const pollMs = 200;

/**
 * Brings the database to version `steps.length`. Of several processes that start together one runs the steps, the
 * others wait for it. Throws `unavailable` when a newer program has written the database.
 */
export async function migrate(
  versions: Collection<SchemaVersion>,
  clock: Clock,
  steps: readonly (() => Promise<void>)[],
): Promise<void> {
  const me = newId();
  // A database made by this program begins at its version: there is nothing to migrate.
  await versions.upsert(theOne, (now) => now ?? { id: theOne, version: steps.length });
  for (;;) {
    const now = await versions.get(theOne);
    const version = now?.version ?? 0;
    if (version > steps.length) {
      throw new GatehouseError(
        'unavailable',
        `the database has version ${version}, this program knows ${steps.length}: it is too old for it`,
      );
    }
    if (version === steps.length) return;
    const at = clock.now();
    const turn = await versions.update(theOne, (seen) => {
      const isTaken = seen.migrator !== undefined && seen.migrator.id !== me && seen.migrator.until > at;
      if (isTaken || seen.version !== version) return undefined;
      return { ...seen, migrator: { id: me, until: new Date(at.getTime() + turnMs) } };
    });
    if (!turn.ok) {
      await pause(pollMs);
      continue;
    }
    await steps[version]?.();
    await versions.update(theOne, (seen) =>
      seen.migrator?.id === me
        ? { id: theOne, version: version + 1, ...(version + 1 < steps.length && { migrator: seen.migrator }) }
        : undefined,
    );
  }
}
