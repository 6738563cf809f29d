import fc from 'fast-check';
import { type Figures, noFigures } from '../../src/rollout/index.ts';
import { aRealmOfMany, type RealmOfMany } from '../preview/realm-of-many.ts';
import { aPlan } from '../preview/rollouts-of-many.ts';
import { onBothEngines } from '../support/both-engines.ts';

const by = { kind: 'operator' } as const;

describe('the preview of a roll-out', () => {
  onBothEngines((open) => {
    let realm: RealmOfMany;
    afterEach(() => realm.close());

    it.each([1, 2, 3, 4, 5, 6])(
      'is how people of each wave stand once it began, one by one by what their sign-ins read (realm %i)',
      async (seed) => {
        realm = await aRealmOfMany(await open(), 20, seed);
        const { rollouts, organizations, clock, ids } = realm;
        const arbitrary = aPlan('msp', organizations, clock.now(), false);
        for (const [n, plan] of fc.sample(arbitrary, { seed, numRuns: 5 }).entries()) {
          const made = await rollouts.create({ ...plan, name: `Planned ${n}` }, by);
          if (!made.ok) throw new Error(made.faults.join('; '));
          const { rollout } = made;
          const before = new Map(
            await Promise.all(ids.map(async (id) => [id, (await realm.judged(undefined, id)).standing] as const)),
          );
          const foretold = await rollouts.preview(rollout);
          await rollouts.start(rollout, by);
          const counted = new Map<number, Figures>(rollout.waves.map((_, at) => [at, noFigures]));
          for (const id of ids) {
            const { person, bonds, standing = 'ready' } = await realm.judged(undefined, id);
            const at = rollout.waves.findIndex((_, wave) =>
              bonds.rolledOut.some(({ level }) => level.id === `${rollout.id}/${wave + 1}`),
            );
            const figures = counted.get(at);
            const isStuckAnyway = standing === 'stuck' && before.get(id) === 'stuck';
            if (figures === undefined || person.status === 'disabled' || isStuckAnyway) continue;
            counted.set(at, { ...figures, people: figures.people + 1, [standing]: figures[standing] + 1 });
          }
          expect(foretold).toEqual(counted);
          expect((await rollouts.work(rollout, false))?.figures).toEqual(counted);
        }
      },
    );
  });
});
