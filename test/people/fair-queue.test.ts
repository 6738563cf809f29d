import fc from 'fast-check';
import { createFairQueue, type HeldBack, type Trust } from '../../src/people/fair-queue.ts';
import { createPace } from '../../src/people/pace.ts';
import { aTimer } from './queue-timer.ts';

/** Work that ends when the test says so, and the order in which it began. */
function aWorkshop() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    const { promise, resolve } = Promise.withResolvers<string>();
    ends.push(() => resolve(name));
    return promise;
  };
  const settle = () => new Promise<void>((done) => setImmediate(done));
  return { begun, ends, work, settle };
}

/** Holds the suspect back, by no more than places: `held` says what else there is. */
function aQueue(
  { maxParallel, maxWaiting }: { maxParallel: number; maxWaiting: number },
  held: Partial<HeldBack> = {},
  timer = aTimer(),
) {
  const heldBack: HeldBack = {
    is: (trust) => trust === 'suspect',
    pace: createPace({ share: 1, savedMs: 1_000, now: timer.now }),
    maxParallel: Math.max(1, maxParallel - 1),
    maxWaiting,
    maxWaitMs: 5_000,
    ...held,
  };
  return createFairQueue({ maxParallel, maxWaiting, heldBack, timer });
}

describe('the hash queue', () => {
  it('runs no more at once than it may', async () => {
    const { begun, ends, work, settle } = aWorkshop();
    const queue = aQueue({ maxParallel: 2, maxWaiting: 10 });
    const all = ['a', 'b', 'c'].map((name) => queue.run(name, work(name)));
    await settle();
    expect(begun).toEqual(['a', 'b']);
    ends[0]?.();
    await settle();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const end of ends) end();
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
  });

  it('lets sources take turns: a flood delays another by one turn', async () => {
    const { begun, ends, work, settle } = aWorkshop();
    const queue = aQueue({ maxParallel: 1, maxWaiting: 100 });
    const flood = Array.from({ length: 20 }, (_, at) => queue.run('flood', work(`flood ${at}`)));
    const other = queue.run('other', work('other'));
    await settle();
    ends[0]?.();
    await settle();
    ends[1]?.();
    await settle();
    expect(begun).toEqual(['flood 0', 'flood 1', 'other']);
    while (begun.length < 21 || queue.running > 0) {
      for (const end of ends) end();
      await settle();
    }
    await Promise.all([...flood, other]);
  });

  it('says busy when full, and takes the place from the longest line', async () => {
    const { begun, ends, work, settle } = aWorkshop();
    const queue = aQueue({ maxParallel: 1, maxWaiting: 3 });
    const flood = Array.from({ length: 5 }, (_, at) => queue.run('flood', work(`flood ${at}`)));
    expect(await flood[4]).toBe('busy');
    const other = queue.run('other', work('other'));
    expect(await flood[3]).toBe('busy');
    expect(queue.waiting).toBe(3);
    while (queue.running > 0) {
      for (const end of ends) end();
      await settle();
    }
    expect(await other).toBe('other');
    expect(begun).toHaveLength(4);
  });

  it('gives the place on when work fails', async () => {
    const queue = aQueue({ maxParallel: 1, maxWaiting: 3 });
    const failed = queue.run('a', () => Promise.reject(new Error('broken')));
    const next = queue.run('b', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('holds its bounds and answers everybody, whoever comes in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        async (keys, maxParallel, maxWaiting) => {
          const queue = aQueue({ maxParallel, maxWaiting });
          let most = 0;
          let line = 0;
          const answers = keys.map((key) => {
            const answer = queue.run(key, async () => {
              most = Math.max(most, queue.running);
              await Promise.resolve();
              return 'done';
            });
            line = Math.max(line, queue.waiting);
            return answer;
          });
          const all = await Promise.all(answers);
          expect(most).toBeLessThanOrEqual(maxParallel);
          expect(line).toBeLessThanOrEqual(maxWaiting);
          expect(all.filter((answer) => answer === 'done')).toHaveLength(
            Math.min(keys.length, maxParallel + maxWaiting),
          );
          expect([queue.running, queue.waiting]).toEqual([0, 0]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

type Come = (name: string, trust: Trust) => void;
const flood = Array.from({ length: 20 }, (_, at) => `flood ${at}`);

describe('the hash queue under a flood from many addresses', () => {
  /** Answers of those who came, in the order in which they were served. */
  async function served(maxParallel: number, maxWaiting: number, come: (run: Come) => void): Promise<string[]> {
    const { begun, ends, work, settle } = aWorkshop();
    const queue = aQueue({ maxParallel, maxWaiting });
    const answers: Promise<unknown>[] = [];
    come((name, trust) => answers.push(queue.run(name, work(name), trust)));
    await settle();
    while (queue.running > 0) {
      for (const end of ends) end();
      await settle();
    }
    await Promise.all(answers);
    return begun;
  }

  it('serves whom it knows first, then the others, and the suspect last', async () => {
    const begun = await served(1, 100, (come) => {
      for (const name of flood) come(name, 'suspect');
      come('stranger', 'ordinary');
      come('known', 'known');
    });
    expect(begun.slice(0, 4)).toEqual(['flood 0', 'known', 'stranger', 'flood 1']);
    expect(begun).toHaveLength(22);
  });

  it('keeps one place of several free of the suspect, so that others need not even wait for one of them', async () => {
    const begun = await served(2, 100, (come) => {
      for (const name of flood) come(name, 'suspect');
      come('stranger', 'ordinary');
    });
    expect(begun.slice(0, 2)).toEqual(['flood 0', 'stranger']);
    expect(begun).toHaveLength(21);
  });

  it('gives the suspect’s place in a full line to others, and never the other way round', async () => {
    const begun = await served(1, 3, (come) => {
      for (const name of flood) come(name, 'suspect');
      for (const name of ['a', 'b', 'c']) come(name, 'ordinary');
      come('flood again', 'suspect');
      come('d', 'ordinary');
    });
    expect(begun).toEqual(['flood 0', 'a', 'b', 'c']);
  });
});

describe('whoever is held back in the hash queue', () => {
  const strangersToo = (trust: Trust) => trust !== 'known';

  /** Each piece of work takes 20 ms; half a processor's time is there for those held back, none of it saved. */
  function aFlooded(held: Partial<HeldBack> = {}) {
    const timer = aTimer();
    const shop = aWorkshop();
    const pace = createPace({ share: 0.5, savedMs: 40, now: timer.now });
    pace.charge(39);
    const queue = aQueue({ maxParallel: 2, maxWaiting: 100 }, { pace, maxWaiting: 4, ...held }, timer);
    let ended = 0;
    return {
      ...{ timer, queue, begun: shop.begun },
      come: (name: string, trust: Trust) => queue.run(name, shop.work(name), trust),
      async pass(ms: number) {
        timer.pass(ms);
        await shop.settle();
      },
      /** What runs now ends, after 20 ms. */
      async work() {
        timer.pass(20);
        for (const end of shop.ends.slice(ended)) end();
        ended = shop.ends.length;
        await shop.settle();
      },
    };
  }

  it('gets its share of the time, however much it asks for and however idle the rest is', async () => {
    const { come, work, pass, begun } = aFlooded();
    for (const name of ['a', 'b', 'c']) void come(name, 'suspect');
    await pass(0);
    for (const so of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      expect(begun).toEqual(so);
      await work();
      // 20 ms were taken, 10 earned meanwhile; 1 was saved before the first.
      await pass(15);
      expect(begun).toEqual(so);
      await pass(6);
    }
  });

  it('keeps nobody else waiting, be it in line or at its pace', async () => {
    const { come, work, pass, begun } = aFlooded();
    for (const name of ['a', 'b', 'c']) void come(name, 'suspect');
    await pass(0);
    void come('known', 'known');
    void come('ordinary', 'ordinary');
    await pass(0);
    expect(begun).toEqual(['a', 'known']);
    await work();
    expect(begun).toEqual(['a', 'known', 'ordinary']);
  });

  it('waits in a short line, told at once when that is full, and says so beforehand', async () => {
    const { come, queue, pass } = aFlooded();
    for (const name of flood.slice(0, 5)) void come(name, 'suspect');
    await pass(0);
    expect([queue.running, queue.waiting]).toEqual([1, 4]);
    expect(queue.hasRoom('another', 'suspect')).toBe(false);
    expect(await come('another', 'suspect')).toBe('busy');
    expect(queue.hasRoom('another', 'ordinary')).toBe(true);
    expect(queue.hasRoom('another', 'known')).toBe(true);
  });

  it('gives up its place to whom is trusted more, though both are held back', async () => {
    const { come, queue, pass, begun, work } = aFlooded({ is: strangersToo });
    const answers = flood.slice(0, 5).map((name) => come(name, 'suspect'));
    await pass(0);
    expect(queue.hasRoom('new', 'ordinary')).toBe(true);
    void come('new', 'ordinary');
    expect(await answers[4]).toBe('busy');
    await work();
    await pass(30);
    expect(begun).toEqual(['flood 0', 'new']);
  });

  it('has the short line from the moment it is held back: of a crowd that waited before, whoever came first stays', async () => {
    let strangersAreHeld = false;
    const { come, queue, work, begun, pass } = aFlooded({ is: () => strangersAreHeld });
    const answers = flood.slice(0, 12).map((name) => come(name, 'ordinary'));
    await pass(0);
    expect([queue.running, queue.waiting]).toEqual([2, 10]);
    strangersAreHeld = true;
    await work();
    for (const answer of answers.slice(6 + 1)) expect(await answer).toBe('busy');
    expect(queue.running + queue.waiting).toBe(4);
    expect(begun).toEqual(['flood 0', 'flood 1', 'flood 2']);
  });

  it('is not overtaken by whom is trusted less when its pace opens', async () => {
    const { come, pass, begun, work } = aFlooded({ is: strangersToo });
    void come('first', 'suspect');
    await pass(0);
    void come('ordinary', 'ordinary');
    await work();
    // Open again, and nobody has looked yet.
    void come('late', 'suspect');
    await pass(30);
    expect(begun).toEqual(['first', 'ordinary']);
  });

  it('is told that there was no place after five seconds, rather than served when nobody waits for it any more', async () => {
    const { come, pass, begun, work } = aFlooded();
    void come('long', 'suspect');
    const late = come('late', 'suspect');
    await pass(4_000);
    void come('later', 'suspect');
    await pass(1_000);
    await work();
    expect(await late).toBe('busy');
    await pass(100);
    expect(begun).toEqual(['long', 'later']);
  });
});
