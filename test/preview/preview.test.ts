import fc from 'fast-check';
import type { Rules } from '../../src/policy/index.ts';
import { createPreview, type LevelRef, type Previewed } from '../../src/preview/index.ts';
import { openRules } from '../policy/arbitrary.ts';
import { onBothEngines } from '../support/both-engines.ts';
import { aRealmOfMany, portalIds, type RealmOfMany } from './realm-of-many.ts';

const by = { kind: 'operator' } as const;

describe('the preview of a change of rules', () => {
  onBothEngines((open) => {
    let realm: RealmOfMany;
    afterEach(() => realm.close());

    const previewed = async (level: LevelRef, rules: Rules): Promise<Previewed> => {
      const found = await createPreview(realm).of('msp', level, rules);
      if (found === undefined) throw new Error('no such level');
      return found;
    };

    /** One by one, by what their sign-ins would read. */
    async function oneByOne(level: LevelRef): Promise<ReadonlyMap<string, string>> {
      const all = new Map<string, string>();
      for (const id of realm.ids) {
        const place = await realm.standing(level, id);
        if (place !== undefined) all.set(id, place);
      }
      if (level.kind !== 'portal') return all;
      const subscribed = new Set<string>();
      for (const id of all.keys()) if (await isSubscribed(id, level.id)) subscribed.add(id);
      return subscribed.size === 0 ? all : new Map([...all].filter(([id]) => subscribed.has(id)));
    }

    async function isSubscribed(userId: string, portal: string): Promise<boolean> {
      const { memberships, subscriptions } = realm.people.tenancy;
      const theirs = await memberships.of('msp', userId);
      const holders = [
        userId,
        ...theirs.flatMap(({ organization, state }) => (state === 'active' ? (organization ?? []) : [])),
      ];
      const portals = await Promise.all(holders.map((holder) => subscriptions.of('msp', holder)));
      return portals.flat().includes(portal);
    }

    const placesOf = ({ people }: Previewed, at: 'before' | 'after') =>
      Object.fromEntries(people.map((each) => [each.id, each[at]]));

    it.each([1, 2, 3, 4, 5, 6])(
      'is how everybody stands, one by one, before and after it is made (realm %i)',
      async (seed) => {
        realm = await aRealmOfMany(await open(), 20, seed);
        const changes = fc.sample(openRules, { seed, numRuns: realm.levels.length });
        for (const [at, level] of realm.levels.entries()) {
          const rules = changes[at] ?? {};
          const foretold = await previewed(level, rules);
          expect(placesOf(foretold, 'before')).toEqual(Object.fromEntries(await oneByOne(level)));
          await realm.set(level, rules);
          expect(placesOf(foretold, 'after')).toEqual(Object.fromEntries(await oneByOne(level)));
          const total = Object.values(foretold.counts).reduce((sum, { after }) => sum + after, 0);
          expect(total).toBe(foretold.people.length);
        }
      },
    );

    it('knows what was changed a moment ago: methods, tokens, places, roles and people', async () => {
      realm = await aRealmOfMany(await open(), 12, 11);
      const { people, factors, tokens, ids, organizations } = realm;
      const [one = '', two = '', three = ''] = ids;
      const [first = '', second = ''] = organizations;
      const { memberships, organizations: tree, subscriptions } = people.tenancy;
      const rules: Rules = { secondFactor: 'required', methods: ['totp', 'token'] };
      await realm.set({ kind: 'realm' }, rules);
      const isExact = async () =>
        expect(placesOf(await previewed({ kind: 'realm' }, rules), 'after')).toEqual(
          Object.fromEntries(await oneByOne({ kind: 'realm' })),
        );
      const moments: readonly (() => Promise<unknown>)[] = [
        () => factors.methods.add({ realm: 'msp', userId: one, kind: 'totp', data: {} }, { actor: by }),
        async () =>
          factors.methods.remove('msp', (await factors.methods.of('msp', one)).at(-1)?.id ?? '', { actor: by }),
        () => tokens.assign('msp', 'GHST10000000', two, 2, by),
        () => tokens.block('msp', 'GHST10000000', 'lost', by),
        () =>
          memberships.add({ realm: 'msp', organization: first, userId: three, role: 'admin', isAccepted: true }, by),
        () => tree.change('msp', first, () => ({ policy: { acr: 'phr', methods: ['passkey'] } }), by),
        () => tree.move('msp', second, undefined, by),
        () => subscriptions.add({ realm: 'msp', portal: portalIds[0] ?? '', kind: 'user', holder: three }, by),
        () => memberships.remove({ realm: 'msp', organization: first, userId: three }, by),
        () => people.disable('msp', two, by),
        () => people.enable('msp', two, by),
        () => people.create({ realm: 'msp', name: 'New', username: 'new' }),
      ];
      for (const happens of moments) {
        await happens();
        const created = await people.find('msp', 'new');
        if (created !== undefined) realm = { ...realm, ids: [...ids, created.id] };
        await isExact();
      }
    });

    it('is the same whether people are read one by one or all at once', async () => {
      realm = await aRealmOfMany(await open(), 20, 5);
      const rules: Rules = { secondFactor: 'required', methods: ['token', 'passkey'] };
      for (const id of realm.organizations) {
        const level = { kind: 'organization', id } as const;
        const [few, all] = [
          await previewed(level, rules),
          await createPreview(realm, { few: 0 }).of('msp', level, rules),
        ];
        const order = (one: { readonly id: string }, other: typeof one) => (one.id < other.id ? -1 : 1);
        expect(few.people.toSorted(order)).toEqual(all?.people.toSorted(order));
      }
    });
  });
});
