import { createFactors, type Factors } from '../../src/factors/index.ts';
import { createHasher, createPeople, type People } from '../../src/people/index.ts';
import { createGuards, type Guards } from '../../src/preview/index.ts';
import { createRealms, type RealmAdmin } from '../../src/realm/index.ts';
import { createLeases } from '../../src/store/index.ts';
import { cheapCost, linkTo } from '../people/people-for-tests.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

const actor = { kind: 'operator' } as const;

interface Says {
  readonly realm?: string;
  readonly portal?: string;
  readonly north?: string;
  readonly client?: string;
}

const file = ({ realm = '', portal = '', north = '', client = '' }: Says = {}) => `realm: msp
name: MSP
policy: { secondMethod: no${realm} }
portals:
  - { clientId: mss, name: MSS, redirectUris: ["https://mss.example/cb"]${portal} }
organizations:
  - { id: north, name: North${north} }
  - { id: client, name: Client${client} }
`;

/** Nobody has one, and nobody can set one up alone. */
const onlyPigeons = 'secondFactor: required, methods: [pigeon]';

describe('a realm file and who administers the realm', () => {
  let opened: StoreForTests;
  let realms: RealmAdmin;
  let people: People;
  let factors: Factors;
  let guards: Guards;
  beforeEach(async () => {
    opened = await aStore();
    const { store, clock, keyring } = opened;
    realms = createRealms({
      ...{ store, clock, origin: 'https://id.example' },
      applyOrganization: (...given) => people.tenancy.applyFile(...given),
      foretellOrganization: (...given) => people.tenancy.foretellFile(...given),
      async keepAdmins(realm, foresee, act) {
        const filed = async () => {
          const foretold = await foresee();
          return foretold && { kind: 'file' as const, filed: foretold };
        };
        const done = await guards.keeping(realm, filed, act);
        return done.ok ? done : { ok: false, reasons: done.objection.reasons };
      },
    });
    people = createPeople({ store, clock, hasher: createHasher({ cost: cheapCost }), keyring, linkTo });
    factors = createFactors({ store, clock, keyring });
    guards = createGuards({ realms, people, factors, clock, alone: createLeases({ store, clock }).alone });
    await store.bootstrap();
    expect(await apply()).toEqual([]);
  });
  afterEach(() => opened.close());

  /** What is wrong with it. */
  async function apply(says?: Says, force = false) {
    const report = await realms.apply(file(says), 'msp.yaml', { actor, force });
    return report.ok ? [] : report.faults.map(({ line, path, message }) => `${line}: ${path} ${message}`);
  }

  /** Administers the realm, and is a member of an organization of the file. */
  async function admin(name = 'root', organization = 'client'): Promise<string> {
    const made = await people.create({ realm: 'msp', name, username: name });
    if (!made.ok) throw new Error(made.why);
    const userId = made.user.id;
    const { memberships } = people.tenancy;
    await memberships.add({ realm: 'msp', userId, role: 'owner', isAccepted: true }, actor);
    const member = {
      realm: 'msp',
      organization: `msp.${organization}`,
      userId,
      role: 'member',
      isAccepted: true,
    } as const;
    await memberships.add(member, actor);
    return userId;
  }

  it.each<readonly [string, Says, RegExp]>([
    ['of the realm', { realm: `, ${onlyPigeons}` }, /^3: policy\.(secondFactor|methods) .*realm MSP/],
    [
      'of an organization',
      { client: `, policy: { ${onlyPigeons} }` },
      /^8: organizations\.client\.policy\..*organization Client/,
    ],
    [
      'above an organization that would move',
      { north: `, policy: { ${onlyPigeons} }`, client: ', below: north' },
      /^7: organizations\.north\.policy\..*organization North/,
    ],
    [
      'of a portal that an organization would take out',
      { portal: `, policy: { ${onlyPigeons} }`, client: ', portals: [mss]' },
      /^5: portals\.mss\.policy\..*portal MSS/,
    ],
  ])(
    'is refused whole, with the rule and the way out, where rules %s would shut the last one out',
    async (_, says, fault) => {
      await admin();
      const before = await realms.get('msp');
      for (const force of [false, true]) {
        const faults = await apply(says, force);
        expect(faults).toEqual([expect.stringMatching(fault)]);
        expect(faults[0]).toMatch(
          /nobody who administers the realm able to sign in.*give one of them what the rules want/,
        );
      }
      expect(await realms.get('msp')).toEqual(before);
      expect(await people.tenancy.organizations.get('msp', 'msp.client')).toMatchObject({ policy: {} });
    },
  );

  it('is applied where another who administers the realm can sign in all the same', async () => {
    await admin();
    await admin('other', 'north');
    expect(await apply({ client: `, policy: { ${onlyPigeons} }` })).toEqual([]);
    expect(await apply({ client: `, policy: { ${onlyPigeons} }`, north: `, policy: { ${onlyPigeons} }` })).toHaveLength(
      1,
    );
  });

  it('is applied where what shuts them out stays as somebody set it since', async () => {
    await admin();
    await realms.setRules({ realm: 'msp' }, { methods: ['totp'] }, actor);
    expect(await apply({ realm: `, ${onlyPigeons}` })).toEqual([]);
    expect(await realms.get('msp')).toMatchObject({ policy: { secondFactor: 'required', methods: ['totp'] } });
    expect(await apply({ realm: `, ${onlyPigeons}` }, true)).toHaveLength(1);
  });

  it('is applied to a realm in which nobody who administers it can sign in', async () => {
    expect(await apply({ realm: `, ${onlyPigeons}` })).toEqual([]);
    await admin();
    expect(await apply({ realm: `, ${onlyPigeons}, sessionHours: 8` })).toEqual([]);
  });

  it('nor is one rule set by which the last one is shut out', async () => {
    const refused = (path: string) => ({
      ...{ ok: false, why: 'refused' },
      faults: [expect.stringMatching(`^${path}: would leave nobody who administers`)],
    });
    expect(await apply({ realm: ', secondFactor: required', client: ', portals: [mss]' })).toEqual([]);
    await admin();
    for (const path of ['policy.methods', 'portals.mss.policy.methods']) {
      expect(await realms.set('msp', path, ['pigeon'], actor)).toEqual(refused(path));
      expect(await realms.set('msp', path, ['totp'], actor)).toMatchObject({ ok: true, changed: true });
    }
    expect(await realms.get('msp')).toMatchObject({ policy: { methods: ['totp'] } });
    expect(await realms.portal('msp', 'mss')).toMatchObject({ policy: { methods: ['totp'] } });
  });

  it('nor is a portal let in again, by a setting or a file, that would shut the last one out', async () => {
    const off = (isOn: boolean) => ({
      portal: `, enabled: ${isOn}, policy: { ${onlyPigeons} }`,
      client: ', portals: [mss]',
    });
    expect(await apply(off(false))).toEqual([]);
    await admin();
    expect(await realms.set('msp', 'portals.mss.enabled', true, actor)).toMatchObject({ ok: false, why: 'refused' });
    expect(await apply(off(true))).toHaveLength(1);
    await admin('other', 'north');
    expect(await apply(off(true))).toEqual([]);
  });

  it('nor does a portal go that had loosened a rule for them, or one come back that they cannot meet', async () => {
    const loosened = { realm: `, ${onlyPigeons}, open: [secondFactor, methods]` };
    expect(await apply(loosened)).toEqual([]);
    const settings = { clientId: 'mild', name: 'Mild', redirectUris: ['https://mild.example/cb'] };
    const mild = { ...settings, policy: { secondFactor: 'off' } };
    expect(await realms.addPortal('msp', mild, actor)).toMatchObject({ ok: true });
    const userId = await admin();
    const subscribed = { realm: 'msp', portal: 'mild', kind: 'user', holder: userId } as const;
    await people.tenancy.subscriptions.add(subscribed, actor);
    expect(await realms.removePortal('msp', 'mild', actor)).toEqual({ ok: false, why: 'strands_admins' });

    await realms.setRules({ realm: 'msp' }, { secondFactor: null, methods: null }, actor);
    expect(await realms.removePortal('msp', 'mild', actor)).toEqual({ ok: true });
    const strict = { ...settings, policy: { secondFactor: 'required', methods: ['pigeon'] } };
    expect(await realms.addPortal('msp', strict, actor)).toMatchObject({
      why: 'refused',
      faults: [expect.stringMatching(/^policy: would leave nobody/)],
    });
  });

  it('several rules at once are judged as they would be together', async () => {
    await admin();
    expect(await realms.setRules({ realm: 'msp' }, { secondFactor: 'required', methods: ['pigeon'] }, actor)).toEqual({
      ...{ ok: false, why: 'refused' },
      faults: [expect.stringMatching(/^policy\.secondFactor: would leave nobody who administers/)],
    });
    expect(
      await realms.setRules({ realm: 'msp' }, { secondFactor: 'required', methods: ['totp'] }, actor),
    ).toMatchObject({ ok: true });
  });

  it('the same again asks nobody', async () => {
    let asked = 0;
    const { keeping } = guards;
    guards = { ...guards, keeping: (...given) => ((asked += 1), keeping(...given)) };
    expect(await apply()).toEqual([]);
    expect(asked).toBe(0);
    expect(await apply({ realm: ', sessionHours: 8' })).toEqual([]);
    expect(asked).toBe(1);
  });
});
