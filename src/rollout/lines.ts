import { table } from '../kernel/index.ts';
import type { Organization } from '../people/index.ts';
import type { RolloutCommandsContext } from './commands-context.ts';
import type { Day, Figures, Rollout, Wave } from './rollout.ts';
import { isInForce } from './waves.ts';

export const percentOf = (part: number, whole: number) =>
  whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`;

export function shown(moment: Date): string {
  const text = moment.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : `${text.slice(0, 16)}Z`;
}

/** `bound`, `to come`, `waits` (held by a pause), `stopped`, `planned`. */
export function waveState(rollout: Rollout, at: number, now: Date): string {
  if (rollout.state === 'draft') return 'planned';
  if (isInForce(rollout, at, now)) return 'bound';
  if (rollout.state === 'stopped') return 'stopped';
  return rollout.state === 'paused' ? 'waits' : 'to come';
}

export async function whoSays(context: RolloutCommandsContext, realm: string, wave: Wave): Promise<string> {
  if (wave.share !== undefined) return `${wave.share} %`;
  const { organizations } = context.people.tenancy;
  const found = await Promise.all((wave.organizations ?? []).map((id) => organizations.get(realm, id)));
  return found.map((each: Organization | undefined, at) => each?.name ?? wave.organizations?.[at] ?? '').join(', ');
}

const heads = ['PEOPLE', 'READY', 'ASKED', 'STUCK', 'FAILED', 'DONE'];

function cells(figures: Figures | undefined): readonly string[] {
  if (figures === undefined) return ['-', '-', '-', '-', '-', '-'];
  const { people, ready, asked, stuck, failed } = figures;
  return [...[people, ready, asked, stuck, failed].map(String), percentOf(ready, people)];
}

export async function waveTable(
  context: RolloutCommandsContext,
  rollout: Rollout,
  figures: ReadonlyMap<number, Figures>,
): Promise<readonly string[]> {
  const now = context.clock.now();
  const who = await Promise.all(rollout.waves.map((wave) => whoSays(context, rollout.realm, wave)));
  return table([
    ['WAVE', 'FROM', 'WHO', 'STATE', ...heads],
    ...rollout.waves.map((wave, at) => [
      ...[String(at + 1), shown(wave.startsAt), who[at] ?? '', waveState(rollout, at, now)],
      ...cells(figures.get(at)),
    ]),
  ]);
}

export const dayTable = (days: readonly Day[]): readonly string[] =>
  table([['DAY', 'WAVE', ...heads], ...days.map((day) => [day.day, String(day.wave), ...cells(day)])]);

/** The latest of each wave, by index. */
export function latestOf(days: readonly Day[]): ReadonlyMap<number, Figures> {
  return new Map(
    days.map(({ wave, people, ready, asked, stuck, failed }) => [wave - 1, { people, ready, asked, stuck, failed }]),
  );
}

/** For programs; waves counted from 1. */
export function rolloutJson(rollout: Rollout, figures: ReadonlyMap<number, Figures>, now: Date) {
  const { id, realm, name, rules, organization, state, stopAbovePercent, remindBeforeDays, remindAfterDays } = rollout;
  return {
    ...{ id, realm, name, state, rules, organization, stopAbovePercent, remindBeforeDays, remindAfterDays },
    heldAt: rollout.heldAt,
    stoppedFromWave: rollout.stoppedFrom === undefined ? undefined : rollout.stoppedFrom + 1,
    waves: rollout.waves.map((wave, at) => ({
      ...{ wave: at + 1, ...wave, state: waveState(rollout, at, now), figures: figures.get(at) ?? null },
    })),
  };
}
