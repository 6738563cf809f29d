import { createRealms, type RealmAdmin } from '../../src/realm/index.ts';
import { type PeopleForTests, somePeople } from '../people/people-for-tests.ts';

const actor = { kind: 'operator' } as const;

const file = (change: (text: string) => string = (text) => text) =>
  change(`realm: msp
name: MSP
portals:
  - { clientId: mss, name: MSS, redirectUris: ["https://mss.example/cb"], policy: { secondFactor: required } }
  - { clientId: intel, name: Intel, redirectUris: ["https://intel.example/cb"] }
organizations:
  - { id: client, name: Client, below: north, portals: [intel] }
  - { id: north, name: North, portals: [mss, intel], policy: { secondFactor: required, sessionHours: 8 } }
  - { id: south, name: South }
`);

describe('organizations of a realm file', () => {
  let world: PeopleForTests;
  let realms: RealmAdmin;
  beforeEach(async () => {
    world = await somePeople();
    realms = createRealms({
      store: world.store,
      clock: world.clock,
      origin: 'https://id.example',
      applyOrganization: world.people.tenancy.applyFile,
    });
    await world.store.bootstrap();
  });
  afterEach(() => world.close());

  async function apply(text: string, force = false) {
    const report = await realms.apply(text, 'msp.yaml', { actor, force });
    if (!report.ok) return report.faults.map(({ path, message }) => `${path}: ${message}`);
    return report.entries
      .filter(({ what }) => what === 'organization')
      .map(({ id, path, outcome }) => [id, ...(path === undefined ? [] : [path]), outcome].join(' '));
  }
  const { organizations, subscriptions } = {
    organizations: () => world.people.tenancy.organizations,
    subscriptions: () => world.people.tenancy.subscriptions,
  };
  const parentOf = async (id: string) => (await organizations().get('msp', `msp.${id}`))?.parent;

  it('are made from the top down, with rules and subscriptions; the same file again changes nothing', async () => {
    expect(await apply(file())).toEqual(['north created', 'south created', 'client created']);
    expect(await organizations().get('msp', 'msp.north')).toMatchObject({ name: 'North', policy: { sessionHours: 8 } });
    expect(await parentOf('client')).toBe('msp.north');
    expect(await subscriptions().of('msp', 'msp.north')).toEqual(['intel', 'mss']);
    expect(await apply(file())).toEqual(['north unchanged', 'south unchanged', 'client unchanged']);
  });

  it('follow the file where nobody changed them, and keep what somebody did', async () => {
    await apply(file());
    await organizations().change('msp', 'msp.north', () => ({ name: 'The North' }), actor);
    const moved = file((text) =>
      text
        .replace('below: north', 'below: south')
        .replace('sessionHours: 8', 'sessionHours: 4')
        .replace('[mss, intel]', '[mss]'),
    );
    expect(await apply(moved)).toEqual([
      ...['north name kept', 'north policy.sessionHours changed', 'north portals changed'],
      ...['south unchanged', 'client below changed'],
    ]);
    expect(await parentOf('client')).toBe('msp.south');
    expect(await organizations().get('msp', 'msp.north')).toMatchObject({
      name: 'The North',
      policy: { sessionHours: 4 },
    });
    expect(await subscriptions().of('msp', 'msp.north')).toEqual(['mss']);
    expect(await apply(moved, true)).toEqual(['north name changed', 'south unchanged', 'client unchanged']);
  });

  it('leave a conflict where it is, and stay when the file drops them', async () => {
    await apply(file());
    await organizations().add({ realm: 'msp', name: 'Third' }, actor);
    expect(await apply(file((text) => text.replace('name: South', 'name: Third')))).toContain('south name conflict');
    expect(await apply(file((text) => text.replace(/ {2}- \{ id: south.*\n/, '')))).toEqual([
      'north unchanged',
      'client unchanged',
    ]);
    expect((await organizations().get('msp', 'msp.south'))?.name).toBe('South');
  });

  it.each([
    ['below: north', 'below: nowhere', 'organizations.client.below: no organization of this file is "nowhere"'],
    ['below: north', 'below: client', 'organizations.client.below: lies in a ring, or more than 10 levels deep'],
    ['portals: [intel]', 'portals: [other]', 'organizations.client.portals.0: no portal of this file is "other"'],
    [
      'id: south, name: South',
      'id: north, name: South',
      'organizations.north.id: another organization of this file has this id',
    ],
    [
      'id: south, name: South',
      'id: south, name: NORTH',
      'organizations.south.name: another organization beside it has this name',
    ],
    [
      'id: south, name: South',
      'id: south, naem: South',
      'organizations.south.naem: unknown setting "naem"; did you mean "name"?',
    ],
  ])('with %s as %s, nothing of the file is applied', async (from, to, fault) => {
    expect(await apply(file((text) => text.replace(from, to)))).toContain(fault);
    expect(await realms.get('msp')).toBeUndefined();
  });
});
