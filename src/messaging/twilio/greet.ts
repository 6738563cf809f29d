import { openTwilio, type TwilioAccount } from './gateway.ts';

/** What a configuration says of Twilio: all of it, or nothing. */
export function twilioOf(given: {
  readonly twilioAccountSid: string | undefined;
  readonly twilioAuthToken: string | undefined;
  readonly twilioFrom: string | undefined;
  readonly twilioUrl: string | undefined;
}): TwilioAccount | undefined {
  const { twilioAccountSid: accountSid, twilioAuthToken: authToken, twilioFrom: from, twilioUrl: url } = given;
  if (accountSid === undefined || authToken === undefined || from === undefined) return undefined;
  return { accountSid, authToken, from, url };
}

/** Asks Twilio for the account itself; sends nothing. `status`: `active`, `suspended`. */
export async function greetTwilio(
  account: TwilioAccount,
  deadlineMs = 5_000,
): Promise<{ readonly ok: true; readonly status: string } | { readonly ok: false; readonly reply: string }> {
  try {
    const twilio = await openTwilio(account, deadlineMs);
    const { status } = await twilio.api.v2010.accounts(account.accountSid).fetch();
    return status === 'active' ? { ok: true, status } : { ok: false, reply: `the account is ${status}` };
  } catch (error) {
    const { status, message } = error as { status?: number; message?: string };
    return { ok: false, reply: status === undefined ? (message ?? 'no answer').slice(0, 200) : `status ${status}` };
  }
}
