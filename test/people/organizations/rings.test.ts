import { createHasher, createPeople, type Tenancy } from '../../../src/people/index.ts';
import type { Store } from '../../../src/store/index.ts';
import { onBothEngines } from '../../support/both-engines.ts';
import type { StoreForTests } from '../../support/store.ts';
import { cheapCost, linkTo } from '../people-for-tests.ts';
import { operator } from './tenancy-for-tests.ts';

describe('two organizations that are moved below each other at once, by two processes', () => {
  onBothEngines((open) => {
    let opened: StoreForTests;
    let one: Tenancy;
    let other: Tenancy;
    const tenancyOn = (store: Store) => {
      const { clock, keyring } = opened;
      return createPeople({ store, clock, keyring, linkTo, hasher: createHasher({ cost: cheapCost }) }).tenancy;
    };
    beforeEach(async () => {
      opened = await open();
      const elsewhere = await opened.elsewhere();
      [one, other] = [tenancyOn(opened.store), tenancyOn(elsewhere)];
      await opened.store.bootstrap();
      await elsewhere.bootstrap();
    });
    afterEach(() => opened.close());

    async function org(name: string, parent?: string): Promise<string> {
      const added = await one.organizations.add({ realm: 'msp', name, ...(parent && { parent }) }, operator);
      if (!added.ok) throw new Error(added.why);
      return added.organization.id;
    }

    it('make no ring: one lies below the other, and what is below them with it', async () => {
      for (let round = 0; round < 10; round += 1) {
        const [left, right] = [await org(`Left ${round}`), await org(`Right ${round}`)];
        const [below, above] = [await org(`Below ${round}`, left), await org(`Above ${round}`)];
        const moved = await Promise.all([
          one.organizations.move('msp', left, right, operator),
          // From further down the same ring.
          other.organizations.move('msp', right, below, operator),
          round % 2 === 0 ? other.organizations.move('msp', above, right, operator) : { ok: true },
        ]);
        expect(moved.map(({ ok }) => ok)).toEqual(expect.arrayContaining([true, false]));
        expect(moved.filter(({ ok }) => !ok)).toEqual([{ ok: false, why: 'cycle' }]);
        for (const tenancy of [one, other]) {
          const lines = await Promise.all([left, right, below].map((id) => tenancy.organizations.lineOf('msp', id)));
          expect(lines.map((line) => line?.[0]?.parent)).toEqual([undefined, undefined, undefined]);
          expect(lines.filter((line) => line?.length === 1)).toHaveLength(1);
        }
      }
    }, 60_000);
  });
});
