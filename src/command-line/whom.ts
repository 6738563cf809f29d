interface Findable<Person> {
  readonly people: {
    find(realm: string, identifier: string): Promise<Person | undefined>;
    get(realm: string, id: string): Promise<Person | undefined>;
  };
}

export const aboutPerson = 'email, user name or id';

/** By email, user name or id. */
export async function personOf<Person>(
  { people }: Findable<Person>,
  realm: string,
  identifier: string,
): Promise<Person | undefined> {
  return (await people.find(realm, identifier)) ?? (await people.get(realm, identifier));
}

export const labelOf = (person: {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}): string => [person.name, person.email ?? person.username].filter(Boolean).join(', ');

/** Of a page of a list: from 1 to 500, or undefined. */
export function limitOf(text: string): number | undefined {
  const limit = Number(text);
  return Number.isInteger(limit) && limit >= 1 && limit <= 500 ? limit : undefined;
}
