import { createFactors, type Factors } from '../../src/factors/index.ts';
import { createHasher, createPeople, type People } from '../../src/people/index.ts';
import type { Rules } from '../../src/policy/index.ts';
import { createGuards, type Guards } from '../../src/preview/index.ts';
import type { Portal, Realm } from '../../src/realm/index.ts';
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
        portals: async () => [portal('strict', needsToken), portal('mild', {})],
      };
      const hasher = createHasher({ cost: cheapCost });
      people = createPeople({
        ...{ store, clock, hasher, keyring, linkTo },
        wouldStrand: async (of, change) => (await guards.lastAdmin(of, change)) !== undefined,
      });
      factors = createFactors({ store, clock, keyring });
      guards = createGuards({ realms, people, factors, clock });
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
      const above = await org('Above', {});
      const { wouldStrand } = people.tenancy;
      const member = (organization: string, userId = root) =>
        wouldStrand(msp, { kind: 'member', userId, organization, role: 'member' });
      expect(await member(strict)).toBe(true);
      expect(await member(above)).toBe(false);
      const subscribed = await org('Subscribed', {});
      await people.tenancy.subscriptions.add(
        { realm: msp, portal: 'strict', kind: 'organization', holder: subscribed },
        by,
      );
      expect(await member(subscribed)).toBe(true);
      expect(await member(strict, await person('somebody'))).toBe(false);
      const has = (holder: string, portal: string) => wouldStrand(msp, { kind: 'subscription', holder, portal });
      await people.tenancy.memberships.add(
        { realm: msp, organization: above, userId: root, role: 'member', isAccepted: true },
        by,
      );
      for (const holder of [root, above]) {
        expect(await has(holder, 'strict')).toBe(true);
        expect(await has(holder, 'mild')).toBe(false);
      }
      await admin('other');
      expect(await member(strict)).toBe(false);
      expect(await has(root, 'strict')).toBe(false);
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
      expect(await guards.removal(msp, mia, ids)).toMatchObject({
        ...{ why: 'last_method_needed', isRefusal: true },
        instead: expect.arrayContaining(['passkey']),
      });
      await factors.methods.add({ realm: msp, userId: mia, kind: 'passkey', data: {} }, { actor: by });
      expect(await guards.removal(msp, mia, ids)).toBeUndefined();
      policy = {};
      expect(
        await guards.removal(
          msp,
          mia,
          (await factors.methods.of(msp, mia)).map(({ id }) => id),
        ),
      ).toBeUndefined();
    });
  });
});
