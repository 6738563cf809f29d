import type { GoOn, Turn } from '../telephony/call.ts';
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
  readonly news: Pick<TelephonyNews, 'told'>;
  readonly goOn: GoOn;
}

/**
 * Judges what Twilio calls back. Only what is signed for the very address that we gave out counts; what comes twice,
 * late, or for a send that nobody knows changes nothing.
 */
export function createCallbacks(parts: CallbackParts): JudgeTwilioCallback {
  const { addresses, spoken, news, goOn } = parts;

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
    const turn: Turn = script === undefined ? { does: 'hang_up' } : await goOn(script, params['Digits'] ?? '');
    const answer = turn.does === 'ask' ? addresses.of('voice', id, turn.script) : '';
    return { xml: await spoken.say(turn, answer) };
  };
}

type Told = Parameters<TelephonyNews['told']>[1];

const states: Readonly<Record<string, Told>> = {
  queued: 'taken',
  accepted: 'taken',
  sending: 'taken',
  sent: 'taken',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'unreachable',
  initiated: 'taken',
  ringing: 'taken',
  // Answered, perhaps by a mailbox: keys tell whether somebody is there.
  'in-progress': 'taken',
  completed: 'unheard',
  busy: 'unreachable',
  'no-answer': 'unreachable',
  failed: 'unreachable',
  canceled: 'unreachable',
};

/** `MessageStatus` and `CallStatus` of Twilio's status callbacks; undefined: one that says nothing to us. */
function stateOf(params: Readonly<Record<string, string>>): Told | undefined {
  const status = params['MessageStatus'] ?? params['CallStatus'] ?? '';
  return Object.hasOwn(states, status) ? states[status] : undefined;
}
