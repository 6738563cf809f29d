import type { Clock } from '../../kernel/index.ts';
import type { Log, Store } from '../../store/index.ts';
import type { Allowance, CodeMessage } from '../allowance/allowance.ts';
import { createCarrier } from './carrier.ts';
import type { CallScript, Destination, Dispatch, Gateway } from './gateway.ts';
import { newOpeningKey } from './opening-key.ts';
import { createSends, type Send, type SendState, type Sends, type Withheld } from './sends.ts';
import type { SimRules, SimVerdict } from './sim-changes.ts';
import type { Words } from './words.ts';

/** A code for one person in one sign-in. */
export interface PhoneCode extends Omit<CodeMessage, 'number' | 'addressRange'> {
  /** Sent at most once, however often and by however many it is asked for. */
  readonly id: string;
  readonly realmName: string;
  /** Where the code is to be typed: names the origin in messages. */
  readonly issuer: string;
  readonly to: Destination;
  /** Called when the first does not answer. */
  readonly backup?: Destination | undefined;
  readonly locale: string;
  /** Absent: a call that asks for the digits of the sign-in page. */
  readonly code?: string | undefined;
  readonly until: Date;
  /** Since when the number is the person's. Absent: it is only about to be. */
  readonly boundAt?: Date | undefined;
  /** The client's, and its range. */
  readonly address: string;
  readonly addressRange: string;
}

/** What is known of a send. `sending`: nothing yet, or who was to send it died. */
export interface SendNews {
  readonly state: SendState;
  readonly channel: 'sms' | 'voice';
  readonly at: Date;
  readonly withheld?: Withheld | undefined;
}

/** Keys that were pressed in a call, judged by whoever sent it. `over`: it is no longer asked for. */
export type JudgeKeys = (send: Send, digits: string, now: Date) => Promise<'right' | 'wrong' | 'over'>;
/** Somebody said in a call that they are not signing in. */
export type TakeReport = (send: Send, now: Date) => Promise<void>;
/** A code was kept back, since the SIM card of the number was changed lately, or nobody says whether it was. */
export type TakeWithheld = (send: Send, why: Exclude<SimVerdict, 'send'>, now: Date) => Promise<void>;

export interface Telephony {
  /** Whether there is anybody to carry messages and calls. */
  readonly isThere: boolean;
  /**
   * Sends once, and answers within two seconds whatever the provider does; what it says later is kept as well. Asked
   * again with the same id it sends nothing. Never throws for a provider's fault.
   */
  send(code: PhoneCode): Promise<void>;
  news(id: string): Promise<SendNews | undefined>;
  /** The code was used. */
  used(id: string): Promise<void>;
  /** Nothing goes to this number until then. */
  hold(number: string, until: Date): Promise<void>;
  /** Set once, by whoever judges. */
  listen(to: { readonly keys: JudgeKeys; readonly report: TakeReport; readonly withheld: TakeWithheld }): void;
}

/** What callbacks of a provider may do. */
export interface TelephonyNews {
  readonly sends: Sends;
  told(id: string, state: 'taken' | 'delivered' | 'unreachable' | 'unheard', script?: CallScript): Promise<void>;
  keys: JudgeKeys;
  report: TakeReport;
}

export interface TelephonyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly words: Words;
  /** Undefined: nobody carries anything. */
  readonly gateway: Gateway | undefined;
  readonly allowance: Allowance;
  /** What a realm says of changed SIM cards; undefined: nobody is asked. */
  simRules(realm: string): Promise<SimRules | undefined>;
}

/** Create before `store.bootstrap()`. */
export function createTelephony(parts: TelephonyParts): {
  readonly telephony: Telephony;
  readonly news: TelephonyNews;
} {
  const { clock, words, gateway, allowance, log } = parts;
  const sends = createSends(parts.store);
  let listener: Parameters<Telephony['listen']>[0] | undefined;
  const carrier = createCarrier({
    ...{ gateway, sends, allowance, clock, log, simRules: parts.simRules },
    withheld: async (send, verdict) => listener?.withheld(send, verdict, clock.now()),
  });

  function dispatchOf(code: PhoneCode, at: Date): Dispatch {
    const lang = words.language(code.locale);
    const base = { id: code.id, realm: code.realm, to: code.to, at };
    if (code.channel === 'sms') {
      const { code: digits = '', realmName: realm, issuer } = code;
      return {
        ...base,
        channel: 'sms',
        text: words.message(lang, { realm, code: digits, host: new URL(issuer).hostname }),
      };
    }
    const { id, realmName, backup, until } = code;
    const opensBy = code.code === undefined ? undefined : newOpeningKey();
    const script = { id, realmName, lang, code: code.code, opensBy, backup, turn: 0, until: until.toISOString() };
    return { ...base, channel: 'voice', script };
  }

  const telephony: Telephony = {
    isThere: gateway !== undefined,
    async send(code) {
      const at = clock.now();
      const { id, realm, userId, signIn, channel, to, address, organizationPath, addressRange, boundAt } = code;
      const about = { realm, organizationPath, userId, channel, addressRange, signIn };
      const begun = { ...about, id, to: to.number, address, at, ...(boundAt === undefined ? {} : { boundAt }) };
      const send = await sends.begin(begun);
      if (send === undefined) return;
      const admitted = await allowance.admit({ ...about, number: to.number });
      if (!admitted.ok) {
        const { why, retryAt } = admitted;
        await sends.advance(id, 'withheld', { withheld: { why, ...(retryAt === undefined ? {} : { retryAt }) } });
        return;
      }
      await carrier.carry(send, dispatchOf(code, at), admitted.id);
    },
    async news(id) {
      const send = await sends.get(id);
      return send === undefined
        ? undefined
        : { state: send.state, channel: send.channel, at: send.at, withheld: send.withheld };
    },
    async used(id) {
      const admission = (await sends.get(id))?.admission;
      if (admission !== undefined) await allowance.used(admission);
    },
    hold: (number, until) => allowance.hold(number, until),
    listen(to) {
      listener = to;
    },
  };

  return {
    telephony,
    news: {
      sends,
      async told(id, state, script) {
        const send = await sends.get(id);
        if (send === undefined) return;
        if ((state === 'unreachable' || state === 'unheard') && (await callBackup(send, script))) return;
        if (!(await sends.advance(id, state))) return;
        // A call that was answered arrived, whoever answered: it counts among those whose codes get used, or do not.
        if (state === 'unreachable' && send.admission !== undefined)
          await allowance.failed(send.admission, 'undelivered');
      },
      keys: async (send, digits, now) => (listener === undefined ? 'over' : listener.keys(send, digits, now)),
      report: async (send, now) => listener?.report(send, now),
    },
  };

  /** True: another number is being called instead. It is admitted like any other. */
  async function callBackup(send: Send, script: CallScript | undefined): Promise<boolean> {
    const backup = script?.backup;
    if (script === undefined || backup === undefined || gateway === undefined) return false;
    if (send.state === 'delivered' || clock.now() >= new Date(script.until)) return false;
    if (!(await sends.takeBackup(send.id))) return true;
    const { id, realm, userId, signIn, organizationPath, addressRange } = send;
    const about = { realm, organizationPath, userId, signIn, channel: 'voice' as const, addressRange };
    const admitted = await allowance.admit({ ...about, number: backup.number });
    if (!admitted.ok) return false;
    const { backup: _, ...rest } = script;
    const opened = rest.code === undefined ? rest : { ...rest, opensBy: newOpeningKey() };
    return carrier.call(
      send,
      { id, realm, channel: 'voice', to: backup, at: clock.now(), script: opened },
      admitted.id,
    );
  }
}
