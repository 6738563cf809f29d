import { randomBytes } from 'node:crypto';
import { canRunMongo, type MongoForTests, startMongo } from '../../../scripts/mongodb-for-tests.ts';
import {
  type AllowanceDesk,
  type BudgetedOrganization,
  type CodeMessage,
  createAllowance,
  type MeasuredMessage,
} from '../../../src/messaging/index.ts';
import type { Realm } from '../../../src/realm/index.ts';
import { type Collection, type Declaration, type Doc, type OpenedStore, openStore } from '../../../src/store/index.ts';
import { aClock, type SettableClock } from '../../support/clock.ts';
import { aKeyring, aStore } from '../../support/store.ts';
import { web1 } from '../a-messaging.ts';

/** Prices that are easy to add up: a message costs 1, a call 2, one to Austria 10. */
const prices = [
  { prefix: '*', sms: 1, voice: 2 },
  { prefix: '43', sms: 10, voice: 20 },
];
const wide = { minute: 10_000, day: 10_000, month: 10_000 };

export const wideLimits = {
  ...{ number: wide, person: wide, address: wide, prefix: wide, country: wide, organization: wide, realm: wide },
};

export interface AllowanceForTests {
  readonly store: OpenedStore;
  readonly clock: SettableClock;
  readonly allowance: AllowanceDesk;
  /** On a connection of its own, as another process has. */
  readonly elsewhere: AllowanceDesk;
  readonly measured: MeasuredMessage[];
  /** What the realm says from now on, beside wide limits and prices. */
  say(messages: Realm['messages'], more?: Partial<Realm>): void;
  realm(): Realm;
  /** On the same store, its collections changed. */
  onStore(change: <T extends Doc>(collection: Collection<T>) => Collection<T>): AllowanceDesk;
  readonly organizations: Map<string, BudgetedOrganization>;
  /** Admits so many together, half of them on each node; what they were told. */
  together(count: number, message: (n: number) => Partial<CodeMessage>): Promise<string[]>;
  /** Types of audit events and templates of mails that were told, oldest first. */
  told(): Promise<readonly { readonly type: string; readonly body: Readonly<Record<string, unknown>> }[]>;
  close(): Promise<void>;
}

type Open = () => Promise<AllowanceForTests>;

const given = process.env['MONGODB_URI'];
const hasMongo = given !== undefined || canRunMongo();

export const onSqlite: Open = async () => {
  const { dataDir, clock, store, close } = await aStore();
  return furnish(store, await openStore({ database: '', dataDir, keyring: aKeyring(), clock }), clock, close);
};

/** Declares the tests for SQLite, and for MongoDB where there is one (or CI). */
export function onBothEngines(tests: (open: Open) => void): void {
  describe('on SQLite', () => {
    tests(onSqlite);
  });
  if (!hasMongo && process.env['CI'] !== undefined) throw new Error('set MONGODB_URI, or install python3');
  (hasMongo ? describe : describe.skip)('on MongoDB', () => {
    let server: MongoForTests | undefined;
    beforeAll(async () => {
      if (given === undefined) server = await startMongo();
    });
    afterAll(async () => await server?.stop());
    tests(async () => {
      const address = new URL(given ?? server?.uri ?? '');
      address.pathname = `/gatehouse_test_${randomBytes(6).toString('hex')}`;
      const clock = aClock();
      const open = () => openStore({ database: address.href, dataDir: '', keyring: aKeyring(), clock });
      const store = await open();
      return furnish(store, await open(), clock, () => store.close());
    });
  });
}

async function furnish(store: OpenedStore, other: OpenedStore, clock: SettableClock, close: () => Promise<void>) {
  let realm: Realm = web1;
  const measured: MeasuredMessage[] = [];
  const organizations = new Map<string, BudgetedOrganization>();
  const make = (on: OpenedStore) =>
    createAllowance({
      ...{ store: on, clock, keyring: aKeyring() },
      realms: { get: async (id) => (id === realm.id ? realm : undefined) },
      organizations: async (_realm, path) => path.map((id) => organizations.get(id) ?? { id, name: id.toUpperCase() }),
      measure: (seen) => void measured.push(seen),
    });
  const made: AllowanceForTests = {
    ...{ store, clock, measured, organizations },
    allowance: make(store),
    elsewhere: make(other),
    say(messages, more = {}) {
      const budget = { perMonth: 1_000_000, currency: 'EUR' };
      const { limits, ...rest } = messages ?? {};
      realm = {
        ...web1,
        policy: { budget },
        ...more,
        messages: { currency: 'EUR', prices, ...rest, limits: { ...wideLimits, ...limits } },
      };
    },
    realm: () => realm,
    onStore(change) {
      const declared = <T extends Doc>({ name }: Declaration<T>) =>
        store.collections().find(({ declaration }) => declaration.name === name) as unknown as Collection<T>;
      return make({ ...store, collection: (declaration) => change(declared(declaration)) });
    },
    async together(count, message) {
      const admitting = Array.from({ length: count }, (_, n) =>
        (n % 2 === 0 ? made.allowance : made.elsewhere).admit(aCode(message(n))),
      );
      return (await Promise.all(admitting)).map((each) => (each.ok ? 'admitted' : each.why));
    },
    async told() {
      const items = [];
      for (const name of ['code_message_counts', 'code_messages']) {
        for (const doc of await store.pending(name, 500)) items.push(...(doc.outbox ?? []));
      }
      const sorted = items.sort((a, b) => a.at.getTime() - b.at.getTime());
      return sorted.map(({ body }) => ({ type: String(body['type'] ?? body['template']), body }));
    },
    async close() {
      await other.close();
      await close();
    },
  };
  await store.bootstrap();
  await other.bootstrap();
  made.say({});
  return made;
}

export function aCode(change: Partial<CodeMessage> = {}): CodeMessage {
  return {
    realm: 'web1',
    organizationPath: [],
    userId: 'mia',
    number: '+12025550123',
    channel: 'sms',
    addressRange: '192.0.2.0/24',
    signIn: 's1',
    ...change,
  };
}

/** Ordinary American numbers, as many as wanted; each thousand in another region. */
export const numberOf = (n: number): string => `+1202555${String(n % 10_000).padStart(4, '0')}`;

export const countOf = (told: readonly string[], what: string): number => told.filter((each) => each === what).length;
