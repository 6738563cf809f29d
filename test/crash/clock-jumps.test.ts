import { aDatabase, onMongo } from '../nodes/databases.ts';
import { aMember, aSession, type Member, realmFileOf, stepNow, tryCode } from './crowd.ts';
import { broken } from './kill-again.ts';
import { aVictim, type Victim } from './victim.ts';

const stepMs = 30_000;
const hourMs = 3_600_000;
/** What people's apps show stays what it is while the server's clock is moved. */
const offBySeconds = [
  [29, true],
  [-29, true],
  [61, false],
  [-61, false],
] as const;

function bearsMovedClocks(database: () => string | undefined): void {
  const members = Array.from({ length: 6 }, (_, at) => aMember(`clock${at}`));
  const [jumper, browser] = members.slice(4) as [Member, Member];
  let victim: Victim;
  /** The beginning of a time step of the real time, at which the apps of all stand still. */
  const step = Math.floor(Date.now() / stepMs);
  const setTo = (ms: number) => victim.setAhead(step * stepMs + ms - Date.now());

  beforeAll(async () => {
    const address = database();
    victim = await aVictim(realmFileOf(members), address === undefined ? {} : { database: address });
    await victim.start();
  });
  afterAll(async () => {
    await victim.kill();
    await victim.remove();
  });

  it.each(offBySeconds)('F6: a clock that is %i s off takes a code: %s', async (seconds, isTaken) => {
    const member = members[offBySeconds.findIndex(([each]) => each === seconds)] as Member;
    await setTo(seconds * 1000);
    expect(await tryCode(victim, member, step)).toBe(isTaken);
    expect(member.accepted.has(step)).toBe(isTaken);
  });

  it('F6: a clock that jumps an hour ahead and two back takes no code that was used, restarted or not', async () => {
    await setTo(1_000);
    expect(await tryCode(victim, jumper, step)).toBe(true);
    await setTo(hourMs + 1_000);
    const later = stepNow(victim);
    expect(await tryCode(victim, jumper, later)).toBe(true);
    await setTo(1_000);
    for (const used of [step, later]) expect(await tryCode(victim, jumper, used)).toBe(false);
    await setTo(1_000 - hourMs);
    expect(await tryCode(victim, jumper, step - hourMs / stepMs)).toBe(false);

    await victim.kill();
    await victim.start();
    await setTo(1_000);
    for (const used of [step, later]) expect(await tryCode(victim, jumper, used)).toBe(false);
    // Whose clock is right again signs in with what was not used yet.
    await setTo(hourMs + 2 * stepMs + 1_000);
    expect(await tryCode(victim, jumper, later + 2)).toBe(true);
    expect(await broken(victim, [jumper], [])).toEqual([]);
  });

  it('F6: a session of an hour ahead ends when the clock is put right, and no session outlives its day', async () => {
    await setTo(2 * hourMs);
    const ahead = await aSession(victim, browser);
    expect(await ahead()).toBe(true);
    await setTo(hourMs);
    expect(await ahead()).toBe(false);
    await setTo(3 * hourMs);
    const session = await aSession(victim, browser);
    expect(await session()).toBe(true);
    await setTo(3 * hourMs + 24 * hourMs + stepMs);
    expect(await session()).toBe(false);
  });
}

describe('a clock that is moved, on SQLite', () => {
  bearsMovedClocks(() => undefined);
});

onMongo((server) => bearsMovedClocks(() => aDatabase(server()?.uri)), { title: 'a clock that is moved, on MongoDB' });
