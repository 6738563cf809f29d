import { type Binding, createBinding } from '../../src/binding/index.ts';
import { createFactors, type Factors } from '../../src/factors/index.ts';
import { createHasher, createPeople, type People, type User } from '../../src/people/index.ts';
import { createCensus } from '../../src/preview/index.ts';
import type { Realm } from '../../src/realm/index.ts';
import { createRollouts, type NewRollout, type Rollout, type Rollouts } from '../../src/rollout/index.ts';
import {
  type Collection,
  createLeases,
  type Declaration,
  type Doc,
  type OutboxItem,
  type Store,
} from '../../src/store/index.ts';
import { cheapCost, linkTo } from '../people/people-for-tests.ts';
import type { OpenStoreForTests } from '../support/both-engines.ts';
import { aClock, type SettableClock } from '../support/clock.ts';

export const operator = { kind: 'operator' } as const;
export const start = new Date('2026-06-01T00:00:00Z');
const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface Node {
  readonly people: People;
  readonly factors: Factors;
  readonly rollouts: Rollouts;
  readonly binding: Binding;
}

export interface RolloutForTests extends Node {
  readonly realm: Realm;
  readonly clock: SettableClock;
  /** Another node on the same store. */
  node(): Node;
  person(name: string, more?: Partial<Pick<User, 'locale' | 'timeZone' | 'policy'>>): Promise<User>;
  /** A wave of everybody that begins at `start`, unless said otherwise; running. */
  running(input?: Partial<NewRollout>): Promise<Rollout>;
  /** Gives the person an app that shows codes. */
  enrol(user: User): Promise<void>;
  /** As `set_up.begun` in the audit log says it. */
  begins(user: User): Promise<void>;
  /** What happens while a round of this node looks at people. */
  duringTheCensus(act: () => Promise<unknown>): void;
  /** What waits to be delivered, oldest first, of one kind. */
  waiting(kind: OutboxItem['kind']): Promise<readonly OutboxItem['body'][]>;
  close(): Promise<void>;
}

/** The realm has `totp` alone, which anybody can set up. */
export async function aRollout(open: OpenStoreForTests): Promise<RolloutForTests> {
  const clock = aClock('2026-05-01T00:00:00Z');
  const { store, keyring, close } = await open(clock);
  const realm: Realm = {
    ...{ id: 'msp', name: 'MSP', branding: { accent: '#112233', accentInk: '#ffffff', mark: 'M' }, languages: ['en'] },
    ...{ policy: { methods: ['totp'] }, createdAt: clock.now(), changedAt: clock.now() },
    support: { email: 'help@msp.example' },
  };
  const realms = {
    get: async (id: string) => (id === 'msp' ? realm : undefined),
    list: async () => [realm],
    portal: async () => undefined,
    portals: async () => [],
  };

  /** Another process on the same database. */
  const elsewhere: Store = {
    ...store,
    collection: <T extends Doc>({ name }: Declaration<T>) =>
      store.collections().find(({ declaration }) => declaration.name === name) as unknown as Collection<T>,
  };

  let during: () => Promise<unknown> = async () => {};

  function node(store: Store, meanwhile: () => Promise<unknown> = async () => {}): Node {
    const people = createPeople({ store, clock, hasher: createHasher({ cost: cheapCost }), keyring, linkTo });
    const factors = createFactors({ store, clock, keyring });
    const rollouts: Rollouts = createRollouts({
      ...{ store, clock, realms, people, log: silent, factorKinds: [...factors.kinds.keys()] },
      leases: createLeases({ store, clock }),
      async census(...given) {
        const look = await createCensus({ realms, people, factors, clock })(...given);
        await meanwhile();
        return look;
      },
    });
    const binding: Binding = createBinding({ realms, tenancy: people.tenancy, rollouts, clock });
    return { people, factors, rollouts, binding };
  }
  const own = node(store, () => during());
  await store.bootstrap();
  return {
    ...own,
    ...{ realm, clock, close },
    duringTheCensus(act) {
      during = act;
    },
    node: () => node(elsewhere),
    async person(name, more = {}) {
      const made = await own.people.create({ realm: 'msp', name, email: `${name}@msp.example` });
      if (!made.ok) throw new Error(made.why);
      return (await own.people.update('msp', made.user.id, (user) => ({ ...user, ...more }))) ?? made.user;
    },
    async running(input = {}) {
      const waves = [{ startsAt: start, share: 100 }];
      const rules = { secondFactor: 'required' };
      const made = await own.rollouts.create({ realm: 'msp', name: 'Autumn', rules, waves, ...input }, operator);
      if (!made.ok) throw new Error(made.faults.join('; '));
      const started = await own.rollouts.start(made.rollout, operator);
      if (!started.ok) throw new Error(started.why);
      return started.rollout;
    },
    async enrol(user) {
      await own.factors.methods.add(
        { realm: 'msp', userId: user.id, kind: 'totp', data: {} },
        { actor: { kind: 'person', id: user.id } },
      );
    },
    async begins(user) {
      const body = { type: 'set_up.begun', realm: 'msp', subject: user.id };
      await own.rollouts.told([{ id: `${user.id}-begun`, kind: 'audit', at: clock.now(), body }]);
    },
    waiting: (kind) => waiting(store, kind),
  };
}

async function waiting(store: Store, kind: OutboxItem['kind']): Promise<readonly OutboxItem['body'][]> {
  const names = ['rollouts', 'rollout_people'];
  const docs = (await Promise.all(names.map((name) => store.pending(name, 500)))).flat();
  const items = docs.flatMap(({ outbox = [] }) => outbox).filter((item) => item.kind === kind);
  return items.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map(({ body }) => body);
}
