import { createStrangers, sharesDeclaration } from '../../src/sign-in/strangers.ts';
import type { Store } from '../../src/store/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

const perMinute = 100;
const portion = 30;

describe('what strangers begin', () => {
  let opened: StoreForTests;
  let store: Store;
  beforeEach(async () => {
    opened = await aStore();
    const shares = opened.store.collection(sharesDeclaration);
    // Declared once for each process; here they share one store.
    store = { ...opened.store, collection: () => shares as never };
    await opened.store.bootstrap();
    opened.clock.set('2026-03-02T09:00:15Z');
  });
  afterEach(() => opened.close());

  /** A process of its own on the same database. */
  const aProcess = (limit = perMinute) => createStrangers({ store, clock: opened.clock, perMinute: limit });

  /** How many of so many at once are admitted. */
  async function admitted(processes: readonly ReturnType<typeof aProcess>[], count: number, address = '192.0.2.7') {
    const asked = Array.from({ length: count }, (_, n) =>
      Promise.resolve(processes[n % processes.length]?.admit(address)),
    );
    const answers = await Promise.allSettled(asked);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'too_many', retryAfterS: 45 });
    }
    return answers.filter(({ status }) => status === 'fulfilled').length;
  }

  const stored = (minute: number, range = '192.0.2.0/24') =>
    store.collection(sharesDeclaration).get(`${range} ${minute}`);
  const minuteNow = () => Math.floor(opened.clock.now().getTime() / 60_000);

  it.each([30, 31, 59, 100, 1_000])(
    'is counted exactly in one process, of 1,200 at once: %i a minute',
    async (limit) => {
      expect(await admitted([aProcess(limit)], 1_200)).toBe(limit);
    },
  );

  it('exceeds the limit by one portion at most for each further process', async () => {
    const processes = [aProcess(), aProcess(), aProcess()];
    expect(await admitted(processes, 600)).toBe(perMinute + 2 * portion);
  });

  it('costs no write while it is little', async () => {
    const one = aProcess();
    expect(await admitted([one], portion)).toBe(portion);
    expect(await stored(minuteNow())).toBeUndefined();
    await one.admit('192.0.2.7');
    expect(await stored(minuteNow())).toMatchObject({ taken: portion });
  });

  it('is one budget for a range, and another for the next', async () => {
    const one = aProcess();
    expect(await admitted([one], 200, '192.0.2.7')).toBe(perMinute);
    expect(await admitted([one], 10, '192.0.2.250')).toBe(0);
    expect(await admitted([one], 10, '192.0.3.7')).toBe(10);
    expect(await admitted([one], 200, '2001:db8:0:1200::1')).toBe(perMinute);
    expect(await admitted([one], 10, '2001:db8:0:12ff::1')).toBe(0);
    expect(await admitted([one], 10, '2001:db8:0:1300::1')).toBe(10);
  });

  it('begins anew with the next minute, as it said', async () => {
    const one = aProcess();
    expect(await admitted([one], 200)).toBe(perMinute);
    opened.clock.advance(44_999);
    await expect(one.admit('192.0.2.7')).rejects.toMatchObject({ code: 'too_many', retryAfterS: 1 });
    opened.clock.advance(1);
    await one.admit('192.0.2.7');
  });
});
