import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/index.ts';
import { aDatabase, onMongo } from '../nodes/databases.ts';
import { aKeyring } from '../support/store.ts';

const program = fileURLToPath(new URL('./reminding.ts', import.meta.url));
const actor = { kind: 'operator' } as const;
const people = 24;
const dayMs = 86_400_000;
/** Longer than any lease. */
const apartMs = 15 * 60_000;

const file = `realm: crash
name: Crash
policy: { methods: [totp] }
portals:
  - { clientId: inbox, name: Inbox, redirectUris: ["https://inbox.example/cb"] }
`;

function remindsOnce(database: () => string | undefined): void {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'gatehouse-reminders-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function open(settings: Record<string, string>, now: () => Date): Promise<App> {
    const read = readConfig(settings);
    if (!read.ok) throw new Error(read.faults.join('\n'));
    return createApp({ config: read.config, keyring: aKeyring(), clock: { now }, log: pino({ level: 'silent' }) });
  }

  async function remind(settings: Record<string, string>, killAfter: number, aheadMs: number) {
    const words = [String(killAfter), String(aheadMs), JSON.stringify(settings)];
    const child = spawn(process.execPath, ['--no-warnings', program, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === killAfter) child.kill('SIGKILL');
    }
    return lines;
  }

  it('F1: everybody is reminded of a roll-out once, nobody twice and nobody not, wherever in it the process is killed', async () => {
    const address = database();
    const settings = { GATEHOUSE_DATA: home, ...(address === undefined ? {} : { GATEHOUSE_DATABASE: address }) };
    let aheadMs = 0;
    const now = () => new Date(Date.now() + aheadMs);
    const first = await open(settings, now);
    const applied = await first.realms.apply(file, 'crash.yaml', { actor });
    if (!applied.ok) throw new Error(JSON.stringify(applied.faults));
    const addresses = Array.from({ length: people }, (_, at) => `person${at}@crash.example`);
    for (const email of addresses) await first.people.create({ realm: 'crash', name: email, email });
    const made = await first.rollouts.create(
      {
        ...{ realm: 'crash', name: 'Autumn', rules: { secondFactor: 'required' } },
        waves: [{ startsAt: new Date(now().getTime() - 4 * dayMs), share: 100 }],
      },
      actor,
    );
    if (!made.ok) throw new Error(made.faults.join('; '));
    await first.rollouts.start(made.rollout, actor);
    while ((await first.drain()) > 0);
    await first.stop();

    let kills = 0;
    for (let lines: readonly string[] = []; lines.at(-1) !== 'done'; kills += 1) {
      expect(kills).toBeLessThan(40);
      // Sooner, later, and at the very first write.
      lines = await remind(settings, 1 + 5 * kills, aheadMs);
      aheadMs += apartMs;
    }
    expect(kills).toBeGreaterThan(3);

    const last = await open(settings, now);
    await last.rollouts.workOnce();
    while ((await last.drain()) > 0);
    while ((await last.messaging.workOnce()) > 0);
    const { items } = await last.messaging.outbox.list({ limit: 500 });
    expect(items.map(({ to }) => to).toSorted()).toEqual(addresses.toSorted());
    await last.stop();
  }, 300_000);
}

describe('kill -9 during reminders, on SQLite', () => {
  remindsOnce(() => undefined);
});

onMongo((server) => remindsOnce(() => aDatabase(server()?.uri)), { title: 'kill -9 during reminders, on MongoDB' });
