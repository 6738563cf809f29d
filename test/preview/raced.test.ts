import { createFactors } from '../../src/factors/index.ts';
import { createHasher, createPeople, type People } from '../../src/people/index.ts';
import type { Rules } from '../../src/policy/index.ts';
import { createCensus, createGuards, type Guards } from '../../src/preview/index.ts';
import { createRealms, type RealmAdmin } from '../../src/realm/index.ts';
import { createRollouts, type Rollouts } from '../../src/rollout/index.ts';
import { createLeases, type Store } from '../../src/store/index.ts';
import { cheapCost, linkTo } from '../people/people-for-tests.ts';
import { onBothEngines } from '../support/both-engines.ts';
import type { StoreForTests } from '../support/store.ts';

const by = { kind: 'operator' } as const;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
/** Nobody has one, and nobody can set one up alone. */
const pigeons: Rules = { secondFactor: 'required', methods: ['pigeon'] };

interface Node {
  readonly realms: RealmAdmin;
  readonly people: People;
  readonly guards: Guards;
  readonly rollouts: Rollouts;
}

/** The rooms of one process. */
function aNode(store: Store, { clock, keyring }: StoreForTests): Node {
  const leases = createLeases({ store, clock });
  const realms = createRealms({
    ...{ store, clock, origin: 'https://id.example' },
    applyOrganization: (...given) => people.tenancy.applyFile(...given),
    foretellOrganization: (...given) => people.tenancy.foretellFile(...given),
    async keepAdmins(realm, foresee, act) {
      const filed = async () => {
        const foretold = await foresee();
        return foretold && { kind: 'file' as const, filed: foretold };
      };
      const kept = await guards.keeping(realm, filed, act);
      return kept.ok ? kept : { ok: false, reasons: kept.objection.reasons };
    },
  });
  const people: People = createPeople({
    ...{ store, clock, keyring, linkTo, hasher: createHasher({ cost: cheapCost }) },
    keepAdmins: (realm, foresee, act) => guards.keeping(realm, foresee, act),
  });
  const factors = createFactors({ store, clock, keyring });
  const rollouts: Rollouts = createRollouts({
    ...{ store, clock, leases, realms, people, log: silent, factorKinds: ['totp', 'pigeon'] },
    census: createCensus({ realms, people, factors, clock }),
    keepAdmins: (rollout, act) => guards.keeping(rollout.realm, async () => ({ kind: 'rollout', rollout }), act),
  });
  const guards: Guards = createGuards({ realms, people, factors, rollouts, clock, alone: leases.alone });
  return { realms, people, guards, rollouts };
}

/** One of the two who administer a realm, with an organization and a portal of their own, as one process has them. */
interface Side extends Node {
  readonly realm: string;
  readonly userId: string;
  readonly organization: string;
  readonly strict: string;
  readonly portal: string;
}

type Way = (side: Side) => Promise<boolean>;

/** Each shuts this one out, for good or by rules they cannot meet; whether it was done. */
const ways: Readonly<Record<string, Way>> = {
  disabled: ({ people, realm, userId }) =>
    people.disable(realm, userId, by).then(
      () => true,
      () => false,
    ),
  'not an admin any more': async ({ people, realm, userId }) =>
    (await people.tenancy.memberships.remove({ realm, userId }, by)).ok,
  'in a strict organization': async ({ people, realm, userId, strict: organization }) =>
    (await people.tenancy.memberships.add({ realm, organization, userId, role: 'member', isAccepted: true }, by)).ok,
  'of an organization that gets strict': async ({ people, realm, organization }) =>
    (await people.tenancy.organizations.change(realm, organization, () => ({ policy: pigeons }), by)).ok,
  'of an organization that is moved': async ({ people, realm, organization, strict }) =>
    (await people.tenancy.organizations.move(realm, organization, strict, by)).ok,
  'strict with themselves': async ({ people, realm, userId }) =>
    (await people.setRules(realm, userId, () => pigeons, by)).ok,
  'at a portal that gets strict': async ({ realms, realm, portal }) =>
    (await realms.setRules({ realm, clientId: portal }, pigeons, by)).ok,
  'at a portal that is set strict': async ({ realms, realm, portal }) => {
    await realms.set(realm, `portals.${portal}.policy.methods`, ['totp'], by);
    await realms.set(realm, `portals.${portal}.policy.secondFactor`, 'required', by);
    return (await realms.set(realm, `portals.${portal}.policy.methods`, ['pigeon'], by)).ok;
  },
  'subscribed to a strict portal': async ({ people, realm, userId }) =>
    (await people.tenancy.subscriptions.add({ realm, portal: 'strict', kind: 'user', holder: userId }, by)).ok,
  'in the first wave of a roll-out': async ({ rollouts, realm, organization, userId }) => {
    const waves = [{ startsAt: new Date('2100-01-01T00:00:00Z'), organizations: [organization] }];
    const made = await rollouts.create({ realm, name: `For ${userId}`, rules: pigeons, waves }, by);
    return made.ok && (await rollouts.start(made.rollout, by)).ok;
  },
};
const names = Object.keys(ways);

