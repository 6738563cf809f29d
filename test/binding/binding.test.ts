import { type Binding, createBinding } from '../../src/binding/index.ts';
import type { Portal, Realm } from '../../src/realm/index.ts';
import { onSqlite, operator, type TenancyForTests } from '../people/organizations/tenancy-for-tests.ts';

describe('what binds a person at a portal', () => {
  let world: TenancyForTests;
  let binding: Binding;
  const at = new Date('2026-01-01T00:00:00Z');
  const realm: Realm = {
    ...{ id: 'msp', name: 'MSP', branding: { accent: '#112233', accentInk: '#ffffff', mark: 'M' }, languages: ['en'] },
    ...{ policy: { sessionHours: 12 }, createdAt: at, changedAt: at },
  };
  const portals = new Map(
    ['mss', 'intel', 'shut'].map((clientId): [string, Portal] => [
      clientId,
      {
        ...{ id: `msp/${clientId}`, realm: 'msp', clientId, name: clientId, kind: 'web', enabled: clientId !== 'shut' },
        ...{ redirectUris: [], postLogoutRedirectUris: [], scopes: ['openid'], asksConsent: false, policy: {} },
        ...{ createdAt: at, changedAt: at },
      },
    ]),
  );
  beforeEach(async () => {
    world = await onSqlite();
    const find = async (id: string, clientId: string) => (id === 'msp' ? portals.get(clientId) : undefined);
    binding = createBinding({ realms: { portal: find }, tenancy: world.tenancy, clock: world.clock });
  });
  afterEach(() => world.close());

  const subscribe = (portal: string, kind: 'organization' | 'user', holder: string) =>
    world.tenancy.subscriptions.add({ realm: 'msp', portal, kind, holder }, operator);

  async function levels(userId: string, portal: string, organization?: string) {
    const person = await world.people.get('msp', userId);
    const all = await binding.levelsFor(realm, portals.get(portal), person, organization);
    return all.map(({ kind, name, isElsewhere }) => `${kind} ${name}${isElsewhere === true ? ' elsewhere' : ''}`);
  }

  it('is the realm and the portal, for somebody without organizations, and what they ask of themselves', async () => {
    const mia = await world.person('mia');
    expect(await levels(mia, 'intel')).toEqual(['realm MSP', 'portal intel']);
    await world.people.update('msp', mia, (user) => ({ ...user, policy: { secondFactor: 'required' } }));
    expect(await levels(mia, 'intel')).toEqual(['realm MSP', 'portal intel', 'user mia']);
  });

  it('is every organization and portal, outermost first; those the session is not for are elsewhere', async () => {
    const mia = await world.person('mia');
    const top = await world.org('Top');
    const [acme, beta] = [await world.org('Acme', top), await world.org('Beta')];
    await world.join(mia, acme);
    await world.join(mia, beta);
    await subscribe('mss', 'organization', beta);
    await subscribe('shut', 'user', mia);
    expect(await levels(mia, 'intel', acme)).toEqual([
      ...['realm MSP', 'organization Beta elsewhere', 'organization Top', 'organization Acme'],
      ...['portal mss', 'portal intel'],
    ]);
    // At the portal that only one of them is subscribed to, it is for that one.
    expect(await levels(mia, 'mss', acme)).toContain('organization Acme elsewhere');
  });

  it('knows a change at once on its own node, and within two seconds on another', async () => {
    const mia = await world.person('mia');
    const acme = await world.org('Acme');
    const elsewhere = createBinding({
      realms: { portal: async () => undefined },
      // Another process: it hears nothing of what this one changes.
      tenancy: { ...world.tenancy, onChange: () => undefined },
      clock: world.clock,
    });
    const person = await world.people.get('msp', mia);
    const seen = async (by: Binding) => (await by.of(realm, undefined, person)).choices.map(({ name }) => name);
    expect([await seen(binding), await seen(elsewhere)]).toEqual([[], []]);
    await world.join(mia, acme);
    expect([await seen(binding), await seen(elsewhere)]).toEqual([['Acme'], []]);
    world.clock.advance(2_000);
    expect(await seen(elsewhere)).toEqual(['Acme']);
    await world.tenancy.organizations.change('msp', acme, () => ({ name: 'Renamed' }), operator);
    expect([await seen(binding), await seen(elsewhere)]).toEqual([['Renamed'], ['Acme']]);
    world.clock.advance(2_000);
    expect(await seen(elsewhere)).toEqual(['Renamed']);
  });

  it('tells namesakes apart by what is above them', async () => {
    const mia = await world.person('mia');
    for (const name of ['North', 'South']) await world.join(mia, await world.org('Sales', await world.org(name)));
    const bonds = await binding.of(realm, portals.get('intel'), await world.people.get('msp', mia));
    expect(bonds.choices).toMatchObject([{ name: 'Sales' }, { name: 'Sales' }]);
    expect(bonds.choices.map(({ within }) => within).toSorted()).toEqual(['North', 'South']);
    expect(bonds.organization(undefined)).toBeUndefined();
    expect(bonds.organization('somewhere else')).toBeUndefined();
  });
});
