import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Realm } from '../realm/index.ts';
import { type Collection, withOutbox } from '../store/index.ts';
import type { TakeCensus } from './census.ts';
import { participantId } from './collections.ts';
import type { Register } from './register.ts';
import { type Reminder, reminderDue, reminderMail } from './reminders.ts';
import type { Day, Figures, Participant, Rollout } from './rollout.ts';
import { stopMails } from './stop-mails.ts';
import { type Seen, survey } from './survey.ts';
import { stopByItself } from './transitions.ts';
import { isInForce } from './waves.ts';

export interface WorkDeps {
  readonly people: Pick<People, 'list' | 'get' | 'tenancy'>;
  readonly participants: Collection<Participant>;
  readonly days: Collection<Day>;
  readonly register: Pick<Register, 'find' | 'list' | 'move'>;
  readonly census: TakeCensus;
  readonly clock: Clock;
}

/** What one round over one roll-out came to. */
export interface Worked {
  readonly figures: ReadonlyMap<number, Figures>;
  readonly reminded: number;
  /** Index of the wave from which it was stopped. */
  readonly stoppedFrom?: number;
}

const atOnce = 8;
/** So many people are noted before the roll-out is read again. */
const asItWasFor = 20 * atOnce;
const dayMs = 86_400_000;
/** A wave that would do harm is stopped before it begins. */
const aheadMs = 60 * 60_000;

/** Looks at everybody concerned, writes down how they stand, reminds who is due, stops what does harm. Idempotent. */
export function createWork(deps: WorkDeps) {
  const { participants, days, clock } = deps;

  /** In one write with the mail that tells of it: once each, whoever else is at it. */
  async function note(rollout: Rollout, seen: Seen, isAsked: boolean): Promise<boolean> {
    const { user, at, stand } = seen;
    const now = clock.now();
    let reminder: Reminder | undefined;
    const id = participantId(rollout.id, user.id);
    await participants.upsert(id, (before) => {
      reminder = reminderDue(rollout, { ...seen, participant: before }, now, isAsked);
      const known: Participant = before ?? { id, rollout: rollout.id, userId: user.id };
      const told = reminder === undefined ? {} : { [reminder === 'before' ? 'toldBeforeAt' : 'toldAfterAt']: now };
      const mails = reminder === undefined ? [] : reminderMail(rollout, seen, reminder, now);
      return withOutbox({ ...known, wave: at + 1, stand, ...told }, ...mails);
    });
    return reminder !== undefined;
  }

  async function record(rollout: Rollout, figures: ReadonlyMap<number, Figures>): Promise<void> {
    const now = clock.now();
    const day = now.toISOString().slice(0, 10);
    for (const [at, counted] of figures) {
      const id = `${rollout.id}/${at + 1}/${day}`;
      await days.upsert(id, () => ({ id, rollout: rollout.id, wave: at + 1, day, at: now, ...counted }));
    }
  }

  async function stopWhereNeeded(realm: Realm, rollout: Rollout, figures: ReadonlyMap<number, Figures>) {
    if (rollout.state !== 'running') return undefined;
    const now = clock.now();
    const isNear = (at: number) => (rollout.waves[at]?.startsAt.getTime() ?? Infinity) <= now.getTime() + aheadMs;
    const first = [...figures].toSorted(([a], [b]) => a - b).find(([at, each]) => isNear(at) && isOver(rollout, each));
    if (first === undefined) return undefined;
    const [at, counted] = first;
    const mails = await stopMails(deps.people, realm, rollout, { at, figures: counted, now });
    const stopped = await deps.register.move(realm.id, rollout.id, stopByItself(rollout, at, counted, mails));
    return stopped.ok ? at : undefined;
  }

  return async (
    realm: Realm,
    rollout: Rollout,
    options: { readonly isAsked?: boolean; readonly isOver?: () => boolean } = {},
  ): Promise<Worked | undefined> => {
    const { isAsked = false, isOver: isCutOff = () => false } = options;
    const toNote: Seen[] = [];
    const figures = await survey(deps, {
      ...{ realm, rollout, waves: concerned(rollout, clock.now(), isAsked) },
      isOver: isCutOff,
      each(seen) {
        if (isNews(seen) || reminderDue(rollout, seen, clock.now(), isAsked) !== undefined) toNote.push(lean(seen));
      },
    });
    if (figures === undefined) return undefined;
    await record(rollout, figures);
    const stoppedFrom = await stopWhereNeeded(realm, rollout, figures);
    // Only now: people are many, and a stop should not wait for them, nor a mail tell of what was stopped or removed.
    let asItIs: Rollout | undefined;
    let reminded = 0;
    for (let from = 0; from < toNote.length; from += atOnce) {
      if (isCutOff()) return undefined;
      if (from % asItWasFor === 0) asItIs = await deps.register.find(realm.id, rollout.id);
      if (asItIs === undefined) break;
      const found = asItIs;
      const noted = await Promise.all(toNote.slice(from, from + atOnce).map((seen) => note(found, seen, isAsked)));
      reminded += noted.filter(Boolean).length;
      await setImmediate();
    }
    return { figures, reminded, ...(stoppedFrom === undefined ? {} : { stoppedFrom }) };
  };
}

const isNews = ({ participant, stand, at }: Seen) => participant?.stand !== stand || participant.wave !== at + 1;

/** They may be as many as the realm has people: no more of each than a mail needs. */
function lean({ user: { id, name, email, locale, timeZone }, ...rest }: Seen): Seen {
  const optional = {
    ...(email === undefined ? {} : { email }),
    ...(locale === undefined ? {} : { locale }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  return { ...rest, user: { id, name, ...optional } };
}

/** More of the wave than may be are stuck or failed. */
export function isOver({ stopAbovePercent }: Pick<Rollout, 'stopAbovePercent'>, { people, stuck, failed }: Figures) {
  return people > 0 && ((stuck + failed) / people) * 100 > stopAbovePercent;
}

/** Waves in force, and those that begin soon enough to be told of. All that are still to come, when it was asked for. */
function concerned(rollout: Rollout, now: Date, isAsked: boolean): ReadonlySet<number> {
  const soon = now.getTime() + Math.max(rollout.remindBeforeDays, 1) * dayMs;
  const isNear = (startsAt: Date) => isAsked || startsAt.getTime() <= soon;
  return new Set(
    rollout.waves.flatMap(({ startsAt }, at) =>
      isInForce(rollout, at, now) || (rollout.state === 'running' && isNear(startsAt)) ? [at] : [],
    ),
  );
}
