/** `12.50 EUR` */
export const amount = (micros: number, currency: string): string => `${(micros / 1_000_000).toFixed(2)} ${currency}`;
