import type { Next } from './next-step.ts';
import { always } from './reason.ts';
import type { Situation } from './situation.ts';

/** Before any second factor, since methods are judged for the organization that the session is for. */
export function judgeOrganization({ facts: { organizations } }: Situation): Next | undefined {
  if (organizations === undefined || organizations.choices.length < 2) return undefined;
  const { choices, chosen } = organizations;
  if (chosen !== undefined && choices.includes(chosen)) return undefined;
  return { step: 'choose-organization', organizations: choices, reasons: [always('several_organizations')] };
}
