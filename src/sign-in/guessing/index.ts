/**
 * Counts guesses for all factors, around every call that judges: a factor cannot forget it. A guess takes a place in
 * the counter's document by compare-and-set before it is judged, so that counts are exact however many arrive together;
 * places of processes that died count as wrong. The rules are pure: `policy/guessing.ts`.
 */
import { type Clock, digest, type Keyring, newId } from '../../kernel/index.ts';
import {
  emptyTally,
  type GuessRules,
  type Hold,
  type Place,
  passwordGuesses,
  reserve,
  secondFactorGuesses,
  settle,
  type Tally,
} from '../../policy/index.ts';
import type { OutboxItem, Store } from '../../store/index.ts';
import { createAddresses } from './addresses.ts';
import { refusal, tellOf } from './consequences.ts';
import type { Guess, Guessed, Guessing, Judged } from './guess.ts';
import { type TallyDoc, talliesDeclaration } from './tallies.ts';

export type { Guess, Guessed, Guessing, Judged } from './guess.ts';

const rulesOf: Record<Guess['counter'], GuessRules> = { password: passwordGuesses, second_factor: secondFactorGuesses };

/** How long a guess waits for a place when others of the same person are being judged. */
const patience = { tries: 60, everyMs: 40 };

/** What was counted for an identifier that nobody has: see ADR 6. */
const nobodysKeptMs = 90 * 24 * 60 * 60 * 1000;
/** Where nothing was counted: longer than a place lives. */
const emptyKeptMs = 60 * 60 * 1000;

export interface GuessingDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
  /** The second factor reached its limit: shut it. Called again when a crash came between. */
  readonly lock: (realm: string, userId: string) => Promise<void>;
}

