import { realmCommands } from '../../src/realm/commands.ts';
import type { RealmAdmin } from '../../src/realm/index.ts';
import { runCommands } from '../support/run-commands.ts';

/** `gatehouse <words>`: what it printed, and its exit code. */
export async function runGatehouse(realms: RealmAdmin, ...words: string[]) {
  let closed = 0;
  const close = async () => {
    closed += 1;
  };
  const ran = await runCommands((program) => realmCommands(program, async () => ({ realms, close })), words);
  expect(closed).toBe(1);
  return ran;
}
