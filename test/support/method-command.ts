import { type MethodCommandsContext, methodCommands } from '../../src/sign-in/commands.ts';
import type { RunningApp } from './app.ts';
import { type Ran, runCommands } from './run-commands.ts';

/** `gatehouse method …` on what `app` serves: what it printed, and its exit code. `instead`: of what its methods do. */
export function gatehouseMethod(
  { app, clock }: RunningApp,
  words: readonly string[],
  instead: Partial<MethodCommandsContext['methods']> = {},
): Promise<Ran> {
  const { people, factors, guards } = app;
  const context = {
    ...{ people, methods: { ...factors.methods, ...instead }, removing: guards.removing, clock },
    hasRealm: async (id: string) => (await app.realms.get(id)) !== undefined,
    close: async () => {},
  };
  return runCommands((program) => methodCommands(program, async () => context), ['method', ...words]);
}
