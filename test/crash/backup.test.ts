import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aMember, realmFileOf, stepNow, tryCode } from './crowd.ts';
import { broken } from './kill-again.ts';
import { aVictim, type Victim } from './victim.ts';

describe('a backup of a server that serves', () => {
  const victims: Victim[] = [];
  let home = '';
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'gatehouse-backup-'));
  });
  afterAll(async () => {
    for (const victim of victims) {
      await victim.kill();
      await victim.remove();
    }
    await rm(home, { recursive: true });
  });

  it('F10: restored on an empty machine lets everybody in by their next code, and by no code that was used before', async () => {
    const members = Array.from({ length: 4 }, (_, at) => aMember(`kept${at}`));
    const file = join(home, 'x.backup');
    const old = await aVictim(realmFileOf(members));
    victims.push(old);
    await old.start();
    const step = stepNow(old);
    for (const member of members) expect(await tryCode(old, member, step)).toBe(true);
    const before = members.map(({ accepted, completed }) => ({
      accepted: new Map(accepted),
      completed: [...completed],
    }));
    // Sign-ins go on while it is made.
    const [made] = await Promise.all([
      old.gatehouse('backup', file),
      ...members.map((member) => tryCode(old, member, step + 1)),
    ]);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('documents') });
    expect(await old.gatehouse('restore', file, '--force')).toMatchObject({
      code: 1,
      out: expect.stringContaining('a server works on the database'),
    });
    await old.kill();

    const dataDir = join(home, 'data');
    await mkdir(dataDir);
    // Keys are in no backup: they come another way.
    await cp(join(old.dataDir, 'development.keys'), join(dataDir, 'development.keys'));
    const fresh = await aVictim(realmFileOf(members), { dataDir });
    victims.push(fresh);
    expect(await fresh.gatehouse('restore', file)).toMatchObject({ code: 0 });
    await fresh.start();
    const restored = members.map((member, at) => Object.assign(aMember(member.username), before[at]));
    // By a clock that was put back the code is of its time again; it is spent all the same.
    await fresh.setAhead(step * 30_000 + 1_000 - Date.now());
    for (const member of restored) expect(await tryCode(fresh, member, step)).toBe(false);
    await fresh.setAhead((step + 10) * 30_000 - Date.now());
    for (const member of restored) expect(await tryCode(fresh, member, step + 10)).toBe(true);
    expect(await broken(fresh, restored, [])).toEqual([]);
    expect(fresh.integrity()).toBe('ok');
  });
});
