import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/index.ts';
import { aDatabase, onMongo } from '../nodes/databases.ts';
import { aKeyring } from '../support/store.ts';

const program = fileURLToPath(new URL('./holding.ts', import.meta.url));
const actor = { kind: 'operator' } as const;
/** Longer than a turn. */
const laterMs = 11_000;

const file = `realm: crash
name: Crash
portals:
  - { clientId: inbox, name: Inbox, redirectUris: ["https://inbox.example/cb"] }
`;

function goesOn(database: () => string | undefined): void {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'gatehouse-held-up-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('F1: leaves no lock: ten seconds later administrators go and stay as ever', async () => {
    const address = database();
    const settings = { GATEHOUSE_DATA: home, ...(address === undefined ? {} : { GATEHOUSE_DATABASE: address }) };
    const read = readConfig(settings);
    if (!read.ok) throw new Error(read.faults.join('\n'));
    let aheadMs = 0;
    const app = await createApp({
      config: read.config,
      keyring: aKeyring(),
      clock: { now: () => new Date(Date.now() + aheadMs) },
      log: pino({ level: 'silent' }),
    });
    const applied = await app.realms.apply(file, 'crash.yaml', { actor });
    expect(applied.ok).toBe(true);
    const admin = async (username: string) => {
      const made = await app.people.create({ realm: 'crash', name: username, username });
      if (!made.ok) throw new Error(made.why);
      const userId = made.user.id;
      await app.people.tenancy.memberships.add({ realm: 'crash', userId, role: 'owner', isAccepted: true }, actor);
      return userId;
    };
    const [one, other] = [await admin('one'), await admin('other')];

    const child = spawn(process.execPath, ['--no-warnings', program, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => {
      child.once('close', resolve);
    });
    for await (const line of createInterface({ input: child.stdout })) if (line === 'in') child.kill('SIGKILL');
    await ended;

    aheadMs = laterMs;
    expect(await app.people.disable('crash', one, actor)).toMatchObject({ status: 'disabled' });
    await expect(app.people.disable('crash', other, actor)).rejects.toMatchObject({ code: 'conflict' });
    await app.stop();
  }, 120_000);
}

describe('kill -9 in the middle of a change that could shut administrators out, on SQLite', () => {
  goesOn(() => undefined);
});

onMongo((server) => goesOn(() => aDatabase(server()?.uri)), {
  title: 'kill -9 in the middle of a change that could shut administrators out, on MongoDB',
});
