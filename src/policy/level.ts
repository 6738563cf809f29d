import type { Acr } from './acr.ts';
import type { Rules } from './rules.ts';

/** One place that sets rules, outermost first: the realm, organizations, portals, the person. */
export interface Level {
  readonly kind: 'realm' | 'organization' | 'portal' | 'user';
  readonly id: string;
  readonly name: string;
  readonly rules: Rules;
}

/** Why something is as it is: a rule, the level it came from, and a stable word for the circumstance. */
export interface Reason {
  /** A key of `Rules`, or `always` for what no rule can change. */
  readonly rule: keyof Rules | 'always';
  readonly level: { readonly kind: Level['kind'] | 'product'; readonly id: string; readonly name: string };
  /** `no_session`, `enrolled`, `required`, `not_required`, `acr_requested`, … */
  readonly because: string;
}

export interface EffectiveRule<V> {
  readonly value: V;
  readonly from: Reason['level'];
  /** Levels that said something else, and lost. */
  readonly others: readonly { readonly level: Reason['level']; readonly value: V }[];
}

export interface Effective {
  readonly secondFactor: EffectiveRule<'off' | 'optional' | 'required'>;
  /** Kinds in the order in which they are offered; `everyMethod` among them stands for all kinds not named. */
  readonly methods: EffectiveRule<readonly string[]>;
  readonly sessionHours: EffectiveRule<number>;
  readonly idleMinutes: EffectiveRule<number | 'off'>;
  /** Right for everybody under these levels; `passwordMinLengthFor` asks less of a person who has a second factor. */
  readonly passwordMinLength: EffectiveRule<number>;
  readonly passkeySignIn: EffectiveRule<'yes' | 'no'>;
  readonly acr: EffectiveRule<Acr>;
}

/** A decision with its reasons; `explain` prints these, nothing else. */
export interface Decision {
  readonly reasons: readonly Reason[];
}
