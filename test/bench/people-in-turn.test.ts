import { createPeopleInTurn, newCodesMs } from '../../scripts/bench/people-in-turn.ts';

describe('people who sign in in turn', () => {
  const step = 30_000;

  it('are everybody, before anybody comes again', () => {
    const people = createPeopleInTurn(1_000, () => 0);
    expect(new Set(Array.from({ length: 1_000 }, () => people.next())).size).toBe(1_000);
    expect(() => people.next()).toThrow('1000 people are too few');
  });

  it('come again in the next step of their codes, but for those whose sign-in may have reached into it', () => {
    let now = 0;
    const people = createPeopleInTurn(2, () => now);
    people.next();
    now = step - 5_000;
    people.next();
    now = step - 1;
    expect(() => people.next()).toThrow('used up');
    now = step;
    const [first, late] = [createPeopleInTurn(1, () => now), createPeopleInTurn(1, () => now)];
    first.next();
    now = 2 * step - 1_000;
    late.next();
    now = 2 * step;
    expect(first.next()).toBe(0);
    expect(() => late.next()).toThrow('used up');
    now = 3 * step;
    expect(late.next()).toBe(0);
  });

  it.each([
    [0, step],
    [step - 5_000, 5_000],
    [step - 4_999, step + 4_999],
    [step - 1, step + 1],
    [step, step],
  ])('all have new codes after those who signed in until %s ms, in %s ms', (now, ms) => {
    expect(newCodesMs(now)).toBe(ms);
  });

  it('rest until the next step once half of them have used their code', () => {
    let now = 12_345;
    const people = createPeopleInTurn(10, () => now);
    for (let used = 0; used < 4; used += 1) people.next();
    expect(people.restMs(0.5)).toBe(0);
    people.next();
    expect(people.restMs(0.5)).toBe(step - now);
    now += people.restMs(0.5);
    expect(people.restMs(0.5)).toBe(0);
  });
});
