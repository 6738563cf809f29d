import fc from 'fast-check';
import {
  emptyTally,
  type GuessRules,
  guessesLeft,
  type Place,
  passwordGuesses,
  placeLifetimeS,
  reserve,
  secondFactorGuesses,
  settle,
  type Tally,
} from '../../src/policy/index.ts';

const start = new Date('2026-03-02T09:00:00Z');
const later = (seconds: number, from: Date = start) => new Date(from.getTime() + seconds * 1000);

/** `count` wrong guesses one after another, each after what came before was over, each in a sign-in of its own. */
function afterWrong(rules: GuessRules, count: number): { tally: Tally; now: Date } {
  let tally: Tally = emptyTally;
  let now = start;
  for (let n = 0; n < count; n += 1) {
    if (tally.hold !== undefined && tally.hold.until > now) now = tally.hold.until;
    const place: Place = { id: `p${n}`, at: now, signIn: `s${n}` };
    const taken = reserve(tally, rules, place);
    if (!taken.ok) throw new Error(`guess ${n}: ${taken.why}`);
    tally = settle(taken.tally, rules, place, 'wrong', now).tally;
  }
  return { tally, now };
}

const holdS = ({ tally }: { tally: Tally }) =>
  tally.hold === undefined ? undefined : (tally.hold.until.getTime() - tally.hold.from.getTime()) / 1000;

