import type { FactorContext } from '../factors/index.ts';
import { outgoingMessage } from '../messaging/index.ts';
import type { Visit } from './visit.ts';

const daysToTell = 3;

export function factorContext(visit: Visit, now: Date): FactorContext {
  const { context, person, issuer, attempt } = visit;
  const { id, name, passkeys } = context.realm;
  return {
    realm: {
      id,
      name,
      issuer,
      ...(passkeys?.authenticators === undefined ? {} : { authenticators: passkeys.authenticators }),
    },
    user: {
      id: person?.id ?? '',
      label: person?.email ?? person?.username ?? person?.name ?? '',
      locale: person?.locale ?? context.locale,
    },
    signIn: attempt.id,
    now,
    notice: (template, params) => personNotice(visit, now, template, params),
  };
}

/** A mail about something done in this sign-in, to the address that the person has: when, from where, in which browser. */
export function personNotice(
  { context, person, request }: Visit,
  now: Date,
  template: string,
  params: Readonly<Record<string, string | number>>,
) {
  if (person?.email === undefined) return [];
  return [
    outgoingMessage(now, {
      realm: request.realm,
      channel: 'mail',
      to: person.email,
      template,
      locale: person.locale ?? context.locale,
      timeZone: person.timeZone,
      params: {
        name: person.name,
        ...params,
        at: now.toISOString(),
        address: context.address,
        browser: context.browser,
      },
      expiresAt: new Date(now.getTime() + daysToTell * 24 * 60 * 60 * 1000),
    }),
  ];
}
