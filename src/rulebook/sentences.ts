import type { Circumstance, Overruled, Reason } from '../policy/index.ts';
import type { Warning } from './guard.ts';

/** In English, for the command line; the words themselves are what programs and the audit log go by. */
const circumstances: Readonly<Record<Circumstance, string>> = {
  no_session: 'nobody is signed in in this browser',
  session_over: 'the session is too old',
  session_of_another_person: 'the session is somebody else’s',
  fresh_proof_before_enrolling: 'before something is set up the password is given anew',
  password_proven: 'the password was given',
  session_built_on: 'the browser’s session is built on',
  enrolled: 'who has a second factor is asked for it',
  required: 'a second factor is required',
  required_later: 'a second factor will be required, and may be put off until then',
  grace: 'a second factor is required, and may still be put off',
  role_not_bound: 'a second factor is required of other roles',
  by_network: 'because of the network it comes from',
  by_hour: 'because of the time of day',
  remembered_browser: 'this browser is remembered',
  second_method_wanted: 'a second method is wanted',
  second_method_required: 'a second method is required',
  set_up: 'something was set up',
  several_organizations: 'the session is for one of several organizations',
  no_admin_left: 'nobody who administers the realm could sign in',
  not_required: 'no second factor is required',
  not_asked: 'second factors are not asked for',
  offered: 'a second factor is offered',
  postponed: '"Not now" was pressed',
  second_factor_proven: 'a second factor was given',
  acr_required: 'this level of assurance is required',
  acr_requested: 'the portal asks for this level of assurance',
  acr_not_reachable: 'that level of assurance cannot be reached here',
  enrolled_means_proven_first: 'what is set up already is proven before something new is set up',
  no_method_can_be_set_up: 'none of the methods allowed can be set up by the person alone',
  method_unavailable: 'the person’s method cannot be asked for here',
  password_too_short: 'the password is shorter than the rule allows',
  no_password_yet: 'no password was set yet',
  backup_lacking: 'recovery codes come with a second factor',
  backup_low: 'few recovery codes are left',
  consent_needed: 'the portal asks for agreement',
  wrong_person: 'another person was asked for',
  disabled: 'the person is disabled',
  second_factor_locked: 'the second factor is locked after too many wrong guesses',
};

export const overruledSays: Readonly<Record<Overruled, string>> = {
  looser: 'another level is stricter',
  not_open: 'a level above is stricter, and has not opened the rule',
  nearer_level: 'a nearer level decides',
  narrowed: 'only what every level allows is left',
  floor: 'the product’s own floor is stricter',
  other_organization: 'judged for the organization that the session is for',
};

const objections: Readonly<Record<Warning['why'], string>> = {
  last_method_needed: 'policy needs this method',
  nobody_can_satisfy: 'nobody could satisfy these rules: allow a method that can, or ask for less',
  only_an_admin_can_provide: 'nobody could set up alone what these rules want: an admin has to give it to each person',
  last_admin: 'nobody who administers the realm could sign in any more',
  telephone_alone:
    'codes by telephone would be the only second factor: who loses the number, or has it taken over, has no other way; allow another method beside them',
  somebody_stuck: 'this person could not sign in any more: nothing they have or could set up alone is enough',
  people_stuck: 'could not sign in any more',
};

/** `isListed`: everybody it is about is listed anyway. */
export function objectionSays({ why, people }: Pick<Warning, 'why' | 'people'>, isListed = false): string {
  if (people === undefined) return objections[why];
  const names = people.first.map(({ name, identifier }) => `${name} (${identifier})`).join(', ');
  const more = people.count > people.first.length ? ` and ${people.count - people.first.length} more` : '';
  const hint = isListed ? '' : '; `gatehouse policy preview` lists them all';
  return `${names}${more} ${objections[why]}${hint}`;
}

export const levelSays = ({ kind, id, name }: Reason['level']): string => {
  if (kind === 'product') return 'product';
  const label = kind === 'user' ? 'person' : kind === 'rollout' ? 'roll-out' : kind;
  return name === id ? `${label} ${id}` : `${label} ${name}`;
};

export function reasonSays({ rule, level, because }: Reason): string {
  const says = Object.hasOwn(circumstances, because) ? circumstances[because as Circumstance] : because;
  return rule === 'always' ? says : `${says} (${rule}, ${levelSays(level)})`;
}

/** A rule's value in a table. */
export function valueSays(value: unknown): string {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ') || 'none';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
