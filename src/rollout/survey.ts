import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../kernel/index.ts';
import type { People, User } from '../people/index.ts';
import type { Realm } from '../realm/index.ts';
import type { Collection } from '../store/index.ts';
import { participantId } from './collections.ts';
import { createJudgeUnder, type LookAt } from './look.ts';
import { type Figures, noFigures, type Participant, type Rollout, type Stand } from './rollout.ts';
import { isByShareAlone, waveOf } from './waves.ts';

/** One person of a wave, as they stand. `at`: the wave's index. */
export interface Seen {
  readonly user: User;
  readonly at: number;
  readonly stand: Stand;
  readonly participant: Participant | undefined;
}

export interface SurveyDeps {
  readonly people: Pick<People, 'list'>;
  readonly participants: Pick<Collection<Participant>, 'get'>;
  readonly look: LookAt;
  readonly clock: Clock;
}

/** Small, so that sign-ins have their turn between two. */
const pageSize = 200;
const atOnce = 8;
/** A sign-in lives for 30 minutes: who has not finished by then did not in that one. */
const triesMs = 35 * 60_000;
const nobody = new Set<string>();

/**
 * Looks at everybody in these waves (indexes), one after another, and says how each wave stands. `each` is told of
 * everybody; undefined when `isOver` said so before the end.
 */
export async function survey(
  { people, participants, look, clock }: SurveyDeps,
  given: {
    readonly realm: Realm;
    readonly rollout: Rollout;
    readonly waves: ReadonlySet<number>;
    readonly each?: (seen: Seen) => Promise<void>;
    readonly isOver?: () => boolean;
  },
): Promise<ReadonlyMap<number, Figures> | undefined> {
  const { realm, rollout, waves, each, isOver = () => false } = given;
  const now = clock.now();
  const judge = createJudgeUnder(rollout, now);
  const figures = new Map<number, Figures>([...waves].map((at) => [at, noFigures]));

  async function seeOne(user: User): Promise<void> {
    if (user.status === 'disabled') return;
    const early = isByShareAlone(rollout) ? waveOf(rollout, { id: user.id, organizations: nobody }) : 'unknown';
    if (early === undefined || (early !== 'unknown' && !waves.has(early))) return;
    const looked = await look(realm, user);
    const at = waveOf(rollout, { id: user.id, organizations: looked.organizations });
    if (at === undefined || !waves.has(at)) return;
    const standing = judge.with(looked, at);
    // Whoever could not come in anyway says nothing about the roll-out.
    if (standing === 'stuck' && judge.without(looked) === 'stuck') return;
    const participant = await participants.get(participantId(rollout.id, user.id));
    const stand = standing === 'asked' && hasFailed(rollout, at, participant, now) ? 'failed' : standing;
    const before = figures.get(at) ?? noFigures;
    figures.set(at, { ...before, people: before.people + 1, [stand]: before[stand] + 1 });
    await each?.({ user, at, stand, participant });
  }

  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { after };
    const page = await people.list({ realm: realm.id, limit: pageSize, ...next });
    for (let from = 0; from < page.items.length; from += atOnce) {
      if (isOver()) return undefined;
      await Promise.all(page.items.slice(from, from + atOnce).map(seeOne));
      await setImmediate();
    }
    after = page.next;
  } while (after !== undefined);
  return figures;
}

/** Began to set something up since their wave began (or went on), and did not finish in that sign-in. */
function hasFailed(
  { judgedFrom, waves }: Rollout,
  at: number,
  participant: Participant | undefined,
  now: Date,
): boolean {
  const begunAt = participant?.begunAt?.getTime();
  const since = Math.max(judgedFrom?.getTime() ?? Infinity, waves[at]?.startsAt.getTime() ?? Infinity);
  if (begunAt === undefined || begunAt < since) return false;
  return begunAt <= now.getTime() - triesMs;
}
