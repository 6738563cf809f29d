import type { Acr } from './acr.ts';
import type { HoursRule, NetworkRule } from './circumstance-rules.ts';
import type { Grace, RuleName, Rules } from './rules.ts';

/**
 * One place that sets rules, outermost first: the realm; roll-outs whose wave the person is in; organizations, ancestors
 * before theirs; every portal the person is subscribed to and the one they sign in to; the person.
 */
export interface Level {
  readonly kind: 'realm' | 'rollout' | 'organization' | 'portal' | 'user';
  readonly id: string;
  readonly name: string;
  readonly rules: Rules;
  /** Of an organization: ids of those above it. Absent: every organization listed before it. */
  readonly under?: readonly string[];
  /** Of a roll-out that binds by organizations: their ids. */
  readonly organizations?: readonly string[];
  /**
   * Of an organization that binds the person though the session is not for it, or of a roll-out that does so by such an
   * organization: what it says of methods then does not count, so that one organization cannot strand another's people.
   */
  readonly isElsewhere?: boolean;
}

/** Why something is as it is: a rule, the level it came from, and a stable word for the circumstance. */
export interface Reason {
  /** A key of `Rules`, or `always` for what no rule can change. */
  readonly rule: RuleName | 'always';
  readonly level: { readonly kind: Level['kind'] | 'product'; readonly id: string; readonly name: string };
  /** `no_session`, `enrolled`, `required`, `not_required`, `acr_requested`, … */
  readonly because: string;
}

/** Why what a level says is not what holds. */
export const allOverruled = [
  /** Another level is stricter. */
  'looser',
  /** A level above is stricter, and has not opened the rule. */
  'not_open',
  /** The nearest level decides, or this one opened the rule to it. */
  'nearer_level',
  /** Only what every level allows is left of it. */
  'narrowed',
  /** The product's own floor is stricter. */
  'floor',
  /** Methods are judged for the organization that the session is for. */
  'other_organization',
] as const;
export type Overruled = (typeof allOverruled)[number];

export interface EffectiveRule<V> {
  readonly value: V;
  readonly from: Reason['level'];
  /** Levels that said something else, and lost. */
  readonly others: readonly { readonly level: Reason['level']; readonly value: V; readonly why: Overruled }[];
}

/** Something that every level may have of its own. */
export type Placed<V> = V & { readonly level: Reason['level'] };

/** One level's `required`: whom it binds, from when, and how long it may be put off. */
export interface Requirement {
  readonly level: Reason['level'];
  readonly from: string;
  readonly fromLevel: Reason['level'];
  readonly grace: Grace | 'none';
  readonly graceLevel: Reason['level'];
  readonly roles: 'all' | readonly string[];
  /** Ids of organizations: roles count that are held there or below. Absent: wherever they are held. */
  readonly within?: readonly string[];
}

export interface Effective {
  /** `requirements`: every `required` in force; a person is bound by the strictest of those that bind them. */
  readonly secondFactor: EffectiveRule<'off' | 'optional' | 'required'> & {
    readonly requirements: readonly Requirement[];
    /** Where no requirement binds. */
    readonly otherwise: EffectiveRule<'off' | 'optional'>;
  };
  readonly requiredFrom: EffectiveRule<string>;
  readonly grace: EffectiveRule<Grace | 'none'>;
  readonly forRoles: EffectiveRule<'all' | readonly string[]>;
  /** Kinds in the order in which they are offered; `everyMethod` among them stands for all kinds not named. */
  readonly methods: EffectiveRule<readonly string[]>;
  /** Empty: in the order of `methods`. */
  readonly methodOrder: EffectiveRule<readonly string[]>;
  readonly secondMethod: EffectiveRule<'no' | 'wanted' | 'required'>;
  readonly tokenCodes: EffectiveRule<'one' | 'two'>;
  readonly preassignedTokensOnly: EffectiveRule<'yes' | 'no'>;
  readonly peoplePerToken: EffectiveRule<number>;
  readonly sms: EffectiveRule<'allowed' | 'not'>;
  readonly voice: EffectiveRule<'allowed' | 'not'>;
  /** 0: never. */
  readonly rememberBrowserDays: EffectiveRule<number>;
  readonly sessionHours: EffectiveRule<number>;
  readonly idleMinutes: EffectiveRule<number | 'off'>;
  /** Right for everybody under these levels; `passwordMinLengthFor` asks less of a person who has a second factor. */
  readonly passwordMinLength: EffectiveRule<number>;
  readonly passkeySignIn: EffectiveRule<'yes' | 'no'>;
  readonly lostPhone: EffectiveRule<{ readonly waitHours: number; readonly approvers: 'admin' | 'two_people' }>;
  readonly externalAuthentication: EffectiveRule<NonNullable<Rules['externalAuthentication']> | 'none'>;
  /** Every level's own; empty: none has one. */
  readonly budget: EffectiveRule<readonly Placed<NonNullable<Rules['budget']>>[]>;
  readonly acr: EffectiveRule<Acr>;
  readonly networks: EffectiveRule<readonly Placed<NetworkRule>[]>;
  readonly hours: EffectiveRule<readonly Placed<HoursRule>[]>;
}

/** A decision with its reasons; `explain` prints these, nothing else. */
export interface Decision {
  readonly reasons: readonly Reason[];
}
