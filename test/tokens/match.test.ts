import { type Generator, lookAhead, matchCodes, matchOne, matchTwo, resyncWindow } from '../../src/tokens/match.ts';
import { codeOf, timeStep } from '../../src/tokens/one-time-code.ts';

const now = new Date('2026-11-23T12:00:00Z');
const step = timeStep(30, now);
const timed: Generator = {
  kind: 'totp',
  secret: Buffer.from('12345678901234567890').toString('base64'),
  algorithm: 'sha1',
  digits: 6,
  periodS: 30,
  nextCounter: 0,
  driftSteps: 0,
};
const counted: Generator = { ...timed, kind: 'hotp', nextCounter: 500 };
const code = (token: Generator, counter: number) => codeOf(token, counter);

describe('a code of a time-based token', () => {
  it.each([
    [-2, 'wrong'],
    [-1, 'fresh'],
    [0, 'fresh'],
    [1, 'fresh'],
    [2, 'wrong'],
  ] as const)('R1: of the step %i from now is %s', (away, is) => {
    expect(matchOne(timed, code(timed, step + away), now).is).toBe(is);
  });

  it('R1: is looked for one step either side of where the token was last seen, no further', () => {
    const slow = { ...timed, driftSteps: -7 };
    const found = [-9, -8, -7, -6, -5].map((away) => matchOne(slow, code(slow, step + away), now).is);
    expect(found).toEqual(['wrong', 'fresh', 'fresh', 'fresh', 'wrong']);
    expect(matchOne(slow, code(slow, step - 8), now)).toEqual({ is: 'fresh', counter: step - 8, driftSteps: -8 });
  });

  it.each([
    [step, 'spent'],
    [step + 1, 'spent'],
    [step - 1, 'fresh'],
  ] as const)('fault 2: is judged against the first unspent step %i: %s', (last, is) => {
    expect(matchOne({ ...timed, nextCounter: last + 1 }, code(timed, step), now).is).toBe(is);
  });

  it.each([
    [resyncWindow, 'fresh'],
    [resyncWindow + 1, 'wrong'],
    [-resyncWindow, 'fresh'],
    [-resyncWindow - 1, 'wrong'],
  ] as const)('R2: two consecutive ones bring back a clock that is %i steps ahead: %s', (ahead, is) => {
    const second = step + ahead;
    const match = matchTwo(timed, [code(timed, second - 1), code(timed, second)], now);
    expect(match).toEqual(is === 'fresh' ? { is, counter: second, driftSteps: ahead } : { is });
  });
});

describe('a code of a counter-based token', () => {
  it.each([
    [-2, 'wrong'],
    [-1, 'spent'],
    [0, 'fresh'],
    [lookAhead - 1, 'fresh'],
    [lookAhead, 'wrong'],
  ] as const)('R2: that is %i counters ahead of the next one is %s', (ahead, is) => {
    expect(matchOne(counted, code(counted, 500 + ahead), now).is).toBe(is);
  });

  it.each([
    [-2, 'spent'],
    [-1, 'spent'],
    [0, 'fresh'],
    [resyncWindow - 2, 'fresh'],
    [resyncWindow - 1, 'wrong'],
  ] as const)('R2: two consecutive ones from %i counters ahead on are %s', (ahead, is) => {
    const first = 500 + ahead;
    const match = matchTwo(counted, [code(counted, first), code(counted, first + 1)], now);
    expect(match.is).toBe(is);
    if (match.is === 'fresh') expect(match.counter).toBe(first + 1);
  });

  it('R2: two that are not consecutive prove nothing', () => {
    const pairs = [
      [500, 502],
      [501, 500],
      [500, 500],
    ] as const;
    for (const [one, two] of pairs)
      expect(matchTwo(counted, [code(counted, one), code(counted, two)], now).is).toBe('wrong');
  });

  it('begins at nought without looking at the counter before it', () => {
    const fresh = { ...counted, nextCounter: 0 };
    expect(matchOne(fresh, code(fresh, 0), now)).toEqual({ is: 'fresh', counter: 0, driftSteps: 0 });
    expect(matchTwo(fresh, [code(fresh, 0), code(fresh, 1)], now)).toMatchObject({ is: 'fresh', counter: 1 });
  });
});

it('no code is right for a token that is not there', () => {
  expect(matchCodes(undefined, ['000000'], now)).toEqual({ is: 'wrong' });
  expect(matchCodes(undefined, ['000000', '111111'], now)).toEqual({ is: 'wrong' });
});

it('a code of another length is wrong', () => {
  expect(matchOne({ ...timed, digits: 8 }, code(timed, step), now).is).toBe('wrong');
});
