import type { Facts } from './facts.ts';

/** What `amr` says of codes that travelled by a channel. RFC 8176 §2. */
const channelOf: ReadonlyMap<string, 'sms' | 'voice'> = new Map([
  ['sms', 'sms'],
  ['tel', 'voice'],
]);

/** Of second factors. */
const seconds: ReadonlySet<string> = new Set(['otp', 'sms', 'tel', 'hwk', 'swk']);

/**
 * Whether a second factor came only by channels that are closed here: proven where they are open, it opens nothing where
 * they are not. `kinds`: those that policy allows here.
 */
export function isByClosedChannel(
  { rules, factors }: Pick<Facts, 'rules' | 'factors'>,
  kinds: readonly string[],
  amr: readonly string[],
): boolean {
  const isClosed = (value: string) => {
    const channel = channelOf.get(value);
    if (channel === undefined) return false;
    return rules[channel].value === 'not' || !kinds.some((kind) => factors.get(kind)?.channels?.includes(channel));
  };
  const given = amr.filter((value) => seconds.has(value));
  return given.length > 0 && given.every(isClosed);
}
