import { isAcr } from '../policy/index.ts';
import type { Visit } from './visit.ts';

/** Portals may ask for as many as they like; none but ours says anything. */
const ours = (values: readonly string[]) => values.filter(isAcr);

/**
 * What a sign-in was decided by, for the audit log: enough to see why it went as it did, and to play the same one again
 * later. No secrets, and nothing that a portal could fill the log with.
 */
export function whatWasGiven({ request, attempt, knownBrowser, rememberedAt }: Visit) {
  const { session } = request;
  const isBuiltOn = session !== undefined && !attempt.answers.includes('restarted');
  return {
    acrValues: ours(request.acrValues),
    essentialAcr: ours(request.essentialAcr),
    knownBrowser: knownBrowser !== undefined,
    ...(rememberedAt === undefined ? {} : { rememberedAt: rememberedAt.toISOString() }),
    asksConsent: request.needsConsent,
    proven: attempt.proven.map(({ factor }) => factor),
    answers: attempt.answers,
    ...(request.mustBe === undefined ? {} : { mustBe: request.mustBe.slice(0, 64) }),
    ...(request.organization === undefined ? {} : { organizationWanted: request.organization.slice(0, 64) }),
    ...(attempt.organization === undefined ? {} : { organizationChosen: attempt.organization }),
    ...(isBuiltOn
      ? { sessionAcr: session.acr, sessionAmr: session.amr, sessionAt: session.authTime.toISOString() }
      : {}),
    ...(isBuiltOn && session.organization !== undefined ? { sessionOrganization: session.organization } : {}),
  };
}
