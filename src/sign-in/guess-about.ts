import type { User } from '../people/index.ts';
import type { Guess } from './guessing/index.ts';
import type { Visit } from './visit.ts';

/** A guess made in this visit, at something of `person`. */
export function guessAbout(visit: Visit, counter: Guess['counter'], person: User | undefined): Guess {
  const { context, attempt, request } = visit;
  return {
    counter,
    realm: request.realm,
    ...(person === undefined ? {} : { person: toldOf(person) }),
    signIn: attempt.id,
    portal: request.clientId,
    address: context.address,
    browser: context.browser,
    reference: context.reference,
    locale: context.locale,
    ...(counter === 'second_factor' ? { alreadyWrong: attempt.wrongCodes } : {}),
  };
}

function toldOf({ id, name, email, locale, timeZone }: User): NonNullable<Guess['person']> {
  return { id, name, email, locale, timeZone };
}
