import type { FilePerson, Portal, Realm, Realms } from '../realm/index.ts';
import type { StartPage } from './page-models.ts';

/** A person of a realm file, with what they know in clear. */
export interface DemoPersonSource extends FilePerson {
  readonly realm: string;
}

/** What they type to sign in. */
export function identifierOf(person: FilePerson): string {
  return person.username ?? person.email ?? person.name;
}

export async function startPage(
  realms: Pick<Realms, 'list' | 'portals' | 'issuerOf'>,
  demoPeople: readonly DemoPersonSource[],
  demoOrigin: string,
): Promise<StartPage> {
  const all = await realms.list();
  const perRealm = await Promise.all(
    all.map(async (realm) => {
      const portals = await realms.portals(realm.id);
      return portals
        .filter((portal) => portal.enabled && portal.homeUrl?.startsWith(`${demoOrigin}/`) === true)
        .map((portal) => card(realm, portal));
    }),
  );
  const nameOf = (id: string) => all.find((realm) => realm.id === id)?.name ?? id;
  return {
    portals: perRealm.flat(),
    people: demoPeople
      .filter((person) => all.some((realm) => realm.id === person.realm))
      .map((person) => ({
        name: person.name,
        realm: person.realm,
        realmName: nameOf(person.realm),
        identifier: identifierOf(person),
        password: person.password,
        hasAuthenticator: person.authenticator !== undefined,
      })),
    realms: all.map((realm) => ({
      id: realm.id,
      name: realm.name,
      discoveryHref: `${realms.issuerOf(realm)}/.well-known/openid-configuration`,
    })),
    outboxHref: '/dev/outbox',
    authenticatorHref: '/dev/authenticator',
  };
}

function card(realm: Realm, portal: Portal): StartPage['portals'][number] {
  return {
    name: portal.name,
    realm: realm.id,
    realmName: realm.name,
    href: portal.homeUrl ?? '',
    about: `${secondFactor(realm, portal)}${portal.asksConsent ? ' The portal must be agreed to.' : ''}`,
    accent: realm.branding.accent,
    mark: realm.branding.mark,
  };
}

function secondFactor(realm: Realm, portal: Portal): string {
  const rules = [realm.policy.secondFactor, portal.policy.secondFactor];
  if (rules.includes('required')) return 'Password, then a second factor, which is set up on the way.';
  if (rules.includes('optional') || rules.every((rule) => rule === undefined)) {
    return 'Password; a second factor is offered.';
  }
  return 'A password is enough.';
}
