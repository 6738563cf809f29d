import { addressesOf, type User } from '../people/index.ts';
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

/** Who is counted, and told of what comes of it. */
export function toldOf(user: User): NonNullable<Guess['person']> {
  const { id, name, locale, timeZone } = user;
  return { id, name, addresses: addressesOf(user), locale, timeZone };
}
