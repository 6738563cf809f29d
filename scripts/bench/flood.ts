import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoints } from './endpoints.ts';
import { secretForm } from './form.ts';
import { type Answer, from, type Lane, openLane } from './lane.ts';
import { PersonBrowser } from './person-browser.ts';
import { authorizationRequest } from './sign-in.ts';
import type { Target } from './target.ts';

/** What the issue on load names. */
export const guessesPerMinute = 10_000;

/** From the fifth wrong password in a row on people wait, and no hash is made. */
const guessesEach = 4;
const lanes = 32;
const longestWay = 6;

/** A browser at its password page, from an address of its own. */
export interface Guesser {
  guess(lane: Lane): Promise<Answer>;
}

/** As many as `seconds` of the flood need. Nobody has the names they type, so that nobody is held for it. */
export async function prepareGuessers(target: Target, endpoints: Endpoints, seconds: number): Promise<Guesser[]> {
  const count = Math.ceil(((guessesPerMinute / 60) * seconds) / guessesEach);
  const waiting = Array.from({ length: count }, (_, at) => at);
  const guessers: Guesser[] = [];
  const work = Array.from({ length: lanes }, async () => {
    const lane = openLane(target);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      guessers.push(await arrive(lane, target, endpoints, at));
    }
    lane.close();
  });
  await Promise.all(work);
  return guessers;
}

async function arrive(through: Lane, target: Target, endpoints: Endpoints, at: number): Promise<Guesser> {
  const address = `10.${(at >> 8) & 255}.${at & 255}.7`;
  const browser = new PersonBrowser(from(address, through));
  let here = authorizationRequest(target, endpoints, randomBytes(32).toString('base64url'));
  let answer = await browser.ask(here);
  for (let hops = 0; hops < longestWay; hops += 1) {
    const form = answer.status === 200 ? secretForm(answer.body) : undefined;
    if (form !== undefined) {
      const fields = Object.fromEntries(form.fields);
      const identifier = `nobody-${at}@bench.example`;
      const action = new URL(form.action, here);
      // Another one each time, as of a list of what leaked elsewhere.
      const typed = () => ({ ...fields, identifier, password: randomBytes(9).toString('base64url') });
      return { guess: (lane) => browser.through(from(address, lane)).ask(action, { form: typed() }) };
    }
    if (answer.location === undefined) break;
    here = answer.location;
    answer = await browser.ask(here);
  }
  throw new Error(`flood: no page for a password (${answer.status})`);
}

/** Posts guesses at their pace, whether or not earlier ones are answered. Returns how many were answered by which status. */
export async function flood(
  target: Target,
  guessers: readonly Guesser[],
  seconds: number,
): Promise<ReadonlyMap<number, number>> {
  const free = Array.from({ length: 256 }, () => openLane(target));
  const all = [...free];
  const betweenMs = 60_000 / guessesPerMinute;
  const startedAt = performance.now();
  const answers = new Map<number, number>();
  const under: Promise<void>[] = [];
  for (let sent = 0; sent * betweenMs < seconds * 1000; sent += 1) {
    const early = startedAt + sent * betweenMs - performance.now();
    if (early > 1) await pause(early);
    const lane = free.pop();
    const guesser = guessers[sent % guessers.length];
    if (lane === undefined || guesser === undefined) continue;
    under.push(
      guesser.guess(lane).then(
        ({ status }) => {
          answers.set(status, (answers.get(status) ?? 0) + 1);
          free.push(lane);
        },
        () => void free.push(lane),
      ),
    );
  }
  await Promise.all(under);
  for (const lane of all) lane.close();
  return answers;
}
