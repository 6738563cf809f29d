import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../kernel/index.ts';
import type { People, User } from '../people/index.ts';
import type { Realm } from '../realm/index.ts';
import type { Collection } from '../store/index.ts';
import { type TakeCensus, withAndWithout } from './census.ts';
import { participantId } from './collections.ts';
import type { Register } from './register.ts';
import { type Figures, noFigures, type Participant, type Rollout, type Stand } from './rollout.ts';
import { isByShareAlone, waveOf } from './waves.ts';

/** One person of a wave, as they stand. `at`: the wave's index. */
export interface Seen {
  readonly user: Pick<User, 'id' | 'name' | 'email' | 'locale' | 'timeZone'>;
  readonly at: number;
  readonly stand: Stand;
  readonly participant: Participant | undefined;
}

export interface SurveyDeps {
  readonly people: Pick<People, 'list'>;
  readonly participants: Pick<Collection<Participant>, 'list'>;
  readonly register: Pick<Register, 'list'>;
  readonly census: TakeCensus;
  readonly clock: Clock;
}

/** A page is a few milliseconds of the event loop; sign-ins have their turn between two. */
const pageSize = 250;
/** A sign-in lives for 30 minutes: who has not finished by then did not in that one. */
const triesMs = 35 * 60_000;
const nobody = new Set<string>();

/**
 * Looks at everybody in these waves (indexes), a page at a time, and says how each wave stands. `each` is told of
 * everybody; undefined when `isOver` said so before the end.
 */
export async function survey(
  { people, participants, register, census, clock }: SurveyDeps,
  given: {
    readonly realm: Realm;
    readonly rollout: Rollout;
    readonly waves: ReadonlySet<number>;
    readonly each?: (seen: Seen) => void;
    readonly isOver?: () => boolean;
  },
): Promise<ReadonlyMap<number, Figures> | undefined> {
  const { realm, rollout, waves, each, isOver = () => false } = given;
  const figures = new Map<number, Figures>([...waves].map((at) => [at, noFigures]));
  if (waves.size === 0) return figures;
  const now = clock.now();
  const look = await census(realm, withAndWithout(rollout, await register.list(realm.id)));
  const known = await knownOf(participants, rollout);

  function seeOne(user: User): void {
    if (user.status === 'disabled') return;
    const early = isByShareAlone(rollout) ? waveOf(rollout, { id: user.id, organizations: nobody }) : 'unknown';
    if (early === undefined || (early !== 'unknown' && !waves.has(early))) return;
    const counted = look(user);
    const at = waveOf(rollout, { id: user.id, organizations: counted.organizations });
    if (at === undefined || !waves.has(at)) return;
    const standing = counted.standing('with');
    // Whoever could not come in anyway says nothing about the roll-out.
    if (standing === 'stuck' && counted.standing('without') === 'stuck') return;
    const participant = known.get(participantId(rollout.id, user.id));
    const stand = standing === 'asked' && hasFailed(rollout, at, participant, now) ? 'failed' : standing;
    const before = figures.get(at) ?? noFigures;
    figures.set(at, { ...before, people: before.people + 1, [stand]: before[stand] + 1 });
    each?.({ user, at, stand, participant });
  }

  let after: string | undefined;
  do {
    if (isOver()) return undefined;
    const page = await people.list({ realm: realm.id, limit: pageSize, ...(after === undefined ? {} : { after }) });
    for (const user of page.items) seeOne(user);
    after = page.next;
    await setImmediate();
  } while (after !== undefined);
  return figures;
}

/** What is known of people in this roll-out, by id. */
async function knownOf(
  participants: SurveyDeps['participants'],
  { id }: Rollout,
): Promise<ReadonlyMap<string, Participant>> {
  const known = new Map<string, Participant>();
  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { after };
    const page = await participants.list({ index: 'rollout', equals: [id], limit: pageSize, ...next });
    for (const each of page.items) known.set(each.id, each);
    after = page.next;
    await setImmediate();
  } while (after !== undefined);
  return known;
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
