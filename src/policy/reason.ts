import type { Level, Reason } from './level.ts';

/** The level of what comes with the product: defaults, and what no rule can change. */
export const product: Reason['level'] = { kind: 'product', id: 'product', name: 'Gatehouse' };

/** Every word a reason may carry in `because`; catalogues turn them into sentences. */
export const circumstances = [
  'no_session',
  'session_over',
  'session_of_another_person',
  'fresh_proof_before_enrolling',
  'password_proven',
  'session_built_on',
  'enrolled',
  'required',
  'required_later',
  'grace',
  'role_not_bound',
  'by_network',
  'by_hour',
  'remembered_browser',
  'second_method_wanted',
  'second_method_required',
  'set_up',
  'several_organizations',
  'no_admin_left',
  'not_required',
  'not_asked',
  'offered',
  'postponed',
  'second_factor_proven',
  'acr_required',
  'acr_requested',
  'acr_not_reachable',
  'enrolled_means_proven_first',
  'no_method_can_be_set_up',
  'method_unavailable',
  'password_too_short',
  'no_password_yet',
  'backup_lacking',
  'backup_low',
  'consent_needed',
  'wrong_person',
  'disabled',
  'second_factor_locked',
] as const;

export type Circumstance = (typeof circumstances)[number];

/** A reason from a rule in force. */
export function reason(rule: Reason['rule'], level: Reason['level'], because: Circumstance): Reason {
  return { rule, level, because };
}

/** A reason that no rule can change. */
export function always(because: Circumstance): Reason {
  return { rule: 'always', level: product, because };
}

/** The level as reasons name it: without its rules. */
export function named(level: Level): Reason['level'] {
  return { kind: level.kind, id: level.id, name: level.name };
}
