import type { SimAnswer } from '../telephony/sim-changes.ts';
import { openTwilio, type TwilioAccount } from './gateway.ts';

/** Nobody waits longer: the code is sent, or kept back, without an answer. */
const deadlineMs = 3_000;

/**
 * Asks Twilio Lookup v2 (`Fields=sim_swap`) for the last change of a SIM card. Where the operator gives no date, it says
 * whether there was one in the period that was agreed with Twilio. Never throws.
 */
export function createSimChange(account: TwilioAccount): (number: string) => Promise<SimAnswer> {
  let client: ReturnType<typeof openTwilio> | undefined;

  return async (number) => {
    try {
      const twilio = await (client ??= openTwilio(account, deadlineMs));
      const { simSwap } = await twilio.lookups.v2.phoneNumbers(number).fetch({ fields: 'sim_swap' });
      return read(simSwap);
    } catch (error) {
      const { status, cause, name } = error as { status?: number; cause?: { code?: string }; name?: string };
      const why = status === undefined ? (cause?.code ?? name ?? 'no answer') : `status ${status}`;
      return { is: 'unknown', reply: why };
    }
  };
}

interface SimSwap {
  readonly lastSimSwap?: object | null;
  readonly errorCode?: number | null;
}

function read(simSwap: SimSwap | null): SimAnswer {
  const { lastSimSwap, errorCode } = simSwap ?? {};
  if (typeof errorCode === 'number') return { is: 'unknown', reply: `error ${errorCode}` };
  // As it came: the SDK converts nothing in it, whatever its types say.
  const { last_sim_swap_date: date, swapped_in_period: isInPeriod } = { ...lastSimSwap } as Record<string, unknown>;
  const at = typeof date === 'string' ? new Date(date) : undefined;
  if (at !== undefined && !Number.isNaN(at.getTime())) return { is: 'changed', at };
  if (typeof isInPeriod !== 'boolean') return { is: 'unknown', reply: 'no answer of the operator' };
  return isInPeriod ? { is: 'changed' } : { is: 'same' };
}
