import type { Clock } from '../../kernel/index.ts';
import type { CallScript } from '../telephony/gateway.ts';
import type { TelephonyNews } from '../telephony/telephony.ts';
import type { Addresses, Topic } from './addresses.ts';
import type { Spoken } from './spoken.ts';

/** A request that says it comes from Twilio. */
export interface Callback {
  readonly topic: Topic;
  readonly id: string;
  /** As it was asked for. */
  readonly pathAndQuery: string;
  readonly signature: string;
  readonly params: Readonly<Record<string, string>>;
}

/** `xml`: what the call does next. Undefined: it is not signed by Twilio. */
export type Answered = { readonly xml: string | undefined } | undefined;

export type JudgeTwilioCallback = (callback: Callback) => Promise<Answered>;

export interface CallbackParts {
  readonly authToken: string;
  readonly addresses: Addresses;
  readonly spoken: Spoken;
  readonly news: TelephonyNews;
  readonly clock: Clock;
}

const turnsAtMost = 3;

/**
 * Judges what Twilio calls back. Only what is signed for the very address that we gave out counts; what comes twice,
 * late, or for a send that nobody knows changes nothing.
 */
export function createCallbacks(parts: CallbackParts): JudgeTwilioCallback {
  const { addresses, spoken, news, clock } = parts;

  return async ({ topic, id, pathAndQuery, signature, params }) => {
    const { validateRequest } = await import('twilio/lib/webhooks/webhooks.js');
    const address = addresses.asCalled(pathAndQuery);
    if (!validateRequest(parts.authToken, signature, address, params)) return undefined;
    const sealed = new URL(address).searchParams.get('script');
    const script = sealed === null ? undefined : addresses.scriptIn(id, sealed);
    if (topic === 'status') {
      const state = stateOf(params);
      if (state !== undefined) await news.told(id, state, script);
      return { xml: undefined };
    }
    return { xml: script === undefined ? await spoken.silence() : await goOn(script, params['Digits'] ?? '') };
  };

  async function goOn(script: CallScript, digits: string): Promise<string> {
    const { id } = script;
    const send = await news.sends.get(id);
    if (send === undefined || clock.now() >= new Date(script.until)) return spoken.end(script, 'over');
    if (!(await news.sends.takeTurn(id, script.turn))) return spoken.silence();
    const next = { ...script, turn: script.turn + 1 };
    const again = (before?: 'wrong') =>
      next.turn >= turnsAtMost
        ? spoken.end(script, 'goodbye')
        : spoken.ask(next, addresses.of('voice', id, next), before);

    if (isReport(script, digits)) {
      await news.report(send, clock.now());
      return spoken.end(script, 'reported');
    }
    if (digits.includes('*')) return again();
    if (script.code !== undefined) return spoken.end(script, 'goodbye');
    if (!/^\d{6}$/.test(digits)) return again();
    const judged = await news.keys(send, digits, clock.now());
    if (judged === 'wrong') return again('wrong');
    return spoken.end(script, judged === 'right' ? 'approved' : 'over');
  }
}

/** 0 alone: "this was not me". Where six digits are asked for, none of them is it. */
function isReport({ code }: CallScript, digits: string): boolean {
  return code === undefined ? /^0{1,5}$/.test(digits) : digits === '0';
}

const states: Readonly<Record<string, 'taken' | 'delivered' | 'unreachable'>> = {
  queued: 'taken',
  accepted: 'taken',
  sending: 'taken',
  sent: 'taken',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'unreachable',
  initiated: 'taken',
  ringing: 'taken',
  'in-progress': 'delivered',
  completed: 'delivered',
  busy: 'unreachable',
  'no-answer': 'unreachable',
  failed: 'unreachable',
  canceled: 'unreachable',
};

/** `MessageStatus` and `CallStatus` of Twilio's status callbacks; undefined: one that says nothing to us. */
function stateOf(params: Readonly<Record<string, string>>): 'taken' | 'delivered' | 'unreachable' | undefined {
  const status = params['MessageStatus'] ?? params['CallStatus'] ?? '';
  return Object.hasOwn(states, status) ? states[status] : undefined;
}
