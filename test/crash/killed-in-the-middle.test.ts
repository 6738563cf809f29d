import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Migration, openStore } from '../../src/store/index.ts';
import { aThing, thingsNamed } from '../store/things.ts';
import { aKeyring } from '../support/store.ts';

const program = fileURLToPath(new URL('./killable.ts', import.meta.url));
const seen: Migration = { why: 'a test', run: () => Promise.reject(new Error('it was migrated before')) };

/** Runs it until it has said so many lines, then `kill -9`; what it said. */
async function killed(after: number, job: string, ...words: readonly string[]): Promise<readonly string[]> {
  const given = [program, job, String(after), ...words];
  const child = spawn(process.execPath, ['--no-warnings', ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === after) child.kill('SIGKILL');
  }
  return lines;
}

describe('kill -9', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'gatehouse-killed-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  async function open(name: string, migrations: readonly Migration[] = []) {
    const clock = { now: () => new Date() };
    const dataDir = join(home, name);
    const store = await openStore({ database: '', dataDir, keyring: aKeyring(), clock, migrations });
    const things = store.collection(thingsNamed('things'));
    return { store, things, dataDir };
  }

  async function filled(count: number): Promise<string> {
    const { store, things, dataDir } = await open('old');
    await store.bootstrap();
    await things.insertMany(
      Array.from({ length: count }, (_, at) => aThing({ id: `t${at}`, rank: 0, secret: `s${at}` })),
    );
    await store.close();
    return dataDir;
  }

  it('F1: at each step of a move: run again it goes on, and never are both databases open', async () => {
    const dataDir = await filled(1_100);
    const isOpen = async (name: string) => {
      const { store } = await open(name);
      const opened = await store.bootstrap().then(
        () => true,
        () => false,
      );
      await store.close();
      return opened;
    };
    let lines: readonly string[] = [];
    for (let step = 1; lines.at(-1) !== 'moved'; step += 1) {
      expect(step).toBeLessThan(30);
      lines = await killed(step, 'move', dataDir, join(home, 'new'));
      if (lines.includes('after old closure')) expect(await isOpen('old')).toBe(false);
    }
    expect([await isOpen('old'), await isOpen('new')]).toEqual([false, true]);
    const { store, things } = await open('new');
    const found = await things.list({ index: 'id', limit: 2_000 });
    expect(found.items).toHaveLength(1_100);
    expect(found.items.every(({ id, secret }) => secret === id.replace('t', 's'))).toBe(true);
    await store.close();
  });

  it('F9: in the middle of a migration: the next start ends it', async () => {
    const dataDir = await filled(100);
    expect(await killed(2, 'migrate', dataDir)).toEqual(['migrated', 'migrated']);
    const { store, things } = await open('old', [seen]);
    const half = (await things.list({ index: 'id', limit: 200 })).items.map(({ rank }) => rank);
    expect(half.filter((rank) => rank === 1)).toHaveLength(40);
    await store.close();
    const lines = await killed(0, 'migrate', dataDir);
    expect(lines.at(-1)).toBe('serving');
    const after = await open('old', [seen]);
    await after.store.bootstrap();
    const whole = (await after.things.list({ index: 'id', limit: 200 })).items.map(({ rank }) => rank);
    expect(whole).toEqual(Array.from({ length: 100 }, () => 1));
    await after.store.close();
  });
});
