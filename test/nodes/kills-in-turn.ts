import { setTimeout as pause } from 'node:timers/promises';
import type { Passed } from './front-door.ts';
import type { Town } from './town.ts';
import { code, redeem, somebody, type Townsperson, toChallenge, told } from './townspeople.ts';
import { type Journey, signInWhateverHappens } from './whatever-happens.ts';

export interface KilledInTurn extends Passed {
  readonly kills: number;
  readonly slowestStartMs: number;
  readonly signIns: number;
  /** Cut off in the middle, and ended by going on. */
  readonly wentOn: number;
  /** Cut off in the middle, and begun anew. */
  readonly beganAnew: number;
  /** Used codes that were tried again in another browser, in their time. */
  readonly replays: number;
  readonly faults: readonly string[];
}

export interface KillingInTurn {
  readonly kills: number;
  /** From one node's death to the next one's. */
  readonly everyMs: number;
  /** So many people sign in at a time, one after another. */
  readonly lanes: number;
  readonly tell?: (line: string) => void;
}

/** F3: of the requests that no node was at when it died, so many may fail. */
const bearableShare = 0.001;

/** People sign in through the proxy, and now one node is killed and now the other. */
export async function killInTurn(town: Town, given: KillingInTurn): Promise<KilledInTurn> {
  const { kills, everyMs, lanes, tell = () => {} } = given;
  const [faults, done]: [string[], { person: Townsperson; journey: Journey }[]] = [[], []];
  const over = new AbortController();
  let [replays, slowestStartMs] = [0, 0];

  async function lane(): Promise<void> {
    while (!over.signal.aborted) {
      const person = await somebody(town);
      const journey = await signInWhateverHappens(town, person);
      done.push({ person, journey });
      // The portal's exchange is not tried again: what was cut off may have been done.
      if (journey.given !== undefined) await redeem(town, journey.given);
      if (done.length % 3 === 0 && (await isTakenAgain(town, person, journey.shown, faults))) replays += 1;
    }
  }

  async function killer(): Promise<void> {
    for (let kill = 0; kill < kills; kill += 1) {
      await pause(everyMs);
      const node = town.nodes[kill % town.nodes.length];
      await node?.kill();
      const begun = performance.now();
      await node?.start();
      slowestStartMs = Math.max(slowestStartMs, Math.round(performance.now() - begun));
      tell(`${kill + 1} of ${kills} kills, ${done.length} sign-ins`);
    }
    await pause(everyMs);
  }

  await Promise.all([killer().finally(() => over.abort()), ...Array.from({ length: lanes }, lane)]);
  for (const { person, journey } of done) {
    const records = (await told(town, 'sign_in.completed', person.user.id)).length;
    // A sign-in that was cut off may have been completed, and was completed again after it was begun anew.
    const isRight = records === 1 || (records > 1 && journey.beganAnew >= records - 1);
    if (!isRight || journey.given === undefined)
      faults.push(`${person.username}: ${records} records; ${JSON.stringify(journey)}`);
  }
  const passed = town.passed();
  if (passed.failed > bearableShare * passed.answered) faults.push(`${passed.failed} requests failed`);
  return {
    ...{ kills, slowestStartMs, ...passed, replays },
    signIns: done.length,
    wentOn: done.filter(({ journey }) => journey.cutOff > 0 && journey.beganAnew === 0).length,
    beganAnew: done.filter(({ journey }) => journey.beganAnew > 0).length,
    faults,
  };
}

/** Tries it in another browser; false when that was cut off. */
async function isTakenAgain(town: Town, person: Townsperson, shown: string, faults: string[]): Promise<boolean> {
  // Its time must not be over, or it would be refused for that.
  if (![code(-1), code(), code(1)].includes(shown)) return false;
  const browser = await toChallenge(town, town.visitor(), person).catch(() => undefined);
  if (browser === undefined) return false;
  await browser.fill({ code: shown }).submit();
  if (browser.page.location?.searchParams.has('code') === true)
    faults.push(`${person.username}: the code ${shown} was taken twice`);
  return browser.page.status !== 502;
}
