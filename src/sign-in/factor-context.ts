import type { FactorContext } from '../factors/index.ts';
import { outgoingMessage, withSecrets } from '../messaging/index.ts';
import { addressesOf } from '../people/index.ts';
import type { OutboxItem } from '../store/index.ts';
import { addressRange } from './guessing/address-range.ts';
import type { StepDeps } from './step.ts';
import type { Visit } from './visit.ts';

const daysToTell = 3;

/** Codes are good for ten minutes at most. */
const codeMailMinutes = 10;

export function factorContext({ clock, keyring }: Pick<StepDeps, 'clock' | 'keyring'>, visit: Visit): FactorContext {
  const { context, person, issuer, attempt } = visit;
  const now = clock.now();
  const { id, name, passkeys, messages } = context.realm;
  const country = messages?.countries?.[0];
  return {
    realm: {
      id,
      name,
      issuer,
      ...(passkeys?.authenticators === undefined ? {} : { authenticators: passkeys.authenticators }),
      ...(country === undefined ? {} : { country }),
    },
    user: {
      id: person?.id ?? '',
      label: person?.email ?? person?.username ?? person?.name ?? '',
      locale: person?.locale ?? context.locale,
    },
    signIn: attempt.id,
    now,
    from: {
      address: context.address,
      range: addressRange(context.address),
      browser: context.browser,
      reference: context.reference,
    },
    rules: visit.rules,
    organizations: visit.bonds.memberships.flatMap((each) => [each.organization, ...each.under]),
    ...payers(visit),
    ...(person?.email === undefined ? {} : { email: person.email }),
    notice: (template, params) => personNotice(visit, now, template, params),
    mail(template, params, secrets) {
      const until = new Date(now.getTime() + codeMailMinutes * 60_000);
      const own = person?.email === undefined ? [] : [person.email];
      return mails(visit, own, now, template, params, until).map((item) => withSecrets(keyring, item, secrets));
    },
  };
}

/** What is sent in this sign-in is charged to the organization that the session is for, and to those above it. */
function payers({ bonds, organization }: Visit): Pick<FactorContext, 'organizationPath'> {
  const held = bonds.memberships.find((each) => each.organization === organization);
  return held === undefined ? {} : { organizationPath: [...held.under, held.organization] };
}

/** Mails about something done in this sign-in, to every address of the person: when, from where, in which browser. */
export function personNotice(
  visit: Visit,
  now: Date,
  template: string,
  params: Readonly<Record<string, string | number>>,
): readonly OutboxItem[] {
  const until = new Date(now.getTime() + daysToTell * 24 * 60 * 60 * 1000);
  const told = visit.person === undefined ? [] : addressesOf(visit.person);
  return mails(visit, told, now, template, params, until);
}

function mails(
  { context, person, request }: Visit,
  addresses: readonly string[],
  now: Date,
  template: string,
  params: Readonly<Record<string, string | number>>,
  expiresAt: Date,
): readonly OutboxItem[] {
  return addresses.map((to) =>
    outgoingMessage(now, {
      realm: request.realm,
      channel: 'mail',
      to,
      template,
      locale: person?.locale ?? context.locale,
      timeZone: person?.timeZone,
      params: {
        name: person?.name ?? '',
        ...params,
        at: now.toISOString(),
        address: context.address,
        browser: context.browser,
      },
      expiresAt,
    }),
  );
}
