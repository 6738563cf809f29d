import { auditEvent } from '../../audit/index.ts';
import { outgoingMessage } from '../../messaging/index.ts';
import type { Consequence, Hold } from '../../policy/index.ts';
import type { OutboxItem } from '../../store/index.ts';
import type { Guess } from './guess.ts';

const daysToTell = 2;

/** What a hold or lock tells the audit log and the person. Nobody is told about identifiers that nobody has. */
export function tellOf(
  consequence: Consequence,
  guess: Guess,
  hold: Hold | undefined,
  now: Date,
): readonly OutboxItem[] {
  const event = auditEvent(now, {
    ...eventOf(guess),
    type: `${guess.counter}.${consequence}`,
    ...(hold === undefined ? {} : { details: { until: hold.until.toISOString() } }),
  });
  const { person } = guess;
  if (person === undefined) return [event];
  const messages = (person.addresses ?? []).map((to) =>
    outgoingMessage(now, {
      realm: guess.realm,
      channel: 'mail',
      to,
      template: 'account-held',
      locale: person.locale ?? guess.locale,
      timeZone: person.timeZone,
      params: {
        name: person.name,
        at: now.toISOString(),
        ...(hold === undefined ? {} : { until: hold.until.toISOString() }),
        address: guess.address,
        browser: guess.browser,
      },
      expiresAt: new Date(now.getTime() + daysToTell * 24 * 60 * 60 * 1000),
    }),
  );
  return [event, ...messages];
}

/** One wrong guess, for the log. */
export function refusal(guess: Guess, now: Date): OutboxItem {
  return auditEvent(now, {
    ...eventOf(guess),
    type: `${guess.counter}.refused`,
    ...(guess.factor === undefined ? {} : { details: { factor: guess.factor } }),
  });
}

function eventOf(guess: Guess) {
  return {
    realm: guess.realm,
    actor: guess.person === undefined ? { kind: 'system' as const } : { kind: 'person' as const, id: guess.person.id },
    ...(guess.person === undefined ? {} : { subject: guess.person.id }),
    portal: guess.portal,
    signIn: guess.signIn,
    reference: guess.reference,
    address: guess.address,
    browser: guess.browser,
  };
}
