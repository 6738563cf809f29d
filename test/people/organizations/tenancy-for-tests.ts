import { randomBytes } from 'node:crypto';
import { canRunMongo, type MongoForTests, startMongo } from '../../../scripts/mongodb-for-tests.ts';
import {
  createHasher,
  createPeople,
  type KeepAdmins,
  type People,
  type Stranding,
  type Tenancy,
} from '../../../src/people/index.ts';
import { type OpenedStore, openStore } from '../../../src/store/index.ts';
import { aClock, type SettableClock } from '../../support/clock.ts';
import { aKeyring, aStore } from '../../support/store.ts';
import { cheapCost, linkTo } from '../people-for-tests.ts';

export const operator = { kind: 'operator' } as const;

export interface TenancyForTests {
  readonly store: OpenedStore;
  readonly clock: SettableClock;
  readonly people: People;
  readonly tenancy: Tenancy;
  /** A person who may come in; their id. */
  person(name: string, realm?: string): Promise<string>;
  /** An organization; its id. Throws what is refused. */
  org(name: string, parent?: string, realm?: string): Promise<string>;
  /** An accepted membership. */
  join(userId: string, organization: string | undefined, role?: 'owner' | 'admin' | 'member'): Promise<void>;
  /** Types of what was told, oldest first, with their details. */
  told(): Promise<readonly { readonly type: string; readonly details: unknown }[]>;
  /** From here on what this says of is refused. */
  guardBy(wouldStrand: (realm: string, change: Stranding) => Promise<boolean>): void;
  readonly close: () => Promise<void>;
}

export type OpenTenancy = (wrap?: (store: OpenedStore) => OpenedStore) => Promise<TenancyForTests>;

export const onSqlite: OpenTenancy = async (wrap = (store) => store) => {
  const { store, clock, close } = await aStore();
  return furnish(wrap(store), clock, close);
};

const given = process.env['MONGODB_URI'];
const hasMongo = given !== undefined || canRunMongo();

/** Declares the tests for SQLite, and for MongoDB where there is one (or CI). */
export function onBothEngines(tests: (open: OpenTenancy) => void): void {
  describe('on SQLite', () => tests(onSqlite));
  if (!hasMongo && process.env['CI'] !== undefined) throw new Error('set MONGODB_URI, or install python3');
  (hasMongo ? describe : describe.skip)('on MongoDB', () => {
    let server: MongoForTests | undefined;
    beforeAll(async () => {
      if (given === undefined) server = await startMongo();
    }, 180_000);
    afterAll(async () => await server?.stop());
    tests(async (wrap = (store) => store) => {
      const address = new URL(given ?? server?.uri ?? '');
      address.pathname = `/gatehouse_test_${randomBytes(6).toString('hex')}`;
      const clock = aClock();
      const store = await openStore({ database: address.href, dataDir: '', keyring: aKeyring(), clock });
      return furnish(wrap(store), clock, () => store.close());
    });
  });
}

async function furnish(store: OpenedStore, clock: SettableClock, close: () => Promise<void>): Promise<TenancyForTests> {
  const hasher = createHasher({ cost: cheapCost });
  let keep: KeepAdmins = async (_realm, _foresee, act) => ({ ok: true, value: await act() });
  const keepAdmins: KeepAdmins = (...given) => keep(...given);
  const people = createPeople({ store, clock, hasher, keyring: aKeyring(), linkTo, keepAdmins });
  await store.bootstrap();
  const { tenancy } = people;
  const kept = ['organizations', 'memberships', 'subscriptions', 'users'];
  return {
    ...{ store, clock, people, tenancy, close },
    guardBy(wouldStrand) {
      keep = async (realm, foresee, act) => {
        const change = await foresee();
        const isRefused = change !== undefined && (await wouldStrand(realm, change));
        return isRefused ? { ok: false } : { ok: true, value: await act() };
      };
    },
    async person(name, realm = 'msp') {
      const made = await people.create({ realm, name, username: name });
      if (!made.ok) throw new Error(made.why);
      return made.user.id;
    },
    async org(name, parent, realm = 'msp') {
      const made = await tenancy.organizations.add(
        { realm, name, ...(parent === undefined ? {} : { parent }) },
        operator,
      );
      if (!made.ok) throw new Error(made.why);
      return made.organization.id;
    },
    async join(userId, organization, role = 'member') {
      const where = organization === undefined ? {} : { organization };
      const realm = organization === undefined ? 'msp' : ((await ownerRealm(store, organization)) ?? 'msp');
      const made = await tenancy.memberships.add({ realm, ...where, userId, role, isAccepted: true }, operator);
      if (!made.ok) throw new Error(made.why);
    },
    async told() {
      const docs = (await Promise.all(kept.map((name) => store.pending(name, 500)))).flat();
      const items = docs.flatMap((doc) => doc.outbox ?? []).sort((a, b) => a.at.getTime() - b.at.getTime());
      return items.map(({ body }) => ({ type: String(body['type']), details: body['details'] }));
    },
  };
}

async function ownerRealm(store: OpenedStore, organization: string): Promise<string | undefined> {
  const found = store.collections().find(({ declaration }) => declaration.name === 'organizations');
  const doc = (await found?.get(organization)) as { readonly realm?: string } | undefined;
  return doc?.realm;
}