export function createGuessing(deps: GuessingDeps): Guessing {
  const { clock } = deps;
  const tallies = deps.store.collection(talliesDeclaration);
  const addresses = createAddresses(deps);

  const idOf = (about: Pick<Guess, 'counter' | 'realm' | 'person' | 'identifier' | 'knownBrowser'>): string => {
    const { counter, realm, person, knownBrowser } = about;
    const typed = deps.keyring.mac('guessed identifier', about.identifier ?? '');
    // To strangers every identifier has its own counter, as one that nobody has: waits at somebody's user name that show
    // at an email address as well would tell that both are the same person's.
    const by = counter === 'password' && knownBrowser === undefined ? typed : null;
    return digest(JSON.stringify([counter, realm, person?.id ?? null, by, knownBrowser ?? null]));
  };

  const docOf = (id: string, about: Guess, tally: Tally, outbox: readonly OutboxItem[], now: Date): TallyDoc => ({
    id,
    realm: about.realm,
    counter: about.counter,
    wrong: tally.wrong,
    pending: tally.pending,
    ...(tally.hold === undefined ? {} : { hold: tally.hold }),
    ...(tally.lockedAt === undefined ? {} : { lockedAt: tally.lockedAt }),
    signIns: tally.signIns,
    changedAt: now,
    ...(about.person === undefined
      ? { removeAt: new Date(now.getTime() + (tally.wrong === 0 ? emptyKeptMs : nobodysKeptMs)) }
      : { userId: about.person.id }),
    ...(outbox.length === 0 ? {} : { outbox }),
  });

  async function take(id: string, about: Guess, place: Place) {
    let answer: ReturnType<typeof reserve> | undefined;
    await tallies.upsert(id, (doc) => {
      answer = reserve(doc ?? emptyTally, rulesOf[about.counter], place, about);
      if (doc !== undefined && answer.tally === doc) return doc;
      const told = answer.consequences.flatMap((each) => tellOf(each, about, answer?.tally.hold, place.at));
      return docOf(id, about, answer.tally, [...(doc?.outbox ?? []), ...told], place.at);
    });
    if (answer === undefined) throw new Error('the guess was not counted');
    if (answer.consequences.includes('locked')) await lockOf(about);
    return answer;
  }

  async function give(id: string, about: Guess, place: Place, outcome: Judged<unknown>['outcome']) {
    let answer: ReturnType<typeof settle> | undefined;
    const now = clock.now();
    await tallies.upsert(id, (doc) => {
      answer = settle(doc ?? emptyTally, rulesOf[about.counter], place, outcome, now);
      const { consequence, tally } = answer;
      const told = [
        ...(outcome === 'wrong' ? [refusal(about, now)] : []),
        ...(consequence === undefined ? [] : tellOf(consequence, about, tally.hold, now)),
      ];
      return docOf(id, about, tally, [...(doc?.outbox ?? []), ...told], now);
    });
    if (answer === undefined) throw new Error('the guess was not settled');
    if (answer.consequence === 'locked') await lockOf(about);
    return answer;
  }

  const lockOf = async (about: Guess) => {
    if (about.person !== undefined) await deps.lock(about.realm, about.person.id);
  };

  async function count<T>(about: Guess, judge: () => Promise<Judged<T>>): Promise<Guessed<T>> {
    const id = idOf(about);
    const placeNow = (): Place => ({ id: newId(), at: clock.now(), signIn: about.signIn });
    let place = placeNow();
    let taken = await take(id, about, place);
    for (let tries = 0; tries < patience.tries && !taken.ok && taken.why === 'busy'; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, patience.everyMs));
      place = placeNow();
      taken = await take(id, about, place);
    }
    if (!taken.ok) {
      if (taken.why === 'locked') await lockOf(about);
      return taken.why === 'held' ? { ok: false, why: 'held', hold: taken.hold } : { ok: false, why: taken.why };
    }
    let judged: Judged<T>;
    try {
      judged = await judge();
    } catch (error) {
      // Our fault, not a guess. If even this cannot be written, the place counts as wrong in half a minute.
      await give(id, about, place, 'void');
      throw error;
    }
    const settled = await give(id, about, place, judged.outcome);
    if (judged.outcome === 'right' && !settled.stands) return { ok: false, why: 'locked' };
    return { ok: true, ...judged, wrongHere: settled.wrongHere };
  }

  return {
    guess: (about, judge, admits = () => true) =>
      addresses.within(
        about.address,
        async (wrongFromRange) => (admits(wrongFromRange) ? count(about, judge) : { ok: false, why: 'crowded' }),
        (guessed) => guessed.ok && guessed.outcome === 'wrong',
      ),

    withinAddressLimit: addresses.within,

    async secondFactorHold(realm, userId): Promise<Hold | undefined> {
      const doc = await tallies.get(idOf({ counter: 'second_factor', realm, person: { id: userId, name: '' } }));
      const now = clock.now();
      // One that lies ahead means a clock set back: the next guess puts it right.
      return doc?.hold !== undefined && doc.hold.from <= now && now < doc.hold.until ? doc.hold : undefined;
    },

    async counts(realm, userId) {
      const now = clock.now();
      const { items } = await tallies.list({ index: 'person', equals: [userId, realm], limit: 200 });
      return items
        .filter(({ wrong }) => wrong > 0)
        .map(({ counter, wrong, hold }) => ({
          ...{ counter, wrong },
          ...(hold !== undefined && hold.from <= now && now < hold.until ? { hold } : {}),
        }));
    },

    async reset(realm, userId) {
      let wasLocked = false;
      // One for the second factor, one for unknown browsers, and one for each browser known.
      const { items } = await tallies.list({ index: 'person', equals: [userId, realm], limit: 200 });
      for (const { id } of items) {
        await tallies.update(id, (doc) => {
          wasLocked ||= doc.lockedAt !== undefined;
          const { hold: _hold, lockedAt: _lockedAt, ...rest } = doc;
          return { ...rest, ...emptyTally, pending: doc.pending, changedAt: clock.now() };
        });
      }
      return wasLocked;
    },
  };
}
