import { judgeSim, type SimAnswer, type SimVerdict } from '../../../src/messaging/telephony/sim-changes.ts';

const now = new Date('2026-03-10T12:00:00Z');
const hours = (count: number) => new Date(now.getTime() - count * 3_600_000);
const changed = (at: Date): SimAnswer => ({ is: 'changed', at });

describe('a changed SIM card', () => {
  it.each<[string, SimAnswer, SimVerdict]>([
    ['none', { is: 'same' }, 'send'],
    ['an hour ago', changed(hours(1)), 'sim_changed'],
    ['at the very edge of the time', changed(hours(72)), 'sim_changed'],
    ['a moment before it', changed(new Date(hours(72).getTime() - 1)), 'send'],
    ['at a time to come, by a clock that is ahead', changed(hours(-1)), 'sim_changed'],
    ['lately, the operator does not say when', { is: 'changed' }, 'sim_changed'],
  ])('N7: %s', (_, answer, verdict) => {
    const rules = { withinHours: 72, unknown: 'send' } as const;
    expect(judgeSim(answer, rules, { now, boundAt: new Date('2020-01-01') })).toBe(verdict);
  });

  it.each<[number, SimVerdict]>([
    [48, 'sim_changed'],
    [47, 'sim_changed'],
    [49, 'send'],
  ])('N7: %i hours ago, of a number that was bound 48 hours ago', (ago, verdict) => {
    const rules = { withinHours: 72, unknown: 'send' } as const;
    expect(judgeSim(changed(hours(ago)), rules, { now, boundAt: hours(48) })).toBe(verdict);
  });

  it.each<['send' | 'withhold', SimVerdict]>([
    ['send', 'send'],
    ['withhold', 'sim_unknown'],
  ])('N7: where nobody says, %s', (unknown, verdict) => {
    const answer: SimAnswer = { is: 'unknown', reply: 'no answer' };
    expect(judgeSim(answer, { withinHours: 72, unknown }, { now, boundAt: hours(48) })).toBe(verdict);
  });
});
