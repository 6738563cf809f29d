import type { Clock } from '../../kernel/index.ts';
import type { Inspection } from '../../store/index.ts';
import { type Finding, fault, note, ok, warning } from './finding.ts';

/** Codes of authenticator apps live 30 s: beyond the first people are refused, long before the second. Seconds. */
const wrongS = 15;
const oddS = 3;
const patienceMs = 5_000;

/** Against the database's clock, or that of a web server (`timeFrom`: an https address). */
export async function checkClock(
  clock: Clock,
  inspection: Inspection | undefined,
  timeFrom: string | undefined,
): Promise<Finding> {
  if (timeFrom !== undefined) {
    const time = await webTime(timeFrom);
    if (time !== undefined) return judgeClock(clock.now(), time, timeFrom);
    const todo = 'Give another address, or check that this machine may reach it.';
    return warning('clock', `${timeFrom} did not say what time it is.`, todo);
  }
  if (inspection?.time !== undefined) return judgeClock(clock.now(), inspection.time, 'the database');
  return note('clock', 'Not compared: run with --time-from https://… (any web server you trust).');
}

export function judgeClock(here: Date, there: Date, who: string): Finding {
  const offS = Math.round((here.getTime() - there.getTime()) / 100) / 10;
  const says = `This clock is ${Math.abs(offS)} s ${offS < 0 ? 'behind' : 'ahead of'} that of ${who}.`;
  const todo = 'Run a time service (chrony, systemd-timesyncd) on both machines: codes live 30 s.';
  if (Math.abs(offS) >= wrongS) return fault('clock', says, todo);
  if (Math.abs(offS) >= oddS) return warning('clock', says, todo);
  return ok('clock', `The clock agrees with that of ${who}.`);
}

/** The `Date` of its answer (RFC 9110 §6.6.1): whole seconds, so half a one is added. */
async function webTime(address: string): Promise<Date | undefined> {
  try {
    const answer = await fetch(address, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    const at = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(at) ? undefined : new Date(at + 500);
  } catch {
    return undefined;
  }
}
