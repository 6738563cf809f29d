import type { Next } from './next-step.ts';
import { passwordMinLengthFor } from './password-length.ts';
import { always, reason } from './reason.ts';
import { isEnrolled } from './second-factor.ts';
import type { Situation } from './situation.ts';

/**
 * A password that was right and is too short by now, or was only lent (temporary), is replaced; after the second
 * factor of those who have one, so that a stolen password cannot change itself.
 */
export function judgePassword(situation: Situation): Next | undefined {
  const { facts, first } = situation;
  const { person, rules } = facts;
  if (person === undefined || first?.factor !== 'password') return undefined;
  const { value: minLength, from } = passwordMinLengthFor(rules, isEnrolled(situation));
  if (!person.hasPassword) return { step: 'new-password', minLength, reasons: [always('no_password_yet')] };
  if (person.passwordLength === undefined || person.passwordLength >= minLength) return undefined;
  return { step: 'new-password', minLength, reasons: [reason('passwordMinLength', from, 'password_too_short')] };
}
