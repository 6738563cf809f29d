import type { AuditEvent } from '../audit/index.ts';
import type { Visit } from './visit.ts';

/** Which sign-in an event is of, whose, from where. */
export function eventOf({ context, attempt, person, request }: Visit): Omit<AuditEvent, 'type'> {
  const who = person === undefined ? {} : { subject: person.id };
  return {
    realm: request.realm,
    actor: person === undefined ? { kind: 'system' } : { kind: 'person', id: person.id },
    ...who,
    portal: request.clientId,
    signIn: attempt.id,
    reference: attempt.reference,
    address: context.address,
    browser: context.browser,
  };
}
