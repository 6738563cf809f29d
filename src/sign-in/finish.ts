import type { Next } from '../policy/index.ts';
import { browserCookie, setBrowserCookie } from './browser-cookie.ts';
import type { StepDeps } from './step.ts';
import { toDispatcher } from './step.ts';
import type { Visit } from './visit.ts';

/**
 * Completes a sign-in, once: of any number of requests one wins the attempt, and only that one writes the result. The
 * others find the attempt done, and where it goes on.
 */
export async function finish(deps: StepDeps, visit: Visit, done: Extract<Next, { step: 'done' }>): Promise<void> {
  const { context, attempt, person, request } = visit;
  if (person === undefined) return toDispatcher(visit);
  const event = {
    realm: request.realm,
    actor: { kind: 'person' as const, id: person.id },
    subject: person.id,
    portal: request.clientId,
    signIn: attempt.id,
    reference: attempt.reference,
    address: context.address,
    browser: context.browser,
  };
  const won = await deps.attempts.finish(attempt.id, {
    ...event,
    type: 'sign_in.completed',
    details: { acr: done.acr, amr: done.amr, builtOnSession: !isFresh(visit) },
  });
  if (!won) return toDispatcher(visit);
  const resume = await deps.interactions.complete(context, attempt.id, {
    userId: person.id,
    acr: done.acr,
    amr: done.amr,
    authTime: done.authTime,
    consented: attempt.answers.includes('consented'),
    ...(attempt.boundTo === undefined ? {} : { boundTo: attempt.boundTo }),
  });
  await deps.attempts.resumeAt(attempt.id, resume);
  if (isFresh(visit)) {
    const isSecure = visit.issuer.startsWith('https:');
    const cookie = browserCookie(context, isSecure);
    setBrowserCookie(context, isSecure, await deps.browsers.remember(cookie, person, event, context.locale));
  }
  context.redirect(resume);
}

/** Proven in this attempt, not built on a session. */
function isFresh({ attempt }: Visit): boolean {
  return attempt.proven.some((proof) => proof.factor === 'password' || proof.amr.includes('user'));
}
