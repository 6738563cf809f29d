import type { Clock } from '../../kernel/index.ts';
import type { Log } from '../../store/index.ts';
import type { Allowance } from '../allowance/allowance.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import type { Dispatch, Gateway, Taken } from './gateway.ts';
import type { Send, Sends } from './sends.ts';
import { judgeSim, type SimRules, type SimVerdict } from './sim-changes.ts';

/** A page answers within three seconds; this leaves one for the rest of it. */
const patienceMs = 2_000;

export interface CarrierParts {
  readonly gateway: Gateway | undefined;
  readonly sends: Sends;
  readonly allowance: Allowance;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined: the realm asks nobody about changed SIM cards. */
  simRules(realm: string): Promise<SimRules | undefined>;
  /** Told once of each send that a changed card keeps back. */
  withheld(send: Send, verdict: Exclude<SimVerdict, 'send'>): Promise<void>;
}

/** Takes what was admitted to the provider, through the circuit, past what keeps it back. */
export interface Carrier {
  /** Answers within two seconds; what the provider says later is kept as well. */
  carry(send: Send, dispatch: Dispatch, admission: string): Promise<void>;
  /** The same for a second number of the same send, waiting for the provider. True: it is on its way. */
  call(send: Send, dispatch: Dispatch, admission: string): Promise<boolean>;
}

export function createCarrier(parts: CarrierParts): Carrier {
  const { gateway, sends, allowance, clock, log } = parts;
  const circuit: Circuit = createCircuit(clock);

  /** Undefined: nothing left, and why is recorded. `entered`: it is about to. */
  async function hand(
    send: Send,
    dispatch: Dispatch,
    entering: (entered: { done(isFailure: boolean): void }) => void,
  ): Promise<Taken | Exclude<SimVerdict, 'send'>> {
    const verdict = await verdictOn(send, dispatch.to.number);
    if (verdict !== 'send') return verdict;
    const entered = gateway === undefined ? undefined : circuit.enter();
    if (gateway === undefined || entered === undefined) return { ok: false, why: 'away', reply: 'not tried' };
    entering(entered);
    const taken = await gateway.send(dispatch);
    entered.done(!taken.ok && taken.why !== 'refused');
    return taken;
  }

  async function verdictOn({ id, realm, boundAt }: Send, number: string): Promise<SimVerdict> {
    // A number that is only about to be bound: there is nothing to take over.
    if (boundAt === undefined || gateway?.simChange === undefined) return 'send';
    const rules = await parts.simRules(realm);
    if (rules === undefined) return 'send';
    const answer = await gateway.simChange(number);
    if (answer.is === 'unknown')
      log.warn({ send: id, reply: answer.reply }, 'nobody says whether a SIM card was changed');
    return judgeSim(answer, rules, { now: clock.now(), boundAt });
  }

  async function settle(send: Send, admission: string, end: Taken | Exclude<SimVerdict, 'send'>): Promise<void> {
    const { id } = send;
    if (typeof end === 'string') {
      await sends.advance(id, 'withheld', { admission, withheld: { why: end } });
      await allowance.failed(admission, 'refused');
      await parts.withheld(send, end);
      return;
    }
    if (end.ok) {
      const { providerId } = end;
      await sends.advance(id, 'taken', { admission, ...(providerId === undefined ? {} : { providerId }) });
      return;
    }
    log.warn({ send: id, why: end.why, reply: end.reply }, 'a code was not sent');
    await sends.advance(id, end.why, { admission });
    // Where it may have been sent it may be billed.
    if (end.why !== 'unsure') await allowance.failed(admission, 'refused');
  }

  return {
    async carry(send, dispatch, admission) {
      let entered: { done(isFailure: boolean): void } | undefined;
      const settled = hand(send, dispatch, (now) => {
        entered = now;
      }).then((end) => settle(send, admission, end));
      settled.catch((error: unknown) => log.error({ err: error, send: send.id }, 'what became of a code was lost'));
      if (await isWithin(settled, patienceMs)) return;
      // It goes on by itself; the answer is kept when it comes. To have kept a person waiting is failure enough.
      if (entered === undefined) return;
      entered.done(true);
      await sends.advance(send.id, 'unsure', { admission });
    },
    async call(send, dispatch, admission) {
      const end = await hand(send, dispatch, () => undefined);
      if (typeof end === 'string') {
        await allowance.failed(admission, 'refused');
        await parts.withheld(send, end);
        return false;
      }
      if (end.ok) return true;
      log.warn({ send: send.id, why: end.why, reply: end.reply }, 'the second number was not called');
      await allowance.failed(admission, end.why === 'unsure' ? 'undelivered' : 'refused');
      return false;
    },
  };
}

async function isWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