describe('counting guesses', () => {
  it.each([
    [4, undefined, undefined],
    [5, 'wait', 1],
    [6, 'wait', 2],
    [7, 'wait', 4],
    [10, 'wait', 32],
    [11, 'wait', 64],
    [19, 'wait', 64],
    [20, 'hold', 900],
    [21, 'wait', 64],
    [29, 'wait', 64],
    [30, 'hold', 3600],
    [40, 'hold', 3600],
    [200, 'hold', 3600],
  ] as const)('of passwords: after %i wrong in a row a %s of %s s', (wrong, kind, seconds) => {
    const state = afterWrong(passwordGuesses, wrong);
    expect([state.tally.hold?.kind, holdS(state), state.tally.wrong]).toEqual([kind, seconds, wrong]);
  });

  it.each([
    [9, undefined],
    [10, 900],
    [11, undefined],
    [20, 3600],
    [90, 3600],
    [99, undefined],
  ])('of second factors: after %i wrong in a row a hold of %s s', (wrong, seconds) => {
    expect(holdS(afterWrong(secondFactorGuesses, wrong))).toBe(seconds);
  });

  it('N2: of second factors locks at 100, and time does not unlock', () => {
    const { tally, now } = afterWrong(secondFactorGuesses, 100);
    expect(tally.lockedAt).toEqual(now);
    expect(reserve(tally, secondFactorGuesses, { id: 'x', at: later(1e9), signIn: 's' })).toMatchObject({
      ok: false,
      why: 'locked',
    });
    expect(
      reserve(tally, secondFactorGuesses, { id: 'x', at: later(1e9), signIn: 's' }, { isExempt: true }),
    ).toMatchObject({ why: 'locked' });
  });

  it('N2: time lifts a hold, never the count', () => {
    const { tally, now } = afterWrong(secondFactorGuesses, 10);
    expect(reserve(tally, secondFactorGuesses, { id: 'x', at: later(899, now), signIn: 's' })).toMatchObject({
      ok: false,
      why: 'held',
    });
    const taken = reserve(tally, secondFactorGuesses, { id: 'x', at: later(900, now), signIn: 's' });
    expect(taken).toMatchObject({ ok: true, tally: { wrong: 10 } });
  });

  it('fault 9: ends a sign-in at five wrong, whatever else is right', () => {
    let tally: Tally = emptyTally;
    for (let n = 0; n < 5; n += 1) {
      const place = { id: `p${n}`, at: start, signIn: 'one' };
      const taken = reserve(tally, secondFactorGuesses, place);
      const settled = settle(taken.tally, secondFactorGuesses, place, 'wrong', start);
      expect(settled.wrongHere).toBe(n + 1);
      tally = settled.tally;
    }
    expect(reserve(tally, secondFactorGuesses, { id: 'x', at: start, signIn: 'one' })).toMatchObject({
      ok: false,
      why: 'ended',
    });
    expect(reserve(tally, secondFactorGuesses, { id: 'x', at: start, signIn: 'two' })).toMatchObject({ ok: true });
  });

  it('gives no more places than guesses left, in all and in one sign-in', () => {
    const take = (count: number, signIn: (n: number) => string) => {
      let tally: Tally = emptyTally;
      let taken = 0;
      for (let n = 0; n < count; n += 1) {
        const answer = reserve(tally, secondFactorGuesses, { id: `p${n}`, at: start, signIn: signIn(n) });
        tally = answer.tally;
        if (answer.ok) taken += 1;
        else expect(answer.why).toBe('busy');
      }
      return taken;
    };
    expect(take(50, () => 'one')).toBe(5);
    expect(take(50, (n) => `s${n}`)).toBe(10);
  });

  it('counts places of dead processes as wrong, once', () => {
    const place = { id: 'dead', at: start, signIn: 'one' };
    const taken = reserve(emptyTally, secondFactorGuesses, place);
    const soon = reserve(taken.tally, secondFactorGuesses, { id: 'x', at: later(placeLifetimeS), signIn: 'two' });
    expect(soon.tally.wrong).toBe(0);
    const late = reserve(taken.tally, secondFactorGuesses, { id: 'x', at: later(placeLifetimeS + 1), signIn: 'two' });
    expect(late.tally).toMatchObject({ wrong: 1, pending: [{ id: 'x' }] });
    expect(settle(late.tally, secondFactorGuesses, place, 'wrong', later(40)).tally.wrong).toBe(1);
  });

  it('lets passkeys through holds', () => {
    const { tally, now } = afterWrong(secondFactorGuesses, 10);
    const place = { id: 'x', at: now, signIn: 's' };
    const taken = reserve(tally, secondFactorGuesses, place, { isExempt: true });
    expect(taken.ok).toBe(true);
    // It is not by such a guess that the hold ends early.
    expect(taken.tally.hold).toEqual(tally.hold);
    expect(settle(taken.tally, secondFactorGuesses, place, 'void', now).tally.hold).toEqual(tally.hold);
  });

  it('a clock set back neither lifts a hold nor draws it out', () => {
    const { tally, now } = afterWrong(secondFactorGuesses, 10);
    const back = later(-3600, now);
    const refused = reserve(tally, secondFactorGuesses, { id: 'x', at: back, signIn: 's' });
    expect(refused).toMatchObject({ ok: false, why: 'held' });
    const still = reserve(refused.tally, secondFactorGuesses, { id: 'x', at: later(899, back), signIn: 's' });
    expect(still).toMatchObject({ ok: false, why: 'held' });
    expect(reserve(still.tally, secondFactorGuesses, { id: 'x', at: later(900, back), signIn: 's' }).ok).toBe(true);
  });

  type Act = {
    readonly act: 'reserve' | 'right' | 'wrong' | 'void' | 'die';
    readonly signIn: number;
    readonly passS: number;
  };
  const acts = fc.array(
    fc.record<Act>({
      act: fc.constantFrom('reserve', 'reserve', 'reserve', 'right', 'wrong', 'wrong', 'wrong', 'void', 'die'),
      signIn: fc.nat(4),
      passS: fc.oneof(fc.constant(0), fc.integer({ min: -4000, max: 4000 })),
    }),
    { maxLength: 120 },
  );

  it.each([
    ['passwords', passwordGuesses],
    ['second factors', secondFactorGuesses],
  ])('property: of %s, counts never fall but by a right guess, and no hold or limit is overrun', (_, rules) => {
    fc.assert(
      fc.property(acts, (script) => {
        let tally: Tally = emptyTally;
        let now = start;
        let open: Place[] = [];
        script.forEach(({ act, signIn, passS }, n) => {
          now = later(passS, now);
          const before = tally;
          if (act === 'reserve') {
            const place = { id: `p${n}`, at: now, signIn: `s${signIn}` };
            const answer = reserve(tally, rules, place);
            tally = answer.tally;
            if (answer.ok) open.push(place);
            expect(tally.pending.length).toBeLessThanOrEqual(
              Math.max(guessesLeft(tally.wrong, rules), before.pending.length),
            );
            expect(tally.wrong).toBeGreaterThanOrEqual(before.wrong);
            if (answer.ok) expect(before.lockedAt).toBeUndefined();
          } else {
            const place = open.shift();
            if (place === undefined || act === 'die') return;
            const settled = settle(tally, rules, place, act, now);
            tally = settled.tally;
            const isCounted = before.pending.some(({ id }) => id === place.id);
            if (act === 'wrong') expect(tally.wrong).toBe(before.wrong + (isCounted ? 1 : 0));
            if (act === 'void') expect(tally.wrong).toBe(before.wrong);
            if (act === 'right') expect(tally.wrong).toBe(settled.stands ? 0 : before.wrong);
          }
          if (before.lockedAt !== undefined) expect(tally.lockedAt).toEqual(before.lockedAt);
          if (rules.lockAt !== undefined && tally.wrong >= rules.lockAt) expect(tally.lockedAt).toBeDefined();
        });
        open = [];
      }),
    );
  });
});