const file = (realm: string) => `realm: ${realm}
name: ${realm}
portals:
  - { clientId: first, name: First, redirectUris: ["https://first.example/cb"] }
  - { clientId: second, name: Second, redirectUris: ["https://second.example/cb"] }
  - clientId: strict
    name: Strict
    redirectUris: ["https://strict.example/cb"]
    policy: { secondFactor: required, methods: [pigeon] }
`;

describe('of two administrators who are shut out at once, by two processes, one stays', () => {
  onBothEngines((open) => {
    let opened: StoreForTests;
    let nodes: readonly [Node, Node];
    beforeEach(async () => {
      opened = await open();
      const other = await opened.elsewhere();
      nodes = [aNode(opened.store, opened), aNode(other, opened)];
      await opened.store.bootstrap();
      await other.bootstrap();
    });
    afterEach(() => opened.close());

    async function aRealm(realm: string): Promise<readonly [Side, Side]> {
      const [{ realms, people }] = nodes;
      const applied = await realms.apply(file(realm), `${realm}.yaml`, { actor: by });
      if (!applied.ok) throw new Error(JSON.stringify(applied.faults));
      for (const node of nodes) node.realms.forget();
      const { organizations, memberships, subscriptions } = people.tenancy;
      const org = async (name: string, policy: Rules = {}) => {
        const made = await organizations.add({ realm, name, policy }, by);
        if (!made.ok) throw new Error(made.why);
        return made.organization.id;
      };
      const strict = await org('Strict', pigeons);
      const side = async (portal: string, node: Node): Promise<Side> => {
        const made = await people.create({ realm, name: portal, username: portal });
        if (!made.ok) throw new Error(made.why);
        const userId = made.user.id;
        const organization = await org(`Of ${portal}`);
        await memberships.add({ realm, organization, userId, role: 'member', isAccepted: true }, by);
        await subscriptions.add({ realm, portal, kind: 'user', holder: userId }, by);
        await memberships.add({ realm, userId, role: 'owner', isAccepted: true }, by);
        return { ...node, realm, userId, organization, strict, portal };
      };
      return [await side('first', nodes[0]), await side('second', nodes[1])];
    }

    /** In 20 rounds each way meets two others. */
    const rounds = Array.from({ length: 20 }, (_, at) => {
      const other = at < names.length ? at + 1 : at + 4;
      return [names[at % names.length] ?? '', names[other % names.length] ?? ''] as const;
    });

    it.each(rounds.map((each, at) => [...each, at] as const))('%s, and %s (round %i)', async (one, other, at) => {
      const [first, second] = await aRealm(`realm${at}`);
      const done = await Promise.all([ways[one]?.(first), ways[other]?.(second)]);
      expect(done.toSorted()).toEqual([false, true]);
      // Whoever is left is somebody: the realm would be without them.
      const losses = [first, second].map(({ userId }) => ({ userId, what: 'all' as const }));
      nodes[0].realms.forget();
      expect(await nodes[0].guards.lastAdmin(first.realm, { kind: 'loss', losses })).toMatchObject({
        why: 'last_admin',
      });
    });
  });
});
