import type { Command } from 'commander';
import type { Clock } from '../kernel/index.ts';
import type { Organization, People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { Rollouts } from './create-rollouts.ts';
import type { Rollout } from './rollout.ts';

/** What the commands work on, opened when one of them runs. */
export interface RolloutCommandsContext {
  readonly rollouts: Rollouts;
  readonly realms: Pick<Realms, 'get'>;
  readonly people: Pick<People, 'get' | 'tenancy'>;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** What a command answers: lines for people, a value for programs; or why it did nothing (`isUsage`: it was asked wrong). */
export type Outcome =
  | { readonly lines: readonly string[]; readonly json: unknown }
  | { readonly refused: readonly string[]; readonly json?: unknown; readonly isUsage?: boolean };

export interface Json {
  readonly json?: boolean;
}

export const operator = { kind: 'operator' } as const;

/** Exit code 0: done; 1: refused, with the reason on stderr; 2: wrong usage. */
export function createRun(program: Command, open: () => Promise<RolloutCommandsContext>) {
  const io = program.configureOutput();
  return async (
    realm: string,
    { json = false }: Json,
    act: (context: RolloutCommandsContext) => Promise<Outcome>,
  ): Promise<void> => {
    const context = await open();
    try {
      const outcome: Outcome =
        (await context.realms.get(realm)) === undefined
          ? { refused: [`there is no realm "${realm}"; see \`gatehouse realm list\``] }
          : await act(context);
      if (json && outcome.json !== undefined) io.writeOut?.(`${JSON.stringify(outcome.json)}\n`);
      if ('lines' in outcome) {
        if (!json) io.writeOut?.(outcome.lines.map((line) => `${line}\n`).join(''));
        return;
      }
      io.writeErr?.(outcome.refused.map((line) => `gatehouse: ${line}\n`).join(''));
      process.exitCode = outcome.isUsage === true ? 2 : 1;
    } finally {
      await context.close();
    }
  };
}

/** Acts on the roll-out of that name or id, where there is one. */
export async function withRollout(
  context: RolloutCommandsContext,
  realm: string,
  ref: string,
  act: (rollout: Rollout) => Promise<Outcome>,
): Promise<Outcome> {
  const rollout = await context.rollouts.find(realm, ref);
  if (rollout !== undefined) return act(rollout);
  return { refused: [`there is no roll-out "${ref}" in "${realm}"; see \`gatehouse rollout list ${realm}\``] };
}

/** By id, or by names from the top with slashes between. */
export async function organizationOf(
  { people }: RolloutCommandsContext,
  realm: string,
  ref: string,
): Promise<Organization | undefined> {
  const { organizations } = people.tenancy;
  const names = ref.split('/').map((name) => name.trim());
  return (await organizations.get(realm, ref)) ?? (await organizations.find(realm, names));
}
