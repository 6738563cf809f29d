import type { Clock, Keyring } from '../../kernel/index.ts';
import type { Log, Store } from '../../store/index.ts';
import type { Allowance } from '../allowance/allowance.ts';
import type { Outbox } from '../outbox.ts';
import type { MessageViews } from '../render.ts';
import { createAddresses } from '../twilio/addresses.ts';
import { createCallbacks, type JudgeTwilioCallback } from '../twilio/callbacks.ts';
import { createTwilioGateway, type TwilioAccount } from '../twilio/gateway.ts';
import { createSpoken } from '../twilio/spoken.ts';
import { createOutboxGateway } from './outbox-gateway.ts';
import { createTelephony, type Telephony } from './telephony.ts';
import { createWords } from './words.ts';

export interface TelephonySetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly views: Pick<MessageViews, 'catalogues'>;
  readonly allowance: Allowance;
  /** Where the provider reaches us. */
  readonly origin: string;
  readonly twilio: TwilioAccount | undefined;
  /** Shows what nobody carries; development only. */
  readonly outbox: Pick<Outbox, 'put'> | undefined;
}

/** Codes by telephone, with whoever carries them here: Twilio, the development outbox, nobody. */
export function openTelephony(given: TelephonySetting): {
  readonly telephony: Telephony;
  /** What Twilio calls back goes here; undefined where it is not set up. */
  readonly judgeTwilio: JudgeTwilioCallback | undefined;
} {
  const { store, clock, keyring, log, allowance, origin, twilio, outbox } = given;
  const words = createWords(given.views);
  const addresses = createAddresses({ origin, keyring });
  const spoken = createSpoken(words);
  const shown = outbox === undefined ? undefined : createOutboxGateway(outbox);
  const gateway = twilio === undefined ? shown : createTwilioGateway(twilio, { addresses, spoken });
  const { telephony, news } = createTelephony({ store, clock, log, words, gateway, allowance });
  if (twilio === undefined) return { telephony, judgeTwilio: undefined };
  const { authToken } = twilio;
  return { telephony, judgeTwilio: createCallbacks({ authToken, addresses, spoken, news, clock }) };
}
