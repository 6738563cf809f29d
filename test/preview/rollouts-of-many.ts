import fc from 'fast-check';
import type { NewRollout, Rollouts } from '../../src/rollout/index.ts';
import { openRules } from '../policy/arbitrary.ts';

const by = { kind: 'operator' } as const;
const dayMs = 86_400_000;

/** Anything that a roll-out may say. */
export const rolledOutRules = openRules
  .map(({ open: _open, requiredFrom: _from, methods, methodOrder, ...rules }) => ({
    ...rules,
    ...(methods === undefined ? {} : { methods: methods.filter((kind) => kind !== 'pigeon') }),
    ...(methodOrder === undefined
      ? {}
      : { methodOrder: ['totp', ...methodOrder.filter((kind) => kind !== 'pigeon' && kind !== 'totp')] }),
  }))
  .filter((rules) => Object.keys(rules).length > 0);

const share = fc.integer({ min: 10, max: 50 }).map((percent) => ({ share: percent }));
const inOrganizations = (ids: readonly string[]) =>
  fc.subarray([...ids], { minLength: 1, maxLength: 3 }).map((organizations) => ({ organizations }));

/** Two waves that begin `at`; the second a day later where it `isLate`. */
export const aPlan = (realm: string, ids: readonly string[], at: Date, isLate: boolean) =>
  fc
    .tuple(
      rolledOutRules,
      fc.array(fc.oneof(share, inOrganizations(ids)), { minLength: 2, maxLength: 2 }),
      fc.option(fc.constantFrom(...ids), { nil: undefined, freq: 3 }),
    )
    .map(
      ([rules, waves, organization]): Omit<NewRollout, 'name'> => ({
        ...{ realm, rules, stopAbovePercent: 100, remindBeforeDays: 0, remindAfterDays: 0 },
        waves: waves.map((wave, n) => ({ ...wave, startsAt: new Date(at.getTime() + (isLate ? n * dayMs : 0)) })),
        ...(organization === undefined ? {} : { organization }),
      }),
    );

const fates = ['draft', 'running', 'running', 'paused', 'stopped'] as const;

/** Three, in one state or another. */
export async function addRollouts(
  rollouts: Rollouts,
  draw: <T>(from: fc.Arbitrary<T>) => T,
  given: { readonly realm: string; readonly organizations: readonly string[]; readonly at: Date },
): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    const plan = draw(aPlan(given.realm, given.organizations, given.at, draw(fc.boolean())));
    const made = await rollouts.create({ ...plan, name: `Roll-out ${n}` }, by);
    if (!made.ok) throw new Error(made.faults.join('; '));
    const fate = draw(fc.constantFrom(...fates));
    if (fate === 'draft') continue;
    await rollouts.start(made.rollout, by);
    if (fate === 'paused') await rollouts.pause(made.rollout, by);
    if (fate === 'stopped') await rollouts.stop(made.rollout, by, draw(fc.nat({ max: 1 })));
  }
}
