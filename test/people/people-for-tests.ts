import { createHasher, createPeople, type Hasher, type People } from '../../src/people/index.ts';
import type { OutboxItem, Store } from '../../src/store/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

/** Cheap, so that tests of other things are fast. */
export const cheapCost = { memoryKiB: 64, passes: 1, parallelism: 1 };

export interface PeopleForTests extends StoreForTests {
  readonly people: People;
  /** What the people's documents carry for others, oldest first. */
  outbox(): Promise<readonly OutboxItem[]>;
}

export const linkTo = (realm: string, token: string) => `https://id.example.com/realms/${realm}/invitation/${token}`;

export async function somePeople(
  hasher: Hasher = createHasher({ cost: cheapCost }),
  wrap: (store: Store) => Store = (store) => store,
): Promise<PeopleForTests> {
  const inner = await aStore();
  const people = createPeople({ store: wrap(inner.store), clock: inner.clock, hasher, keyring: inner.keyring, linkTo });
  await inner.store.bootstrap();
  return {
    ...inner,
    people,
    outbox: async () => (await inner.store.pending('users', 100)).flatMap((doc) => doc.outbox ?? []),
  };
}

export const mia = { realm: 'web1', name: 'Mia Berger', email: 'mia@example.com', username: 'mia' };
export const goodPassword = 'quiet lantern harbour';
export const operator = { kind: 'operator' } as const;
