/**
 * `npm run soak:hostile`: one server, and how long others wait for it while it is sent what it does not take (B6), while
 * 1,000 clients are slow (B7), and while 10,000 passwords a minute are guessed from many addresses. Says the figures;
 * exit code 1 where one is beyond what is promised. For a machine that does nothing else.
 */
import {
  aLongForm,
  bomb,
  deepArray,
  deepObject,
  doorsOf,
  type Hostile,
  longHeaders,
  manyFields,
  send,
} from '../test/nodes/hostile.ts';
import { aTown } from '../test/nodes/town.ts';
import { signIn, somebody } from '../test/nodes/townspeople.ts';
import { guessingFlood } from './soak/guessing-flood.ts';
import { beside, type Waits, waitsOf } from './soak/others.ts';
import { report } from './soak/report.ts';
import { slowClients } from './soak/slow-clients.ts';

const phaseMs = 5_000;
const signInPhaseMs = 15_000;
const stallMs = 200;

const town = await aTown();
try {
  const port = town.nodes[0]?.port ?? 0;
  const doors = await doorsOf(town);
  const other = town.visitor(town.nodes[0]);
  const askPage = async () => {
    const { status } = await other.request(`${town.issuer()}/.well-known/openid-configuration`);
    if (status !== 200) throw new Error(`others are answered with ${status}`);
  };
  const faults: string[] = [];
  const others: Record<string, Waits> = {};

  await waitsOf(askPage, phaseMs);
  others['nothing else'] = await waitsOf(askPage, phaseMs);
  const packed = { 'content-encoding': 'gzip' };
  const hostile: Readonly<Record<string, Hostile>> = {
    'forms of 2 MiB': doors.signInForm(aLongForm),
    '10,000 fields': doors.signInForm(manyFields),
    'JSON 9,000 deep, objects': doors.registration(deepObject),
    'JSON 9,000 deep, arrays': doors.registration(`{"redirect_uris":${deepArray}}`),
    'a gzip bomb': doors.registration(bomb, packed),
    '64 KiB of headers': doors.tokenForm('grant_type=none', longHeaders[0]),
  };
  for (const [name, each] of Object.entries(hostile)) {
    // Whoever is answered in the middle of what they send may find the connection gone.
    const act = () => send(port, each).catch(() => undefined);
    const waits = await beside(4, act, () => waitsOf(askPage, phaseMs));
    others[name] = waits;
    if (waits.maxMs > stallMs) faults.push(`B6: ${name}: somebody else waited ${waits.maxMs} ms`);
  }

  const slow = await slowClients(port, 1_000);
  const beSlow = await waitsOf(askPage, phaseMs);
  const held = slow.held();
  others[`${held} slow clients`] = beSlow;
  const cutOffMs = await slow.cutOffMs;
  if (held < 1_000) faults.push(`B7: only ${held} of 1,000 slow clients were held while others asked`);
  if (cutOffMs > 30_000) faults.push(`B7: the last slow client was cut off after ${cutOffMs} ms`);
  const quiet = await waitsOf(askPage, phaseMs);
  others['nothing else, again'] = quiet;
  if (beSlow.p99Ms > 2 * quiet.p99Ms) faults.push(`B7: p99 of others ${beSlow.p99Ms} ms, without ${quiet.p99Ms} ms`);

  const signInOnce = async () => void (await signIn(town, town.visitor(town.nodes[0]), await somebody(town)));
  const alone = await waitsOf(signInOnce, signInPhaseMs);
  const { waits: amid, answers } = await guessingFlood(town, () => waitsOf(signInOnce, signInPhaseMs));
  if (amid.p50Ms > 1.5 * alone.p50Ms)
    faults.push(`guessing: a sign-in takes ${amid.p50Ms} ms amid it, ${alone.p50Ms} ms alone`);
  const found = { others, slowClientsCutOffMs: cutOffMs, signIns: { alone, amid, guesses: answers }, faults };
  report(found);
} finally {
  await town.close();
}
