import { auditEvent } from '../audit/index.ts';
import type { Collection } from '../store/index.ts';
import { givenTo } from './assignments.ts';
import { type StoredToken, tokenId } from './collections.ts';
import { readCredentialId } from './credential-id.ts';
import { type Inventory, isUsable, publicToken } from './inventory.ts';
import { type Match, matchCodes } from './match.ts';
import type { Proof, Token, TokenRules } from './token.ts';

export interface Claimant {
  readonly userId: string;
  /** Organizations whose tokens this person may have, the ones above theirs included. */
  readonly organizations: readonly string[];
  readonly rules: TokenRules;
}

export interface Spending {
  /**
   * Registers a token. One that is unknown, of another realm or organization, somebody else's, blocked, over or shown
   * with a wrong code is `wrong`, after the same work and without a write.
   */
  claim(
    realm: string,
    typedId: string,
    proof: Proof,
    claimant: Claimant,
  ): Promise<{ ok: true; token: Token } | { ok: false; why: 'wrong' | 'replayed' }>;
  /**
   * Accepts a code at most once, over all people who share the token. `unsuitable`: right, of a token that is blocked,
   * over or not this person's any more. `isRepeat`: replayed by the sign-in that spent it.
   */
  spend(
    id: string,
    userId: string,
    proof: Proof,
  ): Promise<{ ok: true } | { ok: false; why: 'wrong' | 'replayed' | 'unsuitable'; isRepeat: boolean }>;
  /** Whether so many codes in a row were wrong that two consecutive ones may bring it back into step. */
  isOutOfStep(id: string): Promise<boolean>;
}

/** Misses after which two consecutive codes are accepted in the larger window. */
export const missesToResync = 2;

/** More says nothing more: the engine counts guesses. */
const mostMisses = 9;

export function createSpending(deps: {
  readonly tokens: Collection<StoredToken>;
  readonly inventory: Inventory;
}): Spending {
  const { tokens, inventory } = deps;

  /** Moves the counter past the match, by compare-and-set: of any number of racers with one code one gets through. */
  async function move(
    id: string,
    match: Match,
    proof: Proof,
    change: (token: StoredToken) => StoredToken | undefined,
  ): Promise<'done' | 'spent' | 'refused'> {
    if (match.is !== 'fresh') return 'spent';
    let why: 'spent' | 'refused' = 'refused';
    const moved = await tokens.update(id, (token) => {
      why = match.counter < token.nextCounter ? 'spent' : 'refused';
      if (why === 'spent') return undefined;
      return change({
        ...token,
        nextCounter: match.counter + 1,
        driftSteps: match.driftSteps,
        misses: 0,
        lastSignIn: proof.signIn,
        lastUsedAt: proof.now,
      });
    });
    return moved.ok ? 'done' : why;
  }

  const wasSpentBy = async (id: string, match: Match, signIn: string) => {
    const token = await tokens.get(id);
    const counter = match.is === 'wrong' ? undefined : match.counter;
    return token?.lastSignIn === signIn && counter === token.nextCounter - 1;
  };

  return {
    async claim(realm, typedId, proof, claimant) {
      // An id that can be none asks for one that nobody has: the same look-up as for any other.
      const id = tokenId(realm, readCredentialId(typedId) ?? '');
      const stored = await inventory.seen(id);
      const match = matchCodes(stored, proof.codes, proof.now);
      if (stored === undefined || match.is === 'wrong' || !isFor(stored, claimant, proof.now))
        return { ok: false, why: 'wrong' };
      if (match.is === 'spent') return { ok: false, why: 'replayed' };
      const moved = await move(id, match, proof, (token) => {
        if (!isFor(token, claimant, proof.now)) return undefined;
        const told = auditEvent(proof.now, {
          type: 'token.registered',
          realm,
          actor: { kind: 'person', id: claimant.userId },
          subject: claimant.userId,
          signIn: proof.signIn,
          details: { credentialId: token.credentialId },
        });
        const theirs = givenTo(token, claimant.userId, proof.now);
        return { ...theirs, outbox: [...(token.outbox ?? []), told] };
      });
      if (moved !== 'done') return { ok: false, why: moved === 'spent' ? 'replayed' : 'wrong' };
      return { ok: true, token: publicToken(stored, proof.now) };
    },

    async spend(id, userId, proof) {
      const stored = await inventory.seen(id);
      const isResync = proof.codes.length === 2 && (stored?.misses ?? 0) >= missesToResync;
      const codes = isResync ? proof.codes : [proof.codes[0]];
      const match = matchCodes(stored, codes, proof.now);
      if (stored === undefined) return { ok: false, why: 'wrong', isRepeat: false };
      const isTheirs = (token: StoredToken) => isUsable(token, proof.now) && token.people.includes(userId);
      if (match.is === 'wrong') {
        await tokens.update(id, (token) => ({ ...token, misses: Math.min(mostMisses, token.misses + 1) }));
        return { ok: false, why: 'wrong', isRepeat: false };
      }
      if (!isTheirs(stored)) return { ok: false, why: 'unsuitable', isRepeat: false };
      const moved = await move(id, match, proof, (token) => (isTheirs(token) ? token : undefined));
      if (moved === 'done') return { ok: true };
      if (moved === 'refused') return { ok: false, why: 'unsuitable', isRepeat: false };
      return { ok: false, why: 'replayed', isRepeat: await wasSpentBy(id, match, proof.signIn) };
    },

    isOutOfStep: async (id) => ((await inventory.seen(id))?.misses ?? 0) >= missesToResync,
  };
}

/** Whether this person may register it, whatever the code. */
function isFor(token: StoredToken, claimant: Claimant, now: Date): boolean {
  const { userId, organizations, rules } = claimant;
  if (!isUsable(token, now)) return false;
  if (token.organization !== undefined && !organizations.includes(token.organization)) return false;
  if (token.people.includes(userId)) return true;
  return !rules.isPreassignedOnly && token.people.length < rules.peoplePerToken;
}
