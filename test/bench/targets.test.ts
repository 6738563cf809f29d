import type { Result } from '../../scripts/bench/contender.ts';
import type { Measured } from '../../scripts/bench/measure.ts';
import type { Measurements } from '../../scripts/bench/measurements.ts';
import { operationNames } from '../../scripts/bench/operations.ts';
import { judge } from '../../scripts/bench/targets.ts';

const measured = (cpuMs: number, perSecond = 100): Measured => ({ perSecond, p50Ms: 1, p99Ms: 2, cpuMs, count: 10 });

function result(cpuMs: number, other: Partial<Result> = {}): Result {
  const ops = Object.fromEntries(operationNames.map((name) => [name, measured(cpuMs)])) as Result['ops'];
  return { coldStartMs: 100, coldStartCpuMs: 80, idleMiB: 100, loadedMiB: 200, ops, alone: {}, refused: {}, ...other };
}

const run = (people: number, workers: number, one: Result) => ({
  setting: { engine: 'sqlite' as const, people, workers },
  result: one,
});

const verdicts = (given: Partial<Measurements>) => {
  const ours = given.ours ?? result(1);
  const judged = judge({ ours, bare: result(1), hashCpuMs: 20, decisionUs: 30, runs: [run(1_000, 1, ours)], ...given });
  return Object.fromEntries(judged.map(({ what, isMet }) => [what, isMet]));
};

describe('targets of the bench', () => {
  it.each([
    [1.25, true],
    [1.26, false],
  ])('holds userinfo at %d times the CPU of the bare provider: %s', (cpuMs, isMet) => {
    expect(verdicts({ ours: result(cpuMs) })['CPU of userinfo']).toBe(isMet);
  });

  it.each([
    [32, true],
    [32.1, false],
  ])('holds a sign-in of %d ms beyond a hash of 20: %s', (cpuMs, isMet) => {
    expect(verdicts({ ours: result(cpuMs) })['CPU of sign_in beyond its hash']).toBe(isMet);
  });

  it.each([
    [50, true],
    [50.1, false],
  ])('holds a decision under ten levels of %d µs: %s', (decisionUs, isMet) => {
    expect(verdicts({ decisionUs })['CPU of a decision under ten levels']).toBe(isMet);
  });

  it.each([
    [30, true],
    [30.1, false],
  ])('holds a sign-in of %d ms while others guess, of 20 ms before: %s', (p50Ms, isMet) => {
    const flood = {
      ...{ guessesPerSecond: 166, turnedAwayPercent: 80, aloneP50Ms: 20, p99Ms: 90, elsewhereP99Ms: 90 },
      ...{ p50Ms, elsewhereP50Ms: 20 },
    };
    expect(verdicts({ ours: result(1, { flood }) })['a sign-in while others guess']).toBe(isMet);
    const elsewhere = { ...flood, p50Ms: 20, elsewhereP50Ms: p50Ms };
    expect(verdicts({ ours: result(1, { flood: elsewhere }) })['the same from a new address']).toBe(isMet);
    expect(verdicts({})).not.toHaveProperty('a sign-in while others guess');
  });

  it('says nothing about what was not measured', () => {
    const ours = result(1, { ops: { ...result(1).ops, token_es256: null } });
    expect(verdicts({ ours })).not.toHaveProperty('CPU of token_es256');
    expect(verdicts({ ours })).not.toHaveProperty('CPU of sign_in among 200,000');
  });

  it('compares many people with few, and two workers with one, by their own runs', () => {
    const few = result(1);
    const two = result(1, { ops: { ...few.ops, sign_in: measured(1, 169) } });
    const runs = [run(1_000, 1, few), run(1_000, 2, two), run(200_000, 1, result(1.2))];
    const found = verdicts({ ours: few, runs });
    expect(found['CPU of sign_in among 200,000']).toBe(false);
    expect(found['sign-ins of two workers (two free cores, and others for the load)']).toBe(false);
  });
});
