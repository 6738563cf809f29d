import type { Clock, Keyring } from '../../kernel/index.ts';
import type { Realms } from '../../realm/index.ts';
import type { Log, Store } from '../../store/index.ts';
import type { Allowance } from '../allowance/allowance.ts';
import type { MessageViews } from '../render.ts';
import { createAddresses } from '../twilio/addresses.ts';
import { createCallbacks, type JudgeTwilioCallback } from '../twilio/callbacks.ts';
import { createTwilioGateway, type TwilioAccount } from '../twilio/gateway.ts';
import { createSimChange } from '../twilio/sim-change.ts';
import { createSpoken } from '../twilio/spoken.ts';
import { createCall, type GoOn } from './call.ts';
import { createOutboxTelephone, type OutboxOfCalls } from './outbox-gateway.ts';
import { simRulesOf } from './sim-changes.ts';
import { createTelephony, type Telephony } from './telephony.ts';
import { createWords } from './words.ts';

export interface TelephonySetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly views: Pick<MessageViews, 'catalogues'>;
  readonly allowance: Allowance;
  readonly realms: Pick<Realms, 'get'>;
  /** Where the provider reaches us. */
  readonly origin: string;
  readonly twilio: TwilioAccount | undefined;
  /** Shows what nobody carries; development only. Asked for when something is sent. */
  readonly outbox: (() => OutboxOfCalls) | undefined;
}

/** Codes by telephone, with whoever carries them here: Twilio, the development outbox, nobody. */
export function openTelephony(given: TelephonySetting): {
  readonly telephony: Telephony;
  /** What Twilio calls back goes here; undefined where it is not set up. */
  readonly judgeTwilio: JudgeTwilioCallback | undefined;
  /** Presses keys in a call that the outbox shows; undefined where a provider carries calls. False: no such call waits. */
  readonly pressKeys: ((id: string, keys: string) => Promise<boolean>) | undefined;
} {
  const { store, clock, keyring, log, allowance, origin, twilio, outbox } = given;
  const words = createWords(given.views);
  const addresses = createAddresses({ origin, keyring });
  const spoken = createSpoken(words);
  const carriedByTwilio = (account: TwilioAccount) =>
    createTwilioGateway(account, { addresses, spoken, simChange: createSimChange(account) });
  // Made below: what judges the keys of a call works with what carries it.
  const goOn: GoOn = (script, keys) => call(script, keys);
  const shown =
    twilio !== undefined || outbox === undefined ? undefined : createOutboxTelephone({ outbox, words, goOn });
  const gateway = twilio === undefined ? shown?.gateway : carriedByTwilio(twilio);
  const simRules = simRulesOf(given.realms);
  const { telephony, news } = createTelephony({ store, clock, log, words, gateway, allowance, simRules });
  const call = createCall({ news, clock });
  if (twilio === undefined) return { telephony, judgeTwilio: undefined, pressKeys: shown?.press };
  const { authToken } = twilio;
  const judgeTwilio = createCallbacks({ authToken, addresses, spoken, news, goOn });
  return { telephony, judgeTwilio, pressKeys: undefined };
}
