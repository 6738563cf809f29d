import type { Bonds } from '../binding/index.ts';
import type { Method } from '../factors/index.ts';
import type { User } from '../people/index.ts';
import { type Effective, type Level, type Next, next } from '../policy/index.ts';
import type { Portal, Realm } from '../realm/index.ts';
import type { Attempt, SignInRequest } from './attempt.ts';
import { combined } from './combined.ts';
import type { Supply } from './supply.ts';

/** What holds for everybody at a portal, or in the realm: without knowing whom. */
export function rulesFor(realm: Realm, portal: Portal | undefined): Effective {
  return combined([
    { kind: 'realm', id: realm.id, name: realm.name, rules: realm.policy },
    ...(portal === undefined
      ? []
      : [{ kind: 'portal' as const, id: portal.clientId, name: portal.name, rules: portal.policy }]),
  ]);
}

type Asked = Pick<SignInRequest, 'session' | 'organization' | 'choosesOrganization'>;

/** By the person on the page, else by the portal, else before, in the session that is built on. */
function chosenOrganization(request: Asked, attempt: SoFar['attempt']): string | undefined {
  if (attempt.organization !== undefined) return attempt.organization;
  if (request.organization !== undefined) return request.organization;
  return request.choosesOrganization === true ? undefined : sessionBuiltOn(request, attempt)?.organization;
}

const sessionBuiltOn = ({ session }: Asked, { answers }: Pick<Attempt, 'answers'>) =>
  answers.includes('restarted') ? undefined : session;

/** A sign-in as it stands: out of what is stored, what was asked for, and what was done so far. */
export interface SoFar {
  readonly request: Asked & Pick<SignInRequest, 'acrValues' | 'essentialAcr' | 'needsConsent' | 'mustBe'>;
  readonly attempt: Pick<Attempt, 'proven' | 'answers' | 'passwordLength' | 'organization'>;
  readonly person: User | undefined;
  readonly methods: readonly Method[];
  readonly supply: Supply;
  readonly bonds: Bonds;
  readonly isKnown: boolean;
  /** See `remembered.ts`. */
  readonly rememberedAt?: Date | undefined;
  readonly address?: string;
  readonly now: Date;
}

export interface Decided {
  /** The one that the session is for, as far as that is settled. */
  readonly organization: string | undefined;
  /** Whose rules hold, outermost first. */
  readonly levels: readonly Level[];
  readonly rules: Effective;
  readonly next: Next;
}

/**
 * Asks policy what is missing. The only way from what is stored to policy's facts: sign-ins, the judge of sessions and
 * the simulator all take it.
 */
export function decide(soFar: SoFar): Decided {
  const { request, attempt, bonds } = soFar;
  const organization = bonds.organization(chosenOrganization(request, attempt));
  const levels = bonds.levels(organization);
  const rules = combined(levels);
  return { organization, levels, rules, next: nextUnder(rules, organization, soFar) };
}

function nextUnder(rules: Effective, organization: string | undefined, soFar: SoFar): Next {
  const { request, attempt, person, bonds, address } = soFar;
  const session = sessionBuiltOn(request, attempt);
  return next({
    now: soFar.now,
    rules,
    factors: soFar.supply.factors,
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
            methods: soFar.methods.filter((method) => method.state === 'active'),
            memberships: bonds.memberships,
            ...(person.postponed === undefined ? {} : { postponed: person.postponed }),
            provided: soFar.supply.provided,
          },
        }),
    proven: attempt.proven,
    ...(session === undefined ? {} : { session }),
    answers: attempt.answers,
    browser: {
      isKnown: soFar.isKnown,
      ...(soFar.rememberedAt === undefined ? {} : { rememberedAt: soFar.rememberedAt }),
    },
    ...(address === undefined ? {} : { address }),
    organizations: {
      choices: bonds.choices.map(({ id }) => id),
      ...(organization === undefined ? {} : { chosen: organization }),
    },
  });
}
