import fc from 'fast-check';
import { createFairQueue } from '../../src/people/fair-queue.ts';

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

describe('the hash queue', () => {
  it('runs no more at once than it may', async () => {
    const { begun, ends, work, settle } = aWorkshop();
    const queue = createFairQueue({ maxParallel: 2, maxWaiting: 10 });
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
    const queue = createFairQueue({ maxParallel: 1, maxWaiting: 100 });
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
    const queue = createFairQueue({ maxParallel: 1, maxWaiting: 3 });
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
    const queue = createFairQueue({ maxParallel: 1, maxWaiting: 3 });
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
          const queue = createFairQueue({ maxParallel, maxWaiting });
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

describe('the hash queue under a flood from many addresses', () => {
  /** Answers of those who came, in the order in which they were served. */
  async function served(maxParallel: number, maxWaiting: number, come: (run: Come) => void): Promise<string[]> {
    const { begun, ends, work, settle } = aWorkshop();
    const queue = createFairQueue({ maxParallel, maxWaiting });
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
  type Come = (name: string, trust: 'known' | 'ordinary' | 'suspect') => void;
  const flood = Array.from({ length: 20 }, (_, at) => `flood ${at}`);

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
