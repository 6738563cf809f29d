import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aMember, realmFileOf, stepNow, tryCode } from './crowd.ts';
import { broken } from './kill-again.ts';
import { aVictim, type Victim } from './victim.ts';

/** A disk of 16 MiB. Undefined where this user may not mount one. */
function aSmallDisk(): { readonly path: string; fill(): void; free(): void; remove(): void } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=700', 'tmpfs', path]);
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const ballast = join(path, 'ballast');
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a');
      // What is left at the end is less than a page.
      for (const size of [1024 * 1024, 4096, 1]) {
        try {
          for (;;) writeSync(file, new Uint8Array(size));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
      closeSync(file);
    },
    free: () => rmSync(ballast),
    remove() {
      spawnSync('umount', [path]);
      rmSync(path, { recursive: true });
    },
  };
}

const disk = aSmallDisk();
if (disk === undefined) console.warn('test/crash/full-disk.test.ts is left out: this user may mount no disk');
const whereDisksCanBeMounted = disk === undefined ? describe.skip : describe;

whereDisksCanBeMounted('a full disk', () => {
  let victim: Victim | undefined;
  afterAll(async () => {
    await victim?.kill();
    await victim?.remove();
    disk?.remove();
  });

  it('F7: brings 503 and nobody in, is said in the log, and is over when there is room again, without a restart', async () => {
    const member = aMember('disk');
    victim = await aVictim(realmFileOf([member]), { dataDir: join(disk?.path ?? '', 'data') });
    await victim.start();
    expect(await tryCode(victim, member, stepNow(victim))).toBe(true);
    await victim.setAhead(60_000);

    disk?.fill();
    const page = `${victim.origin}/realms/crash/auth?client_id=inbox&response_type=code&redirect_uri=${encodeURIComponent('https://inbox.example.test/callback')}&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256`;
    const answers: number[] = [];
    // What the journal has allocated already may still take a few.
    for (let tries = 0; tries < 200 && answers.at(-1) !== 503; tries += 1)
      answers.push((await fetch(page, { redirect: 'manual' })).status);
    expect(answers.at(-1)).toBe(503);
    const step = stepNow(victim);
    await expect(tryCode(victim, member, step)).rejects.toThrow();
    expect(member.accepted.has(step)).toBe(false);
    // Log lines are written together, a moment later.
    const until = performance.now() + 10_000;
    while (!/disk is full/.test(victim.said()) && performance.now() < until)
      expect((await fetch(`${victim.origin}/healthz`)).status).toBe(200);
    expect(victim.said()).toMatch(/disk is full/);
    expect((await fetch(`${victim.origin}/healthz`)).status).toBe(200);

    disk?.free();
    await victim.setAhead(120_000);
    expect(await tryCode(victim, member, stepNow(victim))).toBe(true);
    expect(await broken(victim, [member], [])).toEqual([]);
    await victim.kill();
    expect(victim.integrity()).toBe('ok');
  });
});
