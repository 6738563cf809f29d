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
    const { status, message, cause } = error as { status?: number; message?: string; cause?: { message?: string } };
    if (status !== undefined) return { ok: false, reply: `status ${status}` };
    // "fetch failed" says nothing; what lies behind it names the host that refused, or the name that is none.
    const said = [message ?? 'no answer', ...(cause?.message === undefined ? [] : [cause.message])];
    return { ok: false, reply: said.join(': ').slice(0, 200) };
  }
}
