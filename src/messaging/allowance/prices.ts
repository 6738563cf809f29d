/** What one message or call to numbers with this prefix costs. `*`: all that no other fits. */
export interface Price {
  readonly prefix: string;
  /** In whole units of the currency. */
  readonly sms: number;
  readonly voice: number;
}

export const microsOf = (money: number): number => Math.round(money * 1_000_000);

/** Millionths, by the longest prefix that fits. `number`: E.164. */
export function priceMicros(prices: readonly Price[], number: string, channel: 'sms' | 'voice'): number {
  const digits = number.slice(1);
  let best: Price | undefined;
  for (const price of prices) {
    const fits = price.prefix === '*' || digits.startsWith(price.prefix);
    if (fits && (best === undefined || weight(price) > weight(best))) best = price;
  }
  if (best === undefined) throw new Error('a price table without "*"');
  return microsOf(best[channel]);
}

const weight = ({ prefix }: Price) => (prefix === '*' ? 0 : prefix.length);
