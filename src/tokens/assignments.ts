import type { StoredToken } from './collections.ts';

/** The token as this person's, from now on; others keep it. */
export function givenTo(token: StoredToken, person: string, at: Date): StoredToken {
  const others = (token.assignments ?? []).filter((each) => each.person !== person);
  return {
    ...token,
    people: [...new Set([...token.people, person])],
    assignments: [...others, { person, at }],
  };
}

/** The token as not this person's any more; nobody's when there is none. */
export function takenFrom(token: StoredToken, person: string | undefined): StoredToken {
  const stays = (each: string) => person !== undefined && each !== person;
  return {
    ...token,
    people: token.people.filter(stays),
    assignments: (token.assignments ?? []).filter((each) => stays(each.person)),
  };
}

export function assignedAt(token: StoredToken, person: string): Date {
  return token.assignments?.find((each) => each.person === person)?.at ?? token.createdAt;
}
