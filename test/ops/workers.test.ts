import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { restartDelayMs } from '../../src/ops/workers/restart-delay.ts';

const program = fileURLToPath(new URL('./support/supervised.ts', import.meta.url));

function supervised(env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    exited,
    signal: (name: NodeJS.Signals) => child.kill(name),
    /** Lines until the workers serve, or do not. */
    async begun(): Promise<readonly string[]> {
      const seen: string[] = [];
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) return seen;
        seen.push(value);
        if (value === 'begun' || value === 'refused') return seen;
      }
    },
  };
}

const pidFrom = async (address: string) => Number.parseInt(await (await fetch(address)).text(), 10);

/** Asks until two processes have answered that are not among `others`. */
async function pidsOf(address: string, others: readonly number[] = [], wanted = 2): Promise<readonly number[]> {
  const seen = new Set<number>();
  while (seen.size < wanted) {
    // Several at once, since one alone may always be taken by the same worker.
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => pidFrom(address)));
    for (const answer of answers) {
      if (answer.status === 'fulfilled' && !others.includes(answer.value)) seen.add(answer.value);
    }
  }
  return [...seen];
}

describe('workers', () => {
  it('share one port; a dead one is replaced while the other serves', async () => {
    const primary = supervised();
    const address = (await primary.begun())[0] ?? '';
    const [first = 0, second = 0] = await pidsOf(address);
    process.kill(first, 'SIGKILL');
    const [third] = await pidsOf(address, [first, second], 1);
    expect(third).not.toBe(first);
    expect(await pidsOf(address, [first])).toContain(second);
    primary.signal('SIGTERM');
    expect(await primary.exited).toEqual([0, null]);
  });

  it('F8: finish what is under way when the primary is told to stop, and all of it exits 0', async () => {
    const primary = supervised();
    const address = (await primary.begun())[0] ?? '';
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`${address}/slow`)));
    primary.signal('SIGTERM');
    for (const answer of answers) expect(await answer.text()).toMatch(/^\d+ done$/);
    expect(await primary.exited).toEqual([0, null]);
  });

  it('are not started at all when the first cannot serve, and the primary exits 1', async () => {
    const primary = supervised({ GATEHOUSE_TEST_FAIL: 'yes' });
    expect(await primary.begun()).toEqual(['refused']);
    expect(await primary.exited).toEqual([1, null]);
  });

  it('end with their primary, so that no orphan keeps the port', async () => {
    const primary = supervised();
    const address = (await primary.begun())[0] ?? '';
    const pids = await pidsOf(address);
    primary.signal('SIGKILL');
    await primary.exited;
    for (const pid of pids) await gone(pid);
  });
});

/** Resolves when there is no such process. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ESRCH');
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the wait before a worker is replaced', () => {
  it.each([
    [0, 0],
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [5, 16_000],
    [6, 30_000],
    [1_000, 30_000],
  ])('after %d quick deaths is %d ms', (quickDeaths, delayMs) => {
    expect(restartDelayMs(quickDeaths)).toBe(delayMs);
  });
});
