import { randomBytes } from 'node:crypto';
import { sameText } from '../kernel/index.ts';
import { codeOf, type Seed, timeStep } from './one-time-code.ts';

/** A generator as far as its codes are concerned. */
export interface Generator extends Seed {
  readonly kind: 'totp' | 'hotp';
  /** Of time-based ones. */
  readonly periodS: number;
  /** The least counter (time step) whose code was not spent. */
  readonly nextCounter: number;
  /** How many steps the clock of a time-based one is ahead of ours, as last seen. */
  readonly driftSteps: number;
}

/** `fresh`: the last counter that is spent with it, and the drift seen. `spent`: a code that was accepted, or one before it. */
export type Match =
  | { readonly is: 'fresh'; readonly counter: number; readonly driftSteps: number }
  | { readonly is: 'spent'; readonly counter: number }
  | { readonly is: 'wrong' };

/** Steps accepted on either side of where the token's clock is believed to be. RFC 6238 §5.2. */
const windowSteps = 1;

/** Codes accepted from the next one on: the parameter s of RFC 4226 §7.4. */
export const lookAhead = 10;

/** How far two consecutive codes may lead: counters ahead, or steps between the token's clock and ours. RFC 4226 §7.4. */
export const resyncWindow = 100;

/**
 * What one code proves. As much work for every token, of either kind, and for the decoy: eleven codes.
 * The earliest counter that fits is taken, so that a spent code never passes for a later one that happens to be the same.
 */
export function matchOne(token: Generator, code: string, now: Date): Match {
  const isTimed = token.kind === 'totp';
  const first = isTimed ? timeStep(token.periodS, now) + token.driftSteps - windowSteps : token.nextCounter - 1;
  const last = isTimed ? first + 2 * windowSteps : token.nextCounter - 1 + lookAhead;
  let found: number | undefined;
  for (let counter = first + lookAhead; counter >= first; counter -= 1) {
    if (isCodeOf(token, counter, code) && counter <= last) found = counter;
  }
  return judge(token, found, found, now);
}

/**
 * What two consecutive codes prove, in the larger window: 202 codes for every token. Both must be unspent.
 * RFC 4226 §7.4: "ask for … several successive HOTP values".
 */
export function matchTwo(token: Generator, codes: readonly [string, string], now: Date): Match {
  const first =
    token.kind === 'totp' ? timeStep(token.periodS, now) - resyncWindow - 1 : Math.max(-1, token.nextCounter - 2);
  const count = 2 * resyncWindow + 2;
  // Two unspent codes within the window ahead; the two before it are looked at to tell a form that was posted twice.
  const last = token.kind === 'totp' ? first + 2 * resyncWindow : token.nextCounter + resyncWindow - 2;
  let found: number | undefined;
  let isNextRight = false;
  for (let counter = first + count - 1; counter >= first; counter -= 1) {
    const isFirst = isCodeOf(token, counter, codes[0]);
    if (isFirst && isNextRight && counter <= last) found = counter;
    isNextRight = isCodeOf(token, counter, codes[1]);
  }
  return judge(token, found, found === undefined ? undefined : found + 1, now);
}

function judge(token: Generator, from: number | undefined, to: number | undefined, now: Date): Match {
  if (from === undefined || to === undefined) return { is: 'wrong' };
  if (from < token.nextCounter) return { is: 'spent', counter: to };
  if (token.kind === 'hotp') return { is: 'fresh', counter: to, driftSteps: 0 };
  const driftSteps = to - timeStep(token.periodS, now);
  return Math.abs(driftSteps) > resyncWindow ? { is: 'wrong' } : { is: 'fresh', counter: to, driftSteps };
}

function isCodeOf(token: Generator, counter: number, code: string): boolean {
  const right = codeOf(token, Math.max(0, counter));
  return sameText(right, code) && counter >= 0;
}

/** In the place of a token that is not there: costs the same, and no code is ever right. */
const decoy: Generator = {
  kind: 'totp',
  secret: randomBytes(20).toString('base64'),
  algorithm: 'sha1',
  digits: 6,
  periodS: 30,
  nextCounter: 0,
  driftSteps: 0,
};

/** `token` undefined: as much work, and `wrong`. `codes`: one, or two consecutive ones. */
export function matchCodes(token: Generator | undefined, codes: readonly string[], now: Date): Match {
  const [one = '', two] = codes;
  const match = two === undefined ? matchOne(token ?? decoy, one, now) : matchTwo(token ?? decoy, [one, two], now);
  return token === undefined ? { is: 'wrong' } : match;
}
