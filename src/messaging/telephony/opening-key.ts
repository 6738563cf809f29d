import { randomInt } from 'node:crypto';

/** One of 1 to 9: 0 reports fraud. Drawn for each call, so that no greeting recorded with tones can have it beforehand. */
export const newOpeningKey = (): string => String(randomInt(1, 10));
