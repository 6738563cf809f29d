import type { Bonds } from '../binding/index.ts';
import type { Method } from '../factors/index.ts';
import type { User } from '../people/index.ts';
import { combine, type Effective, type Next, next } from '../policy/index.ts';
import type { Portal, Realm } from '../realm/index.ts';
import type { Attempt, SignInRequest } from './attempt.ts';
import type { Supply } from './supply.ts';

/** What holds for everybody at a portal, or in the realm: without knowing whom. */
export function rulesFor(realm: Realm, portal: Portal | undefined): Effective {
  return combine([
    { kind: 'realm', id: realm.id, name: realm.name, rules: realm.policy },
    ...(portal === undefined
      ? []
      : [{ kind: 'portal' as const, id: portal.clientId, name: portal.name, rules: portal.policy }]),
  ]);
}

type Asked = Pick<SignInRequest, 'session' | 'organization' | 'choosesOrganization'>;

/** By the person on the page, else by the portal, else before, in the session that is built on. */
export function chosenOrganization(
  request: Asked,
  attempt: Pick<Attempt, 'organization' | 'answers'>,
): string | undefined {
  if (attempt.organization !== undefined) return attempt.organization;
  if (request.organization !== undefined) return request.organization;
  return request.choosesOrganization === true ? undefined : sessionBuiltOn(request, attempt)?.organization;
}

const sessionBuiltOn = ({ session }: Asked, { answers }: Pick<Attempt, 'answers'>) =>
  answers.includes('restarted') ? undefined : session;

/** Asks policy what is missing. `organization`: the one the session is for, as far as that is settled. */
export function decide(given: {
  readonly request: Asked & Pick<SignInRequest, 'acrValues' | 'essentialAcr' | 'needsConsent' | 'mustBe'>;
  readonly attempt: Pick<Attempt, 'proven' | 'answers' | 'passwordLength'>;
  readonly person: User | undefined;
  readonly methods: readonly Method[];
  readonly supply: Supply;
  readonly bonds: Bonds;
  readonly organization: string | undefined;
  readonly rules: Effective;
  readonly isKnown: boolean;
  readonly address?: string;
  readonly now: Date;
}): Next {
  const { request, attempt, person, rules, bonds, organization, address } = given;
  const session = sessionBuiltOn(request, attempt);
  return next({
    now: given.now,
    rules,
    factors: given.supply.factors,
    request: {
      acrValues: request.acrValues,
      essentialAcr: request.essentialAcr,
      needsConsent: request.needsConsent,
      ...(request.mustBe === undefined ? {} : { mustBe: request.mustBe }),
    },
    ...(person === undefined
      ? {}
      : {
          person: {
            id: person.id,
            isDisabled: person.status === 'disabled',
            isSecondFactorLocked: person.secondFactorLockedAt !== undefined,
            hasPassword: person.password !== undefined,
            ...(attempt.passwordLength === undefined ? {} : { passwordLength: attempt.passwordLength }),
            methods: given.methods.filter((method) => method.state === 'active'),
            memberships: bonds.memberships,
            ...(person.postponed === undefined ? {} : { postponed: person.postponed }),
            provided: given.supply.provided,
          },
        }),
    proven: attempt.proven,
    ...(session === undefined ? {} : { session }),
    answers: attempt.answers,
    browser: { isKnown: given.isKnown },
    ...(address === undefined ? {} : { address }),
    organizations: {
      choices: bonds.choices.map(({ id }) => id),
      ...(organization === undefined ? {} : { chosen: organization }),
    },
  });
}
