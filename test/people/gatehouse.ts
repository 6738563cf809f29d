import { peopleCommands } from '../../src/people/commands.ts';
import type { People } from '../../src/people/index.ts';
import { type Ran, runCommands } from '../support/run-commands.ts';

/** `gatehouse <words>` on these people, in production, with one realm that has one portal: what it printed, and its exit code. */
export function gatehouseOf(
  { people }: { readonly people: People },
  { realm, portal }: { readonly realm: string; readonly portal: string },
  ...words: string[]
): Promise<Ran> {
  return runCommands(
    (program) =>
      peopleCommands(program, async () => ({
        people,
        mode: 'production',
        hasRealm: async (id) => id === realm,
        hasPortal: async (_realm, clientId) => clientId === portal,
        portraitOf: async () => ({ methods: [], browsers: { known: 0, remembered: 0 }, guesses: [], rules: [] }),
        close: async () => {},
      })),
    words,
  );
}
