import { type Acr, acrOf, highest, isAcr } from './acr.ts';
import { isByClosedChannel } from './by-channel.ts';
import { type Demand, demandOf } from './demand.ts';
import { allowedKinds } from './effective.ts';
import type { FactorFacts, Facts } from './facts.ts';
import { type HereAndNow, hereAndNow } from './here-and-now.ts';
import { isRemembered } from './remembered.ts';

type Proof = Facts['proven'][number];
export type Method = NonNullable<Facts['person']>['methods'][number];

/** What the facts come to, before any decision. */
export interface Situation {
  readonly facts: Facts;
  /** What the rules ask of this person, now. */
  readonly demand: Demand;
  readonly here: HereAndNow;
  /** Policy lets this browser go without the second factor that the person has. */
  readonly isWaived: boolean;
  /** The first factor proven in this attempt: then nothing of an older session counts. */
  readonly first: Proof | undefined;
  /** The session that is built on. */
  readonly session: Facts['session'];
  /** Kinds that count as a second factor and that policy allows, in the order in which they are offered. */
  readonly kinds: readonly string[];
  /** All the person's methods, primary first, backups last. */
  readonly ordered: readonly Method[];
  /** The person's second factors that policy allows, primary first, backups last. */
  readonly allowed: readonly Method[];
  /** All the person's second factors that can be asked for, allowed or not, primary first. */
  readonly askable: readonly Method[];
  /** They have one that cannot be asked for: of a kind the product has no longer, or by a channel that is closed. */
  readonly hasUnavailable: boolean;
  /** Reached by all that was proven: this is what tokens say. */
  readonly level: Acr;
  /** Reached by proofs of allowed kinds, by channels that are open: this is what policy goes by. */
  readonly counted: Acr;
}

export function situationOf(facts: Facts): Situation {
  const strengthOf = (kind: string): Acr => (kind === 'password' ? 'single' : acrOf(facts.factors.get(kind)?.strength));
  const kinds = allowedKinds(facts.rules, facts.factors.keys()).filter(
    (kind) => strengthOf(kind) !== 'single' && hasChannel(facts, facts.factors.get(kind)),
  );
  const first = facts.proven.find(
    (proof) => proof.factor === 'password' || isWholeSignIn(facts, proof, strengthOf(proof.factor)),
  );
  const session = first === undefined && isUsable(facts) ? facts.session : undefined;
  const backup = ({ kind }: Method) => Number(facts.factors.get(kind)?.isBackup === true);
  const methods = (facts.person?.methods ?? []).toSorted(
    (a, b) => backup(a) - backup(b) || a.order - b.order || (a.id < b.id ? -1 : 1),
  );
  const askable = methods.filter(
    (method) => strengthOf(method.kind) !== 'single' && hasChannel(facts, facts.factors.get(method.kind)),
  );
  const allowed = askable.filter((method) => kinds.includes(method.kind));
  const here = hereAndNow(facts);

  const levelBy = (counts: (given: Pick<Proof, 'amr'> & { readonly factor?: string }) => boolean): Acr => {
    const built = session === undefined || !counts(session) ? 'single' : sessionLevel(session);
    if (first === undefined && session === undefined) return 'single';
    return highest(built, ...facts.proven.filter(counts).map((proof) => strengthOf(proof.factor)));
  };
  return {
    facts,
    demand: demandOf(facts),
    here,
    isWaived: allowed.length > 0 && here.always.length === 0 && isRemembered(facts),
    first,
    session,
    kinds,
    ordered: methods,
    allowed,
    askable,
    hasUnavailable: methods.some(({ kind }) => {
      const factor = facts.factors.get(kind);
      return factor === undefined || !hasChannel(facts, factor);
    }),
    level: levelBy(() => true),
    counted: levelBy(
      ({ factor, amr }) => (factor === undefined || kinds.includes(factor)) && !isByClosedChannel(facts, kinds, amr),
    ),
  };
}

/** At least one way for its codes to travel is allowed. */
export function hasChannel({ rules }: Pick<Facts, 'rules'>, factor: FactorFacts | undefined): boolean {
  return factor?.channels === undefined || factor.channels.some((channel) => rules[channel].value === 'allowed');
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
