import { type Acr, acrOf, highest, isAcr } from './acr.ts';
import { allowedKinds } from './effective.ts';
import type { Facts } from './facts.ts';

type Proof = Facts['proven'][number];
export type Method = NonNullable<Facts['person']>['methods'][number];

/** What the facts come to, before any decision. */
export interface Situation {
  readonly facts: Facts;
  /** The first factor proven in this attempt: then nothing of an older session counts. */
  readonly first: Proof | undefined;
  /** The session that is built on. */
  readonly session: Facts['session'];
  /** Kinds that count as a second factor and that policy allows, in the order in which they are offered. */
  readonly kinds: readonly string[];
  /** The person's second factors that policy allows, primary first, backups last. */
  readonly allowed: readonly Method[];
  /** All the person's second factors that can be asked for, allowed or not, primary first. */
  readonly askable: readonly Method[];
  /** They have one of a kind that the product has no longer. */
  readonly hasUnavailable: boolean;
  /** Reached by all that was proven: this is what tokens say. */
  readonly level: Acr;
  /** Reached by proofs of allowed kinds: this is what policy goes by. */
  readonly counted: Acr;
}

export function situationOf(facts: Facts): Situation {
  const strengthOf = (kind: string): Acr => (kind === 'password' ? 'single' : acrOf(facts.factors.get(kind)?.strength));
  const kinds = allowedKinds(facts.rules, facts.factors.keys()).filter((kind) => strengthOf(kind) !== 'single');
  const first = facts.proven.find(
    (proof) => proof.factor === 'password' || isWholeSignIn(facts, proof, strengthOf(proof.factor)),
  );
  const session = first === undefined && isUsable(facts) ? facts.session : undefined;
  const backup = ({ kind }: Method) => Number(facts.factors.get(kind)?.isBackup === true);
  const methods = (facts.person?.methods ?? []).toSorted(
    (a, b) => backup(a) - backup(b) || a.order - b.order || (a.id < b.id ? -1 : 1),
  );
  const askable = methods.filter((method) => strengthOf(method.kind) !== 'single');

  const levelBy = (counts: (kind: string) => boolean): Acr => {
    const built = session === undefined ? 'single' : sessionLevel(session);
    if (first === undefined && session === undefined) return 'single';
    return highest(
      built,
      ...facts.proven.filter((proof) => counts(proof.factor)).map((proof) => strengthOf(proof.factor)),
    );
  };
  return {
    facts,
    first,
    session,
    kinds,
    allowed: askable.filter((method) => kinds.includes(method.kind)),
    askable,
    hasUnavailable: methods.some((method) => !facts.factors.has(method.kind)),
    level: levelBy(() => true),
    counted: levelBy((kind) => kinds.includes(kind)),
  };
}

/** A user-verified passkey is both factors at once, where the rules take it for that. */
function isWholeSignIn({ rules }: Facts, proof: Proof, strength: Acr): boolean {
  return rules.passkeySignIn.value === 'yes' && strength === 'phr' && proof.amr.includes('user');
}

/** `acr` may say less than was proven, when the portal asked for that very value; `amr` tells. */
function sessionLevel(session: NonNullable<Facts['session']>): Acr {
  return highest(isAcr(session.acr) ? session.acr : 'single', session.amr.includes('mfa') ? 'mfa' : 'single');
}

function isUsable({ session, person, request, rules, now }: Facts): boolean {
  if (session === undefined || person === undefined || session.userId !== person.id) return false;
  if (request.mustBe !== undefined && session.userId !== request.mustBe) return false;
  return now.getTime() < session.authTime.getTime() + rules.sessionHours.value * 3_600_000;
}
