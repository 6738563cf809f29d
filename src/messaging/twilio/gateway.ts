import type { CallDispatch, Gateway, Taken, TextDispatch } from '../telephony/gateway.ts';
import type { Addresses } from './addresses.ts';
import { createHttpClient, Garbled } from './http-client.ts';
import type { Spoken } from './spoken.ts';

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** E.164: the number that messages and calls come from. */
  readonly from: string;
  /** Origin of another Twilio, for tests. */
  readonly url?: string | undefined;
}

/** How long a provider may take before its answer no longer counts. */
const deadlineMs = 15_000;
/** Seconds that a telephone rings. */
const ringS = 25;
/** Seconds that a call may last. */
const callS = 180;

/** Sends through Twilio's SDK, which is loaded with the first code. */
export function createTwilioGateway(
  account: TwilioAccount,
  deps: {
    readonly addresses: Addresses;
    readonly spoken: Spoken;
    readonly simChange: NonNullable<Gateway['simChange']>;
  },
): Gateway {
  const { addresses, spoken, simChange } = deps;
  let client: ReturnType<typeof openTwilio> | undefined;

  return {
    simChange,
    async send(dispatch) {
      try {
        const twilio = await (client ??= openTwilio(account));
        const taken =
          dispatch.channel === 'sms'
            ? await twilio.messages.create(messageOf(dispatch))
            : await twilio.calls.create(await callOf(dispatch));
        // A provider that took it says under which name.
        return typeof taken.sid === 'string' && taken.sid !== ''
          ? { ok: true, providerId: taken.sid }
          : { ok: false, why: 'unsure', reply: 'an answer without a name for what was taken' };
      } catch (error) {
        return judge(error);
      }
    },
  };

  function messageOf({ id, to, text }: TextDispatch) {
    return { to: to.number, from: account.from, body: text, statusCallback: addresses.of('status', id) };
  }

  async function callOf({ id, to, script }: CallDispatch) {
    return {
      to: to.number,
      from: account.from,
      twiml: await spoken.say({ does: 'ask', script, before: 'greeting' }, addresses.of('voice', id, script)),
      ...(to.extension === undefined ? {} : { sendDigits: sendDigitsOf(to.extension) }),
      statusCallback: addresses.of('status', id, script.backup === undefined ? undefined : script),
      statusCallbackEvent: ['ringing', 'answered', 'completed'],
      timeout: ringS,
      timeLimit: callS,
    };
  }
}

/** Twilio's `w` is half a second. The exchange needs one before it hears anything. */
function sendDigitsOf(extension: string): string {
  const keys = extension.replaceAll(',', 'ww');
  return keys.startsWith('w') ? keys : `ww${keys}`;
}

/** The SDK itself takes a quarter of a second to load. */
export async function openTwilio({ accountSid, authToken, url }: TwilioAccount, withinMs = deadlineMs) {
  const { default: Twilio } = await import('twilio');
  const httpClient = createHttpClient({ origin: url, deadlineMs: withinMs });
  type Options = NonNullable<ConstructorParameters<typeof Twilio.Twilio>[2]>;
  // The SDK calls nothing of its client but `request`; its type is the class with everything inside.
  const options = { httpClient } as unknown as Options;
  return new Twilio.Twilio(accountSid, authToken, options);
}

/** What came before an answer was a delivery only where the request was out: a refused connection never is. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function judge(error: unknown): Taken {
  const { status, code, cause, name } = error as {
    status?: number;
    code?: number | string;
    cause?: { code?: string };
    name?: string;
  };
  if (typeof status === 'number') {
    // 400: this number, or this text. 401 to 429: us, our account, our pace.
    const why = status === 400 || status === 404 ? 'refused' : 'away';
    return { ok: false, why, reply: `status ${status}, error ${String(code ?? 'without a number')}` };
  }
  if (error instanceof Garbled) return { ok: false, why: 'unsure', reply: error.message };
  const reason = cause?.code ?? name ?? 'no answer';
  return { ok: false, why: neverSent.has(reason) ? 'away' : 'unsure', reply: reason };
}
