import type { FilePerson, FileToken, Portal, Realm, Realms } from '../realm/index.ts';
import type { DemoPerson, DemoRealm, StartPage } from './page-models.ts';

/** A realm file, with what its people know in clear. */
export interface DemoRealmSource {
  readonly realm: string;
  readonly about?: string | undefined;
  readonly people: readonly FilePerson[];
  readonly tokens?: readonly FileToken[];
}

/** What they type to sign in. */
function identifierOf(person: FilePerson): string {
  return person.username ?? person.email ?? person.name;
}

export async function startPage(
  realms: Pick<Realms, 'list' | 'portals' | 'issuerOf'>,
  sources: readonly DemoRealmSource[],
  demoOrigin: string,
): Promise<StartPage> {
  const all = await realms.list();
  const shown = await Promise.all(
    all.map(async (realm): Promise<DemoRealm> => {
      const source = sources.find((each) => each.realm === realm.id);
      const portals = (await realms.portals(realm.id)).filter(
        (portal) => portal.enabled && portal.homeUrl?.startsWith(`${demoOrigin}/`) === true,
      );
      return {
        id: realm.id,
        name: realm.name,
        about: source?.about ?? aboutRules(realm, portals),
        portals: portals.map(({ name, homeUrl = '' }) => ({ name, href: homeUrl })),
        people: source?.people.map((person) => shownPerson(person, source.tokens ?? [])) ?? [],
        discoveryHref: `${realms.issuerOf(realm)}/.well-known/openid-configuration`,
        accent: realm.branding.accent,
        accentInk: realm.branding.accentInk,
        mark: realm.branding.mark,
      };
    }),
  );
  return { realms: shown, outboxHref: '/dev/outbox', authenticatorHref: '/dev/authenticator' };
}

/** What the authenticator page shows codes of. */
export function accountsOf({ people, tokens = [] }: DemoRealmSource): readonly { secret: string; label: string }[] {
  const named = new Map(people.flatMap(({ name, email, username }) => [email, username].map((each) => [each, name])));
  return [
    ...people.flatMap((person) =>
      person.authenticator === undefined
        ? []
        : [{ secret: person.authenticator, label: `${person.name} (${identifierOf(person)})` }],
    ),
    ...tokens.map(({ credentialId, seed, assignedTo }) => {
      const holder = named.get(assignedTo);
      return { secret: seed, label: holder === undefined ? credentialId : `${credentialId} (${holder})` };
    }),
  ];
}

function shownPerson(person: FilePerson, tokens: readonly FileToken[]): DemoPerson {
  const own = tokens.filter(({ assignedTo }) => assignedTo !== undefined && isOf(person, assignedTo));
  return {
    name: person.name,
    about: person.about,
    identifier: identifierOf(person),
    password: person.password,
    hasAuthenticator: person.authenticator !== undefined,
    tokens: own.map(({ credentialId }) => credentialId),
  };
}

const isOf = ({ email, username }: FilePerson, identifier: string) => identifier === email || identifier === username;

/** Where a file does not say what can be tried. */
function aboutRules({ policy }: Realm, portals: readonly Portal[]): string {
  const rules = [policy.secondFactor, ...portals.map((portal) => portal.policy.secondFactor)];
  const consent = portals.some((portal) => portal.asksConsent) ? ' A portal must be agreed to.' : '';
  if (rules.includes('required')) return `Password, then a second factor, which is set up on the way.${consent}`;
  if (rules.includes('optional') || rules.every((rule) => rule === undefined)) {
    return `Password; a second factor is offered.${consent}`;
  }
  return `A password is enough.${consent}`;
}
