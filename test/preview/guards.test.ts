import { createFactors, type Factors } from '../../src/factors/index.ts';
import { createHasher, createPeople, type People } from '../../src/people/index.ts';
import type { Rules } from '../../src/policy/index.ts';
import { createCensus, createGuards, type Guards } from '../../src/preview/index.ts';
import type { Portal, Realm } from '../../src/realm/index.ts';
import { createRollouts, type Rollouts, type Wave } from '../../src/rollout/index.ts';
import { createLeases } from '../../src/store/index.ts';
import { cheapCost, linkTo } from '../people/people-for-tests.ts';
import { onBothEngines } from '../support/both-engines.ts';
import type { StoreForTests } from '../support/store.ts';

const by = { kind: 'operator' } as const;
const msp = 'msp';

const portal = (clientId: string, policy: Rules): Portal => ({
  ...{ id: `${msp}/${clientId}`, realm: msp, clientId, name: clientId, kind: 'web', enabled: true, policy },
  ...{ redirectUris: [], postLogoutRedirectUris: [], scopes: ['openid'], asksConsent: false },
  ...{ createdAt: new Date(0), changedAt: new Date(0) },
});

describe('a realm keeps somebody who administers it and can sign in', () => {
  onBothEngines((open) => {
    let opened: StoreForTests;
    let people: People;
    let factors: Factors;
    let guards: Guards;
    let rollouts: Rollouts;
    let policy: Rules;
    beforeEach(async () => {
      opened = await open();
      const { store, clock, keyring } = opened;
      policy = {};
      const branding = { accent: '#112233', accentInk: '#ffffff', mark: 'M' };
      const at = clock.now();
      const realm = (): Realm => ({
        id: msp,
        name: 'MSP',
        branding,
        languages: ['en'],
        policy,
        createdAt: at,
        changedAt: at,
      });
      const realms = {
        get: async (id: string) => (id === msp ? realm() : undefined),
        portal: async () => undefined,
        portals: async () => [
          portal('strict', needsToken),
          portal('mild', {}),
          portal('lenient', { secondFactor: 'off' }),
        ],
        forget: () => {},
      };
      const hasher = createHasher({ cost: cheapCost });
      people = createPeople({
        ...{ store, clock, hasher, keyring, linkTo },
        keepAdmins: (of, foresee, act) => guards.keeping(of, foresee, act),
      });
      factors = createFactors({ store, clock, keyring });
      const leases = createLeases({ store, clock });
      rollouts = createRollouts({
        ...{ store, clock, leases, people, factorKinds: ['totp', 'pigeon'] },
        realms: { ...realms, list: async () => [realm()] },
        log: { info() {}, warn() {}, error() {} },
        census: createCensus({ realms, people, factors, clock }),
        keepAdmins: (rollout, act) => guards.keeping(msp, async () => ({ kind: 'rollout', rollout }), act),
      });
      guards = createGuards({ realms, people, factors, rollouts, clock, alone: leases.alone });
      await store.bootstrap();
    });
    afterEach(() => opened.close());

    async function person(name: string, ...kinds: readonly string[]): Promise<string> {
      const made = await people.create({ realm: msp, name, username: name });
      if (!made.ok) throw new Error(made.why);
      for (const kind of kinds)
        await factors.methods.add({ realm: msp, userId: made.user.id, kind, data: {} }, { actor: by });
      return made.user.id;
    }

    async function admin(name: string, ...kinds: readonly string[]): Promise<string> {
      const userId = await person(name, ...kinds);
      await people.tenancy.memberships.add({ realm: msp, userId, role: 'owner', isAccepted: true }, by);
      return userId;
    }

    async function org(name: string, rules: Rules): Promise<string> {
      const made = await people.tenancy.organizations.add({ realm: msp, name, policy: rules }, by);
      if (!made.ok) throw new Error(made.why);
      return made.organization.id;
    }

    /** Nobody can set one up alone: there is no inventory. */
    const needsToken: Rules = { secondFactor: 'required', methods: ['pigeon'] };
    const lastAdmin = { why: 'last_admin', isRefusal: true };
    const stranding = { ok: false, why: 'strands_admins' };

    it('whoever else administers it counts only if they could sign in', async () => {
      policy = { secondFactor: 'required', methods: ['passkey', 'recovery'], secondMethod: 'no' };
      const [able, locked] = [await admin('able', 'passkey'), await admin('locked', 'passkey')];
      await people.update(msp, locked, (user) => ({ ...user, secondFactorLockedAt: opened.clock.now() }));
      await expect(people.disable(msp, able, by)).rejects.toMatchObject({ code: 'conflict' });
      expect(await people.tenancy.memberships.remove({ realm: msp, userId: able }, by)).toEqual({
        ok: false,
        why: 'last_admin',
      });
      expect(await people.get(msp, able)).toMatchObject({ status: 'active' });
      await people.unlock(msp, locked, by);
      expect(await people.disable(msp, able, by)).toMatchObject({ status: 'disabled' });
    });

    it('a requirement that the last of them cannot meet is refused; one that another can meet is not', async () => {
      const [first] = [await admin('first')];
      const rules = (level: { readonly kind: 'realm' } | { readonly kind: 'user'; readonly id: string }) =>
        guards.lastAdmin(msp, { kind: 'rules', level, rules: needsToken });
      expect(await rules({ kind: 'realm' })).toMatchObject(lastAdmin);
      expect(await rules({ kind: 'user', id: first })).toMatchObject(lastAdmin);
      await admin('second');
      expect(await rules({ kind: 'realm' })).toMatchObject(lastAdmin);
      expect(await rules({ kind: 'user', id: first })).toBeUndefined();
      expect(
        await guards.lastAdmin(msp, { kind: 'rules', level: { kind: 'realm' }, rules: { secondFactor: 'required' } }),
      ).toBeUndefined();
    });

    it('an organization does not move to where its people, the last admin among them, would be stuck', async () => {
      const root = await admin('root');
      const [strict, mild] = [await org('Strict', needsToken), await org('Mild', {})];
      await people.tenancy.memberships.add(
        { realm: msp, organization: mild, userId: root, role: 'member', isAccepted: true },
        by,
      );
      const { organizations } = people.tenancy;
      expect(await organizations.move(msp, mild, strict, by)).toEqual({ ok: false, why: 'strands_admins' });
      expect((await organizations.get(msp, mild))?.parent).toBeUndefined();
      await admin('other');
      expect(await organizations.move(msp, mild, strict, by)).toMatchObject({ ok: true });
    });

    it('nor is the last of them bound by an organization or a portal whose rules they cannot meet', async () => {
      const [root, strict] = [await admin('root'), await org('Strict', needsToken)];
      const [above, subscribed] = [await org('Above', {}), await org('Subscribed', {})];
      const { memberships, subscriptions } = people.tenancy;
      const subscribe = (holder: string, portal: string, kind: 'user' | 'organization' = 'organization') =>
        subscriptions.add({ realm: msp, portal, kind, holder }, by);
      const where = (organization: string, userId = root) => ({ realm: msp, organization, userId });
      const join = (organization: string, userId?: string) =>
        memberships.add({ ...where(organization, userId), role: 'member', isAccepted: true }, by);
      expect(await subscribe(subscribed, 'strict')).toEqual({ ok: true });

      for (const organization of [strict, subscribed]) {
        expect(await join(organization)).toEqual(stranding);
        expect(await memberships.add({ ...where(organization), role: 'member' }, by)).toMatchObject({ ok: true });
        expect(await memberships.accept(where(organization), by)).toEqual(stranding);
      }
      expect(await join(strict, await person('somebody'))).toMatchObject({ ok: true });
      expect(await join(above)).toMatchObject({ ok: true });
      expect(await subscribe(root, 'strict', 'user')).toEqual(stranding);
      expect(await subscribe(above, 'strict')).toEqual(stranding);
      expect(await subscribe(root, 'mild', 'user')).toEqual({ ok: true });
      expect(await subscriptions.of(msp, root)).toEqual(['mild']);

      await admin('other');
      expect(await memberships.accept(where(strict), by)).toMatchObject({ ok: true });
      expect(await subscribe(root, 'strict', 'user')).toEqual({ ok: true });
    });

    it('nor by a role that an organization asks more of, nor by rules of their own', async () => {
      const root = await admin('root');
      const forAdmins = await org('For admins', { ...needsToken, forRoles: ['admin'] });
      const { memberships } = people.tenancy;
      const where = { realm: msp, organization: forAdmins, userId: root };
      expect(await memberships.add({ ...where, role: 'member', isAccepted: true }, by)).toMatchObject({ ok: true });
      expect(await memberships.setRole(where, 'admin', by)).toEqual(stranding);
      expect(await people.setRules(msp, root, () => needsToken, by)).toEqual(stranding);
      expect(await people.tenancy.organizations.change(msp, forAdmins, () => ({ policy: needsToken }), by)).toEqual(
        stranding,
      );
      expect(await people.get(msp, root)).not.toHaveProperty('policy');
      await admin('other');
      expect(await people.setRules(msp, root, () => needsToken, by)).toMatchObject({ ok: true });
    });

    it('nor does the last of them leave what had loosened a rule for them', async () => {
      policy = { ...needsToken, open: ['secondFactor', 'methods'] };
      const [root, mild] = [await person('root'), await org('Mild', { secondFactor: 'off' })];
      const { memberships, subscriptions } = people.tenancy;
      const where = { realm: msp, organization: mild, userId: root };
      await memberships.add({ ...where, role: 'member', isAccepted: true }, by);
      await memberships.add({ realm: msp, userId: root, role: 'owner', isAccepted: true }, by);
      expect(await memberships.remove(where, by)).toEqual(stranding);

      const lenient = { realm: msp, portal: 'lenient', kind: 'user', holder: root } as const;
      expect(await subscriptions.add(lenient, by)).toEqual({ ok: true });
      expect(await memberships.remove(where, by)).toEqual({ ok: true });
      expect(await subscriptions.remove(lenient, by)).toEqual(stranding);
    });

    it('a running roll-out counts as it ends, and none is started that would shut the last of them out', async () => {
      const startsAt = new Date(opened.clock.now().getTime() + 86_400_000);
      const planned = async (name: string, wave: Pick<Wave, 'share' | 'organizations'>) => {
        const made = await rollouts.create({ realm: msp, name, rules: needsToken, waves: [{ startsAt, ...wave }] }, by);
        if (!made.ok) throw new Error(made.faults.join('; '));
        return made.rollout;
      };
      const [early, late, theirs] = [await admin('early'), await admin('late'), await org('Theirs', {})];
      const member = { realm: msp, organization: theirs, userId: late, role: 'member', isAccepted: true } as const;
      await people.tenancy.memberships.add(member, by);

      const everybody = await planned('Everybody', { share: 100 });
      expect(await rollouts.start(everybody, by)).toEqual(stranding);
      const some = await planned('Some', { organizations: [theirs] });
      expect(await rollouts.start(some, by)).toMatchObject({ ok: true });
      await expect(people.disable(msp, early, by)).rejects.toMatchObject({ code: 'conflict' });

      const stopped = await rollouts.stop(some, by, 0);
      if (!stopped.ok) throw new Error(stopped.why);
      expect(await people.disable(msp, early, by)).toMatchObject({ status: 'disabled' });
      expect(await rollouts.resume(stopped.rollout, by)).toEqual(stranding);
    });

    it('a realm without anybody who administers it goes on as it is', async () => {
      const somebody = await person('somebody');
      expect(await people.disable(msp, somebody, by)).toMatchObject({ status: 'disabled' });
      expect(
        await guards.lastAdmin(msp, { kind: 'rules', level: { kind: 'realm' }, rules: needsToken }),
      ).toBeUndefined();
    });

    it('the last method that policy needs is not taken away, and what could be set up first is told', async () => {
      policy = { secondFactor: 'required', methods: ['totp', 'passkey'] };
      const mia = await person('mia', 'totp');
      const [totp] = await factors.methods.of(msp, mia);
      const ids = [totp?.id ?? ''];
      expect(await guards.removal(msp, [{ userId: mia, ids }])).toMatchObject({
        ...{ why: 'last_method_needed', isRefusal: true },
        instead: expect.arrayContaining(['passkey']),
      });
      await factors.methods.add({ realm: msp, userId: mia, kind: 'passkey', data: {} }, { actor: by });
      expect(await guards.removal(msp, [{ userId: mia, ids }])).toBeUndefined();
      policy = {};
      expect(
        await guards.removal(msp, [{ userId: mia, ids: (await factors.methods.of(msp, mia)).map(({ id }) => id) }]),
      ).toBeUndefined();
    });
  });
});
