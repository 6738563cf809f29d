import type { Telephony } from '../../messaging/index.ts';
import type { Methods } from '../factor.ts';
import type { AskedCodes } from './asked.ts';

/** What the pieces of this factor work with. */
export interface PhoneParts {
  readonly methods: Methods;
  readonly telephony: Telephony;
  readonly asked: AskedCodes;
  /** What is kept of a number for look-ups: keyed, and apart by realm. */
  readonly hashOf: (realm: string, number: string) => string;
}
