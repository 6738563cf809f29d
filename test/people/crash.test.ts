import type { Collection, Doc, Store } from '../../src/store/index.ts';
import { goodPassword, mia, operator, type PeopleForTests, somePeople } from './people-for-tests.ts';

const writes = new Set(['insert', 'update', 'upsert', 'take', 'remove']);

/** A store whose process can die at a write, and be started again. */
function aMortal(store: Store) {
  let left = Number.POSITIVE_INFINITY;
  const collection = <T extends Doc>(declaration: Parameters<typeof store.collection<T>>[0]): Collection<T> =>
    new Proxy(store.collection(declaration), {
      get(target, name) {
        const act: unknown = Reflect.get(target, name);
        if (typeof act !== 'function') return act;
        return async (...all: unknown[]) => {
          if (writes.has(String(name))) {
            left -= 1;
            if (left < 0) throw new Error('killed');
          }
          return (act as (...all: unknown[]) => unknown).apply(target, all);
        };
      },
    });
  return {
    store: { ...store, collection },
    dieAfter: (count: number) => {
      left = count;
    },
    restart: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

let world: PeopleForTests;
let mortal: ReturnType<typeof aMortal>;
beforeEach(async () => {
  world = await somePeople(undefined, (store) => {
    mortal = aMortal(store);
    return mortal.store;
  });
});
afterEach(() => world.close());

const everybody = async () => (await world.people.list({ realm: 'web1', limit: 50 })).items;

/** Runs `act` with the process killed at its first, second, … write, until it is not killed any more. */
async function killedEverywhere(act: () => Promise<unknown>, judge: () => Promise<void>) {
  for (let count = 0; count < 30; count += 1) {
    mortal.dieAfter(count);
    const ended = await act().then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
        return false;
      },
    );
    mortal.restart();
    await judge();
    if (ended) return count;
  }
  throw new Error('it never ends');
}

describe('a crash in the middle', () => {
  it('of making a person leaves nobody half made, and their identifiers free again after a minute', async () => {
    let at = 0;
    const input = () => ({ realm: 'web1', name: 'Mia', email: `mia${at}@example.com`, username: `mia${at}` });
    const kills = await killedEverywhere(
      () => world.people.create(input()),
      async () => {
        const { email, username } = input();
        const found = await world.people.find('web1', email);
        expect((await world.people.find('web1', username))?.id).toBe(found?.id);
        expect((await everybody()).filter((user) => user.email === email)).toHaveLength(found === undefined ? 0 : 1);
        world.clock.advance(60_001);
        const again = await world.people.create(input());
        expect(again.ok).toBe(found === undefined);
        expect((await everybody()).filter((user) => user.email === email)).toHaveLength(1);
        expect(await world.people.find('web1', username)).toBeDefined();
        at += 1;
      },
    );
    expect(kills).toBeGreaterThanOrEqual(4);
    world.clock.advance(60_001);
    await world.people.repair();
    expect(await world.people.repair()).toBe(0);
    expect(await everybody()).toHaveLength(kills + 1);
  });

  it('of changing an email leaves the old or the new one, and neither lost', async () => {
    const made = await world.people.create({ ...mia, password: goodPassword });
    const id = made.ok ? made.user.id : '';
    let at = 0;
    let email = mia.email;
    await killedEverywhere(
      () => world.people.update('web1', id, (user) => ({ ...user, email: `new${at}@example.com` })),
      async () => {
        const now = await world.people.get('web1', id);
        expect([email, `new${at}@example.com`]).toContain(now?.email);
        expect((await world.people.find('web1', now?.email ?? ''))?.id).toBe(id);
        const other = now?.email === email ? `new${at}@example.com` : email;
        expect(await world.people.find('web1', other)).toBeUndefined();
        world.clock.advance(60_001);
        expect((await world.people.create({ realm: 'web1', name: 'Bo', email: other })).ok).toBe(true);
        expect((await world.people.find('web1', now?.email ?? ''))?.id).toBe(id);
        email = now?.email ?? '';
        at += 1;
      },
    );
    expect(at).toBeGreaterThanOrEqual(3);
  });

  it('of inviting can be made good by inviting again', async () => {
    let at = 0;
    await killedEverywhere(
      () => world.people.invite({ realm: 'web1', name: 'Mia', email: `mia${at}@example.com` }, operator),
      async () => {
        world.clock.advance(60_001);
        expect(
          (await world.people.invite({ realm: 'web1', name: 'Mia', email: `mia${at}@example.com` }, operator)).ok,
        ).toBe(true);
        expect((await everybody()).filter((user) => user.email === `mia${at}@example.com`)).toHaveLength(1);
        at += 1;
      },
    );
  });
});

describe('somebody who comes back after a long stop', () => {
  it('finds that others took the identifier, and makes nobody', async () => {
    const { promise: stopped, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: waits, resolve: isWaiting } = Promise.withResolvers<void>();
    await world.close();
    let claims = 0;
    world = await somePeople(undefined, (store) => ({
      ...store,
      collection: (declaration) =>
        new Proxy(store.collection(declaration), {
          get(target, name) {
            const act: unknown = Reflect.get(target, name);
            if (typeof act !== 'function') return act;
            return async (...all: unknown[]) => {
              const result: unknown = await (act as (...all: unknown[]) => unknown).apply(target, all);
              // Stops between its claim and making the person.
              if (declaration.name === 'identifiers' && name === 'insert') {
                claims += 1;
                if (claims === 1) {
                  isWaiting();
                  await stopped;
                }
              }
              return result;
            };
          },
        }),
    }));
    const input = { realm: 'web1', name: 'Mia', email: 'mia@example.com' };
    const slow = world.people.create(input);
    await waits;
    expect(await world.people.create(input)).toMatchObject({ ok: false, why: 'identifier_taken' });
    world.clock.advance(60_001);
    const quick = await world.people.create(input);
    expect(quick.ok).toBe(true);
    goOn();
    expect(await slow).toMatchObject({ ok: false, why: 'identifier_taken' });
    expect(await everybody()).toHaveLength(1);
    expect((await world.people.find('web1', input.email))?.id).toBe(quick.ok ? quick.user.id : '');
  });
});
