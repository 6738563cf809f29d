import { hash } from 'node:crypto';
import type { Level } from '../policy/index.ts';
import type { Rollout } from './rollout.ts';

/** `organizations`: ids of all that they belong to, and of those above. */
export interface Member {
  readonly id: string;
  readonly organizations: ReadonlySet<string>;
}

/** Shares are counted in hundredths of a percent. */
const all = 10_000;
const hundredths = (percent: number) => Math.round(percent * 100);

/** 0 to 9,999: where a person stands in a roll-out. For good; in another roll-out somewhere else. */
export function positionOf(rolloutId: string, userId: string): number {
  return hash('sha256', `${rolloutId}/${userId}`, 'buffer').readUIntBE(0, 6) % all;
}

/** Index of the one wave a person is in: the first that names an organization of theirs, or whose share they fall in. */
export function waveOf(
  rollout: Pick<Rollout, 'id' | 'organization' | 'waves'>,
  { id, organizations }: Member,
): number | undefined {
  if (rollout.organization !== undefined && !organizations.has(rollout.organization)) return undefined;
  let position: number | undefined;
  let upTo = 0;
  for (const [at, wave] of rollout.waves.entries()) {
    if (wave.organizations?.some((each) => organizations.has(each)) === true) return at;
    if (wave.share === undefined) continue;
    upTo += hundredths(wave.share);
    position ??= positionOf(rollout.id, id);
    if (position < upTo) return at;
  }
  return undefined;
}

/** Whether the share alone decides, so that nobody's organizations need be known. */
export const isByShareAlone = ({ organization, waves }: Pick<Rollout, 'organization' | 'waves'>) =>
  organization === undefined && waves.every((wave) => wave.organizations === undefined);

/** Whether the people of this wave are bound. */
export function isInForce({ state, waves, heldAt, stoppedFrom }: Rollout, at: number, now: Date): boolean {
  const wave = waves[at];
  if (wave === undefined || state === 'draft' || wave.startsAt > now) return false;
  if (state === 'running') return true;
  if (heldAt !== undefined && wave.startsAt > heldAt) return false;
  return state === 'paused' || at < (stoppedFrom ?? 0);
}

export function levelOf({ id, name, rules }: Pick<Rollout, 'id' | 'name' | 'rules'>, at: number): Level {
  return { kind: 'rollout', id: `${id}/${at + 1}`, name: `${name}, wave ${at + 1}`, rules };
}

/** A level, and the organizations by which it binds the person: none where it binds by share in the whole realm. */
export interface RolledOut {
  readonly level: Level;
  readonly by: readonly string[];
}

/** What binds this person now, oldest roll-out first. */
export function rolledOutTo(rollouts: readonly Rollout[], member: Member, now: Date): readonly RolledOut[] {
  return rollouts.flatMap((rollout) => {
    const at = waveOf(rollout, member);
    return at === undefined || !isInForce(rollout, at, now) ? [] : [rolledOut(rollout, at)];
  });
}

function rolledOut(rollout: Rollout, at: number): RolledOut {
  const scope = rollout.organization === undefined ? [] : [rollout.organization];
  const by = rollout.waves[at]?.organizations ?? scope;
  const level = levelOf(rollout, at);
  return { level: by.length === 0 ? level : { ...level, organizations: by }, by };
}
