import { noRealm, type Opened, type Outcome } from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import type { Portal, Realm, RealmAdmin } from './realm.ts';

/** `gatehouse realm show`. */
export async function showRealm(context: Opened & { readonly realms: RealmAdmin }, id: string): Promise<Outcome> {
  const { realms } = context;
  const realm = await realms.get(id);
  if (realm === undefined) return noRealm(id);
  const [issuer, portals] = [realms.issuerOf(realm), await realms.portals(id)];
  return { lines: table(rowsOf(realm, issuer, portals)), json: jsonOf(realm, issuer, portals) };
}

function rowsOf(realm: Realm, issuer: string, portals: readonly Portal[]): readonly (readonly string[])[] {
  const { support = {}, passkeys, resources = [], registration, keys } = realm;
  const rules = Object.entries(realm.policy).map(([rule, value]) => `${rule} ${JSON.stringify(value)}`);
  return [
    ['realm', realm.id],
    ['name', realm.name],
    ['issuer', issuer],
    ['languages', realm.languages.join(', ')],
    ['support', Object.values(support).join(', ') || '-'],
    ...many(
      'portals',
      portals.map(({ clientId, name, enabled }) => `${clientId}: ${name}${enabled ? '' : ', disabled'}`),
    ),
    ...many('rules', rules),
    ...(passkeys === undefined ? [] : many('passkeys on', passkeys.authenticators)),
    ...(resources.length === 0
      ? []
      : many(
          'resources',
          resources.map((each) => `${each.id}: ${each.scopes.join(' ')}`),
        )),
    ['registration', registration?.enabled === true ? 'on' : 'off'],
    ['new keys', keys === undefined ? 'when `gatehouse keys rotate` asks' : `every ${keys.rotateEveryDays} days`],
  ];
}

/** The first line with its name, the others under it. */
const many = (name: string, lines: readonly string[]): readonly (readonly string[])[] =>
  lines.length === 0 ? [[name, '-']] : lines.map((line, at) => [at === 0 ? name : '', line]);

/** Stable: scripts read it. */
function jsonOf(realm: Realm, issuer: string, portals: readonly Portal[]) {
  const { id, name, languages, branding, support, links, origin, policy, messages, passkeys, resources } = realm;
  const { registration, keys, createdAt, changedAt } = realm;
  return {
    ...{ id, name, issuer, languages, branding, support, links, origin, policy, messages, passkeys, resources },
    ...{ registration, keys, createdAt, changedAt },
    portals: portals.map(({ clientId, name: called, kind, enabled }) => ({ clientId, name: called, kind, enabled })),
  };
}
