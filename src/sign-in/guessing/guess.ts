import type { Hold } from '../../policy/index.ts';

/** One guess at something of somebody. */
export interface Guess {
  readonly counter: 'password' | 'second_factor';
  readonly realm: string;
  /** Whose it is; absent when nobody has the identifier. */
  readonly person?: {
    readonly id: string;
    readonly name: string;
    /** Who is told. */
    readonly addresses?: readonly string[];
    readonly locale?: string | undefined;
    readonly timeZone?: string | undefined;
  };
  /** Normalised, for `password`: counted alike when nobody has it. */
  readonly identifier?: string;
  /** A browser that this person is known by: has a budget of its own. */
  readonly knownBrowser?: string;
  /** Factor kind. */
  readonly factor?: string;
  readonly isExempt?: boolean;
  /** Wrong codes that the sign-in has seen. */
  readonly alreadyWrong?: number;
  readonly signIn: string;
  readonly portal: string;
  readonly address: string;
  readonly browser: string;
  readonly reference: string;
  /** For messages, when the person has none of their own. */
  readonly locale: string;
}

/** `void`: it was no guess; nothing is counted. */
export interface Judged<T> {
  readonly outcome: 'right' | 'wrong' | 'void';
  readonly value: T;
}

export type Guessed<T> =
  /** `wrongHere`: wrong codes in this sign-in, this one included. */
  | { readonly ok: true; readonly outcome: 'right' | 'wrong' | 'void'; readonly value: T; readonly wrongHere: number }
  | { readonly ok: false; readonly why: 'held'; readonly hold: Hold }
  | { readonly ok: false; readonly why: 'busy' | 'locked' | 'ended' | 'crowded' };

export interface Counted {
  readonly counter: Guess['counter'];
  /** Wrong guesses in a row. */
  readonly wrong: number;
  /** A hold that holds now. */
  readonly hold?: Hold;
}

export interface Guessing {
  /**
   * Takes a place, judges, settles. `judge` runs only within the limits. `admits` is asked first, and told how much that
   * was wrong came from the address range within the hour; where it says no nothing is counted nor written (`crowded`).
   * Throws `too_many` beyond the range's limit.
   */
  guess<T>(
    about: Guess,
    judge: () => Promise<Judged<T>>,
    admits?: (wrongFromRange: number) => boolean,
  ): Promise<Guessed<T>>;
  /**
   * For what can be guessed and is nobody's: only the limit of the address range. `isWrong`: whether the outcome counts.
   * Throws `too_many` beyond it.
   */
  withinAddressLimit<T>(address: string, judge: () => Promise<T>, isWrong: (outcome: T) => boolean): Promise<T>;
  /** A hold on somebody's second factor, if there is one now. */
  secondFactorHold(realm: string, userId: string): Promise<Hold | undefined>;
  /** What is counted against somebody now; of passwords by identifier for unknown browsers, and by known browser. */
  counts(realm: string, userId: string): Promise<readonly Counted[]>;
  /** Forgets what was counted for somebody (an admin, recovery). True when the second factor was locked. */
  reset(realm: string, userId: string): Promise<boolean>;
}
