import type { Factors } from '../factors/index.ts';
import { type Acr, allowedKinds } from '../policy/index.ts';
import type { Realm } from '../realm/index.ts';
import { rulesFor } from './decide.ts';

/** The levels that a sign-in of this realm can have: what its rules and the product's factors allow. Weakest first. */
export function createReachableAcr({ kinds }: Pick<Factors, 'kinds'>): (realm: Realm) => readonly Acr[] {
  return (realm) => {
    const allowed = allowedKinds(rulesFor(realm, undefined), kinds.keys());
    const strengths = allowed.map((kind) => kinds.get(kind)?.strength);
    if (strengths.includes('phr')) return ['single', 'mfa', 'phr'];
    return strengths.includes('mfa') ? ['single', 'mfa'] : ['single'];
  };
}
