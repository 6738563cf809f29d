import type { RealmContext } from '../http/index.ts';
import type { Attempt } from './attempt.ts';
import { browserCookie, setBrowserCookie } from './browser-cookie.ts';
import type { VisitDeps } from './visit.ts';

/**
 * After a full sign-in: the browser it is bound to, and no other, becomes known to the person, and is handed its secret.
 * May be done again: it is the same secret then.
 */
export async function makeKnown(
  { people, browsers, realms }: Pick<VisitDeps, 'people' | 'browsers' | 'realms'>,
  context: RealmContext,
  attempt: Attempt,
): Promise<void> {
  const { userId, makesKnown, boundTo, realm, portal, reference, basis = '' } = attempt;
  if (makesKnown === undefined || userId === undefined || boundTo !== context.browserMark) return;
  const person = await people.get(realm, userId);
  if (person === undefined) return;
  const isSecure = realms.issuerOf(context.realm).startsWith('https:');
  const { address, browser, locale } = context;
  const event = {
    ...{ realm, actor: { kind: 'person', id: userId } as const, subject: userId },
    ...{ portal, signIn: attempt.id, reference, address, browser },
  };
  const asked = { locale, basis, days: makesKnown.days };
  const cookie = await browsers.remember(browserCookie(context, isSecure), person, event, asked);
  setBrowserCookie(context, isSecure, cookie);
}
