/** A code that is about to be sent by text message or call. */
export interface CodeMessage {
  readonly realm: string;
  /** Ids of the organizations the sign-in is for, outermost first. Empty: none. */
  readonly organizationPath: readonly string[];
  readonly userId: string;
  /** E.164, such as `+12025550140`. */
  readonly number: string;
  readonly channel: 'sms' | 'voice';
  /** Of the browser that asks: its /24 or /56. */
  readonly addressRange: string;
  /** Id of the sign-in, for the log. */
  readonly signIn: string;
}

/**
 * `country`: not on the list of the realm or of an organization. `premium`: premium, shared-cost, toll-free, virtual,
 * or a range that nobody has. `number` to `realm`: that many were sent in the minute, day or month. `budget`: the
 * money of the month is spent. `slowed`: too few codes to that prefix get used. `held`: fraud was reported.
 */
export type AllowanceRefusal =
  | 'country'
  | 'premium'
  | 'number'
  | 'person'
  | 'organization'
  | 'prefix'
  | 'address'
  | 'realm'
  | 'budget'
  | 'slowed'
  | 'held';

export type Admitted =
  /** `priceMicros`: millionths of the realm's currency. */
  | { readonly ok: true; readonly id: string; readonly priceMicros: number }
  /** `retryAt`: when it may work again; absent where waiting does not help. */
  | { readonly ok: false; readonly why: AllowanceRefusal; readonly retryAt?: Date };

/** What may be sent to telephones, and what it may cost. Asked before each message, told what became of it. */
export interface Allowance {
  /** Counts the message and its price everywhere before it is sent. Never over a limit, however many ask together. */
  admit(message: CodeMessage): Promise<Admitted>;
  /** The code was used. Once per message; unknown ids and repetitions change nothing. */
  used(id: string): Promise<void>;
  /**
   * It did not arrive. `refused` (the provider did not take it): its price is given back. `undelivered` (it was taken,
   * and is billed): not. Neither counts in the share of codes that get used; the limits have counted both.
   */
  failed(id: string, how?: 'refused' | 'undelivered'): Promise<void>;
  /** Somebody reported fraud at that number: nothing goes there until then. Never shortens a hold. */
  hold(number: string, until: Date): Promise<void>;
}
