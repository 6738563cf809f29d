import type { Config } from '../../config/index.ts';
import { greetTwilio, twilioOf } from '../../messaging/index.ts';
import { type Finding, fault, note, ok } from './finding.ts';

/** Whether Twilio knows the account; sends nothing. */
export async function checkPhone(config: Config): Promise<Finding> {
  const account = twilioOf(config);
  if (account === undefined) {
    const says =
      config.mode === 'production'
        ? 'No Twilio account is set: codes by phone are not offered.'
        : 'No Twilio account is set: codes by phone are shown at /dev/outbox.';
    return note('phone', says);
  }
  const greeted = await greetTwilio(account);
  if (greeted.ok) return ok('phone', `Twilio knows the account (${greeted.status}).`);
  const todo = 'Check GATEHOUSE_TWILIO_ACCOUNT_SID and GATEHOUSE_TWILIO_AUTH_TOKEN, and that Twilio can be reached.';
  return fault('phone', `Twilio does not take us: ${greeted.reply}.`, todo);
}
