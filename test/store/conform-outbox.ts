import { createDrain, createLeases, createSweeper, type OutboxItem, withOutbox } from '../../src/store/index.ts';
import type { DatabaseUnderTest, OpenDatabase } from './engine-under-test.ts';
import { aThing, thingsNamed } from './things.ts';

const item = (id: string, at: Date, kind: OutboxItem['kind'] = 'audit'): OutboxItem => ({
  id,
  kind,
  at,
  body: { said: id },
});

export function conformsInOutboxes(openDatabase: OpenDatabase): void {
  describe('outboxes, expiry and leases', () => {
    let database: DatabaseUnderTest | undefined;
    afterEach(async () => {
      await database?.close();
      database = undefined;
    });

    async function open() {
      database = await openDatabase();
      const { clock } = database;
      const store = await database.open();
      const things = store.collection(thingsNamed('things'));
      const leases = createLeases({ store, clock });
      await store.bootstrap();
      return { database, clock, store, things, leases };
    }

    function recorder() {
      const received: string[] = [];
      const failing = new Set<string>();
      const receive = async (items: readonly OutboxItem[]) => {
        if (items.some(({ id }) => failing.has(id))) throw new Error('not now');
        received.push(...items.map(({ id }) => id));
      };
      return { received, failing, deliver: { audit: receive, message: receive } };
    }

    it('what is to be told is pending, oldest first, until it was delivered', async () => {
      const { store, things, leases, clock } = await open();
      const { received, deliver } = recorder();
      const drain = createDrain({ store, collections: [things], leases, clock, deliver });
      await things.insert(withOutbox(aThing({ id: 'late' }), item('l', new Date(3000))));
      await things.insert(
        withOutbox(aThing({ id: 'early' }), item('e2', new Date(2000)), item('e1', new Date(1000), 'message')),
      );
      await things.insert(aThing({ id: 'silent' }));
      const pending = await store.pending('things', 10);
      expect(pending.map(({ id }) => id)).toStrictEqual(['early', 'late']);
      expect(pending[1]?.outbox).toStrictEqual([item('l', new Date(3000))]);
      expect(await store.pending('things', 1)).toHaveLength(1);
      expect(await drain.drainOnce()).toBe(3);
      expect(received.toSorted()).toStrictEqual(['e1', 'e2', 'l']);
      expect(await store.pending('things', 10)).toStrictEqual([]);
      expect((await things.get('early'))?.outbox).toStrictEqual([]);
      expect(await drain.drainOnce()).toBe(0);
    });

    it('what is added while others are delivered stays', async () => {
      const { store, things, leases, clock } = await open();
      await things.insert(withOutbox(aThing({ id: 'busy' }), item('one', new Date(1))));
      const received: string[] = [];
      const deliver = async (items: readonly OutboxItem[]) => {
        received.push(...items.map(({ id }) => id));
        if (received.length === 1) await things.update('busy', (thing) => withOutbox(thing, item('two', new Date(2))));
      };
      const drain = createDrain({
        store,
        collections: [things],
        leases,
        clock,
        deliver: { audit: deliver, message: deliver },
      });
      expect(await drain.drainOnce()).toBe(2);
      expect(received).toStrictEqual(['one', 'two']);
    });

    it('one that fails holds up no other, and is tried again later', async () => {
      const { store, things, leases, clock } = await open();
      const { received, failing, deliver } = recorder();
      const drain = createDrain({ store, collections: [things], leases, clock, deliver });
      const docs = Array.from({ length: 130 }, (_, at) =>
        withOutbox(aThing({ id: `n${at}` }), item(`i${at}`, new Date(at))),
      );
      await things.insertMany(docs);
      // More failing ones, and older, than fit into one batch.
      for (let at = 0; at < 120; at += 1) failing.add(`i${at}`);
      expect(await drain.drainOnce()).toBe(10);
      expect(received).toHaveLength(10);
      failing.clear();
      expect(await drain.drainOnce()).toBe(0);
      clock.advance(1_000);
      expect(await drain.drainOnce()).toBe(120);
      expect(new Set(received).size).toBe(130);
    });

    it('a running drain delivers soon after a write of its own process', async () => {
      const { store, things, leases, clock } = await open();
      const delivered = new Promise<readonly OutboxItem[]>((resolve) => {
        const deliver = {
          audit: async (items: readonly OutboxItem[]) => resolve(items),
          message: async () => undefined,
        };
        const drain = createDrain({ store, collections: [things], leases, clock, deliver });
        drain.start();
        stop = () => drain.stop();
      });
      await things.insert(withOutbox(aThing(), item('now', new Date(1))));
      expect((await delivered).map(({ id }) => id)).toStrictEqual(['now']);
      await stop();
    });
    let stop: () => Promise<void> = async () => undefined;

    it('the sweeper removes what has expired, and leaves what has something to tell', async () => {
      const { store, things, leases, clock } = await open();
      const sweeper = createSweeper({ store, collections: [things], leases, clock });
      const at = (ms: number) => new Date(clock.now().getTime() + ms);
      await things.insertMany([
        aThing({ id: 'over', expiresAt: at(-1) }),
        aThing({ id: 'on', expiresAt: at(60_000) }),
        aThing({ id: 'ever' }),
        withOutbox(aThing({ id: 'telling', expiresAt: at(-1) }), item('t', at(-1))),
      ]);
      const there = async () => (await things.list({ index: 'id', limit: 9 })).items.map(({ id }) => id);
      expect(await sweeper.sweepOnce()).toBe(1);
      expect(await there()).toStrictEqual(['ever', 'on', 'telling']);
      await things.update('telling', (thing) => ({ ...thing, outbox: [] }));
      clock.advance(60_001);
      expect(await sweeper.sweepOnce()).toBe(2);
      expect(await there()).toStrictEqual(['ever']);
    });

    it('a lease has one holder, who may renew it, until it is over or given back', async () => {
      const { database: same, leases, clock } = await open();
      const others = await same.open();
      const theirs = createLeases({ store: others, clock });
      await others.bootstrap();
      expect([await leases.hold('job', 10), await theirs.hold('job', 10)]).toStrictEqual([true, false]);
      clock.advance(9_000);
      expect([await leases.hold('job', 10), await theirs.hold('job', 10)]).toStrictEqual([true, false]);
      clock.advance(9_999);
      expect(await theirs.hold('job', 10)).toBe(false);
      clock.advance(1);
      expect([await theirs.hold('job', 10), await leases.hold('job', 10)]).toStrictEqual([true, false]);
      await leases.release('job');
      expect(await leases.hold('job', 10)).toBe(false);
      await theirs.release('job');
      expect(await leases.hold('job', 10)).toBe(true);
    });

    it('F6: a lease of who died before the clock was set back is held by nobody', async () => {
      const { database: same, leases, clock } = await open();
      const others = await same.open();
      const theirs = createLeases({ store: others, clock });
      await others.bootstrap();
      await leases.hold('job', 10);
      // The clocks of two nodes may differ that much.
      clock.advance(-10_000);
      expect(await theirs.hold('job', 10)).toBe(false);
      clock.advance(-1);
      expect(await theirs.hold('job', 10)).toBe(true);
      expect(await leases.hold('job', 10)).toBe(false);
    });

    it.each([
      [4_999, 10_000],
      [5_000, 15_000],
      [9_999, 19_999],
    ])('a lease of 10 s asked for again after %d ms is over after %d ms', async (againMs, overMs) => {
      const { database: same, leases, clock } = await open();
      const others = await same.open();
      const theirs = createLeases({ store: others, clock });
      await others.bootstrap();
      await leases.hold('job', 10);
      clock.advance(againMs);
      expect(await leases.hold('job', 10)).toBe(true);
      clock.advance(overMs - againMs - 1);
      expect(await theirs.hold('job', 10)).toBe(false);
      clock.advance(1);
      expect(await theirs.hold('job', 10)).toBe(true);
    });
  });
}
