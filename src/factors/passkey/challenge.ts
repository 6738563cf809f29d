import { z } from 'zod';
import { randomToken } from '../../kernel/index.ts';
import type { FactorState } from '../factor.ts';

/** WebAuthn Level 3 §15.1: what browsers should wait where a person is to be verified. */
export const timeoutMs = 300_000;

const stateShape = z.object({ challenge: z.string() });

/** §13.4.3: at least 16 random bytes. */
export function challengeState(): FactorState {
  return { challenge: randomToken(32) };
}

/** '' where none is under way: matches nothing. */
export function readChallenge(state: FactorState): string {
  return stateShape.safeParse(state).data?.challenge ?? '';
}
