import type { MongoForTests } from '../../scripts/mongodb-for-tests.ts';
import { ask } from '../support/nodes.ts';
import type { Town } from './town.ts';
import { code, somebody, toChallenge, told } from './townspeople.ts';

export interface Outages {
  readonly outages: number;
  readonly slowestRedMs: number;
  readonly slowestGreenMs: number;
  /** What was promised and does not hold; empty when all is well. */
  readonly faults: readonly string[];
}

const pollMs = 20;
const patienceMs = 60_000;

/** Whether every node's `/readyz` answers so. */
export const areAll = async ({ nodes }: Town, status: number): Promise<boolean> =>
  (await Promise.all(nodes.map(({ port }) => ask(port, '/readyz')))).every((each) => each === status);

/** After how many milliseconds all of them do. Throws when they do not. */
export async function untilAllAre(town: Town, status: number): Promise<number> {
  const begun = performance.now();
  while (!(await areAll(town, status))) {
    if (performance.now() - begun > patienceMs) throw new Error(`/readyz is not ${status} after ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return performance.now() - begun;
}

/** Ends the database and starts it again, so many times, each time with a sign-in in the middle. */
export async function outagesInTurn(
  town: Town,
  mongo: MongoForTests,
  outages: number,
  tell: (line: string) => void = () => {},
): Promise<Outages> {
  const faults: string[] = [];
  let [slowestRedMs, slowestGreenMs] = [0, 0];
  for (let outage = 1; outage <= outages; outage += 1) {
    const fault = (text: string) => void faults.push(`outage ${outage}: ${text}`);
    const person = await somebody(town);
    const browser = await toChallenge(town, town.visitor(), person);
    const { url } = browser.page;
    await mongo.halt();
    const [redMs, { status }] = await Promise.all([untilAllAre(town, 503), browser.fill({ code: code() }).submit()]);
    if (status !== 503) fault(`a code was answered with ${status} while the database was away`);
    await mongo.resume();
    const greenMs = await untilAllAre(town, 200);
    await browser.visit(url);
    await browser.fill({ code: code() }).submit();
    if (browser.page.location?.searchParams.has('code') !== true) fault(`not signed in after it: ${browser.page.text}`);
    const [completed, refused] = [
      await told(town, 'sign_in.completed', person.user.id),
      await told(town, 'second_factor.refused', person.user.id),
    ];
    if (completed.length !== 1 || refused.length > 0)
      fault(`${completed.length} sign-ins and ${refused.length} refusals are recorded`);
    slowestRedMs = Math.max(slowestRedMs, Math.round(redMs));
    slowestGreenMs = Math.max(slowestGreenMs, Math.round(greenMs));
    tell(`${outage} of ${outages} outages`);
  }
  return { outages, slowestRedMs, slowestGreenMs, faults };
}
