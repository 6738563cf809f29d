import fc from 'fast-check';
import type { Rollout } from '../../src/rollout/index.ts';
import { isInForce, positionOf, rolledOutTo, waveOf } from '../../src/rollout/waves.ts';

const at = (day: string) => new Date(`2026-${day}T00:00:00Z`);

const rollout: Rollout = {
  ...{ id: 'autumn', realm: 'msp', name: 'Autumn', rules: { secondFactor: 'required' } },
  waves: [
    { startsAt: at('06-01'), share: 10 },
    { startsAt: at('06-08'), organizations: ['acme'] },
    { startsAt: at('06-15'), share: 90 },
  ],
  ...{ stopAbovePercent: 2, remindBeforeDays: 7, remindAfterDays: 3, state: 'running' },
  ...{ createdAt: at('05-01'), changedAt: at('05-01') },
};

const alone = (id: string) => ({ id, organizations: new Set<string>() });
const userId = fc.string({ minLength: 1, maxLength: 30 });

describe('the wave of a person', () => {
  it('is the same whenever it is asked, and as waves are added behind it', () => {
    fc.assert(
      fc.property(userId, fc.integer({ min: 1, max: 99 }), (id, share) => {
        const first = { ...rollout, waves: [{ startsAt: at('06-01'), share }] };
        const more = { ...first, waves: [...first.waves, { startsAt: at('06-08'), share: 100 - share }] };
        const before = waveOf(first, alone(id));
        expect(waveOf(more, alone(id))).toBe(before ?? 1);
      }),
    );
  });

  it('holds about as many as its share, and others come first in another roll-out', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `person-${n}`);
    const first = ids.filter((id) => waveOf(rollout, alone(id)) === 0);
    // Fixed ids: 2,000 expected, five standard deviations are 212.
    expect(Math.abs(first.length - 2_000)).toBeLessThan(212);
    expect(first.every((id) => positionOf('spring', id) < 1_000)).toBe(false);
  });

  it('is nobody’s beyond the shares, and everybody’s where they come to all', () => {
    const half = { ...rollout, waves: [{ startsAt: at('06-01'), share: 50 }] };
    fc.assert(
      fc.property(userId, (id) => {
        expect(waveOf(half, alone(id))).toBe(positionOf('autumn', id) < 5_000 ? 0 : undefined);
        expect(waveOf(rollout, alone(id))).toBeDefined();
      }),
    );
  });

  it('is that of an organization they belong to, or of one above it', () => {
    const late = Array.from({ length: 50 }, (_, n) => `p${n}`).find((id) => positionOf('autumn', id) >= 1_000) ?? '';
    expect(waveOf(rollout, alone(late))).toBe(2);
    expect(waveOf(rollout, { id: late, organizations: new Set(['acme', 'acme-sales']) })).toBe(1);
  });

  it('is none outside of the organization that the roll-out is for', () => {
    const scoped = { ...rollout, organization: 'north' };
    expect(waveOf(scoped, alone('mia'))).toBeUndefined();
    expect(waveOf(scoped, { id: 'mia', organizations: new Set(['north']) })).toBeDefined();
  });
});

describe('whether a wave is bound', () => {
  const held = { heldAt: at('06-10') };
  it.each([
    ['not before it begins', rollout, 1, '06-07', false],
    ['from the moment at which it begins', rollout, 1, '06-08', true],
    ['never while it is planned', { ...rollout, state: 'draft' }, 0, '07-01', false],
    ['on through a pause, where it had begun', { ...rollout, ...held, state: 'paused' }, 1, '07-01', true],
    ['not during a pause that came first', { ...rollout, ...held, state: 'paused' }, 2, '07-01', false],
    ['on after a stop of later ones', { ...rollout, ...held, state: 'stopped', stoppedFrom: 1 }, 0, '07-01', true],
    ['not once it was stopped', { ...rollout, ...held, state: 'stopped', stoppedFrom: 1 }, 1, '07-01', false],
    [
      'not after a stop of an earlier one',
      { ...rollout, ...held, state: 'stopped', stoppedFrom: 0 },
      1,
      '07-01',
      false,
    ],
  ] as const)('%s', (_, given, wave, day, expected) => {
    expect(isInForce(given, wave, at(day))).toBe(expected);
  });

  it('names the roll-out and the wave as the level', () => {
    const member = { id: 'mia', organizations: new Set(['acme']) };
    const acmeFirst = { ...rollout, waves: [rollout.waves[1]!] };
    expect(rolledOutTo([acmeFirst], member, at('06-08'))).toEqual([
      {
        level: {
          ...{ kind: 'rollout', id: 'autumn/1', name: 'Autumn, wave 1', rules: { secondFactor: 'required' } },
          organizations: ['acme'],
        },
        by: ['acme'],
      },
    ]);
    expect(rolledOutTo([acmeFirst], member, at('06-07'))).toEqual([]);
  });
});
