import { createLeases } from '../../src/store/index.ts';
import type { DatabaseUnderTest, OpenDatabase } from './engine-under-test.ts';
import { aThing, thingsNamed } from './things.ts';

export function conformsInTurns(openDatabase: OpenDatabase): void {
  describe('turns', () => {
    let database: DatabaseUnderTest;
    let elapsedMs = 0;
    beforeEach(async () => {
      database = await openDatabase();
      elapsedMs = 0;
    });
    afterEach(() => database.close());

    /** As another process has it. */
    async function aNode() {
      const { clock } = database;
      const store = await database.open();
      const things = store.collection(thingsNamed('things'));
      const { alone } = createLeases({ store, clock, elapsedMs: () => elapsedMs });
      await store.bootstrap();
      return { things, alone };
    }

    it('of one name come one after the other, whoever takes them: what was read still holds when it is written', async () => {
      const nodes = [await aNode(), await aNode()];
      await nodes[0]?.things.insert(aThing({ id: 'sum', rank: 0 }));
      const add = ({ things, alone }: (typeof nodes)[number]) =>
        alone('sums', async (stillMine) => {
          const { rank = 0 } = (await things.get('sum')) ?? {};
          stillMine();
          await things.update('sum', (thing) => ({ ...thing, rank: rank + 1 }));
          return rank;
        });
      const seen = await Promise.all(nodes.flatMap((node) => Array.from({ length: 10 }, () => add(node))));
      expect(seen.toSorted((a, b) => a - b)).toStrictEqual(Array.from({ length: 20 }, (_, at) => at));
    });

    it('of different names do not wait for each other', async () => {
      const { alone } = await aNode();
      expect(await alone('one', () => alone('other', async () => 'both'))).toBe('both');
    });

    it('end with what was done in them, also when that fails', async () => {
      const [one, other] = [await aNode(), await aNode()];
      const failing = one.alone('job', async () => {
        throw new Error('it failed');
      });
      await expect(failing).rejects.toThrow('it failed');
      expect(await other.alone('job', async () => 'done')).toBe('done');
    });

    it('F1: of a process that died in the middle are over by themselves after ten seconds', async () => {
      const [dead, other] = [await aNode(), await aNode()];
      const begun = Promise.withResolvers<void>();
      void dead.alone('job', () => {
        begun.resolve();
        return new Promise(() => {});
      });
      await begun.promise;
      // It renews its turn no more.
      elapsedMs += 5_000;
      let isDone = false;
      const waiting = other.alone('job', async () => {
        isDone = true;
      });
      await expect(waitedOut(other.alone)).resolves.toBe('waited');
      elapsedMs += 9_999;
      await expect(waitedOut(other.alone)).resolves.toBe('waited');
      expect(isDone).toBe(false);
      elapsedMs += 1;
      await waiting;
      expect(isDone).toBe(true);
    });

    it.each([
      ['ahead', 3_600_000],
      ['back', -3_600_000],
    ])('F6: are nobody else’s while they are held, though the clock is set %s by an hour', async (_, ms) => {
      const [busy, other] = [await aNode(), await aNode()];
      const begun = Promise.withResolvers<void>();
      const over = Promise.withResolvers<void>();
      const order: string[] = [];
      const held = busy.alone('job', async (stillMine) => {
        begun.resolve();
        await over.promise;
        stillMine();
        order.push('held');
      });
      await begun.promise;
      database.clock.advance(ms);
      const waiting = other.alone('job', async () => void order.push('waited for'));
      await expect(waitedOut(other.alone)).resolves.toBe('waited');
      over.resolve();
      await Promise.all([held, waiting]);
      expect(order).toEqual(['held', 'waited for']);
    });

    /** So long as it takes to ask for some other turn, many times over: longer than it takes to look again. */
    const waitedOut = async (alone: Awaited<ReturnType<typeof aNode>>['alone']) => {
      for (let tries = 0; tries < 100; tries += 1) await alone('other', async () => undefined);
      return 'waited';
    };

    it('are given up by who was held up for so long that another could have taken over', async () => {
      const { alone } = await aNode();
      const after = (ms: number) =>
        alone('job', async (stillMine) => {
          elapsedMs += ms;
          stillMine();
          return 'written';
        });
      expect(await after(4_999)).toBe('written');
      await expect(after(5_000)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await after(0)).toBe('written');
    });

    it('that do not come are refused, with a word on when to try again', async () => {
      const [busy, other] = [await aNode(), await aNode()];
      const begun = Promise.withResolvers<void>();
      const over = Promise.withResolvers<void>();
      const long = busy.alone('job', () => {
        begun.resolve();
        return over.promise;
      });
      await begun.promise;
      const waiting = other.alone('job', async () => 'never').catch((error: unknown) => error);
      await waitedOut(other.alone);
      elapsedMs += 15_000;
      expect(await waiting).toMatchObject({ code: 'unavailable', retryAfterS: 5 });
      over.resolve();
      await long;
    });
  });
}
