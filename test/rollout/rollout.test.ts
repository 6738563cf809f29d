import { combine, explain } from '../../src/policy/index.ts';
import { createPreview } from '../../src/preview/index.ts';
import { positionOf } from '../../src/rollout/waves.ts';
import { onBothEngines } from '../support/both-engines.ts';
import { aRollout, operator, type RolloutForTests, start } from './a-rollout.ts';

const day = 86_400_000;

onBothEngines((open) => {
  let world: RolloutForTests;
  beforeEach(async () => {
    world = await aRollout(open);
  });
  afterEach(() => world.close());

  const levelsOf = async (userId: string, node = world as Pick<RolloutForTests, 'binding'>) =>
    node.binding.levelsFor(world.realm, undefined, await world.people.get('msp', userId));
  const isRequired = async (userId: string) => combine(await levelsOf(userId)).secondFactor.value === 'required';
  const stateOf = async (id: string) => (await world.rollouts.find('msp', id))?.state;
  const told = async (template: string) =>
    (await world.waiting('message')).filter((body) => body['template'] === template).map((body) => body['to']);

  describe('a roll-out', () => {
    it('binds from the moment its wave begins, and the explanation names it', async () => {
      const mia = await world.person('mia');
      await world.running();
      expect(await isRequired(mia.id)).toBe(false);
      world.clock.set(start);
      const explained = explain(await levelsOf(mia.id)).find(({ rule }) => rule === 'secondFactor');
      expect(explained).toMatchObject({ value: 'required', level: { kind: 'rollout', name: 'Autumn, wave 1' } });
    });

    it('is known at once on the node that changes it, and within two seconds on another', async () => {
      const mia = await world.person('mia');
      const other = world.node();
      world.clock.set(start);
      expect(await levelsOf(mia.id, other)).toHaveLength(1);
      await world.running();
      expect(await isRequired(mia.id)).toBe(true);
      expect(await levelsOf(mia.id, other)).toHaveLength(1);
      world.clock.advance(2_000);
      expect(await levelsOf(mia.id, other)).toHaveLength(2);
    });

    it('binds by organization those of everything below, and says nothing of methods where the session is for another', async () => {
      const { organizations, memberships } = world.people.tenancy;
      const org = async (name: string, parent?: string) => {
        const made = await organizations.add({ realm: 'msp', name, ...(parent && { parent }) }, operator);
        return made.ok ? made.organization.id : '';
      };
      const north = await org('North');
      const [client, south] = [await org('Client', north), await org('South')];
      const [mia, zoe] = [await world.person('mia'), await world.person('zoe')];
      for (const [user, organization] of [
        [mia, client],
        [mia, south],
        [zoe, south],
      ] as const) {
        await memberships.add(
          { realm: 'msp', organization, userId: user.id, role: 'member', isAccepted: true },
          operator,
        );
      }
      world.clock.set(start);
      await world.running({ waves: [{ startsAt: start, organizations: [north] }] });
      expect([await isRequired(mia.id), await isRequired(zoe.id)]).toEqual([true, false]);
      const inSouth = await world.binding.levelsFor(world.realm, undefined, mia, south);
      expect(inSouth.find(({ kind }) => kind === 'rollout')?.isElsewhere).toBe(true);
      const inClient = await world.binding.levelsFor(world.realm, undefined, mia, client);
      expect(inClient.find(({ kind }) => kind === 'rollout')?.isElsewhere).toBeUndefined();
    });

    it('counts in previews, for whom its wave began', async () => {
      const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
      const users = await Promise.all(names.map((name) => world.person(name)));
      const later = new Date(start.getTime() + day);
      const rollout = await world.running({
        waves: [start, later].map((startsAt) => ({ startsAt, share: 50 })),
      });
      const first = users.filter(({ id }) => positionOf(rollout.id, id) < 5_000).length;
      const { people, factors, rollouts, clock, realm } = world;
      const realms = { get: async () => realm, portal: async () => undefined, portals: async () => [] };
      const preview = createPreview({ realms, people, factors, rollouts, clock });
      const asked = async () => {
        const found = await preview.of('msp', { kind: 'realm' }, realm.policy);
        return Object.values(found?.counts.asked ?? {});
      };
      expect(await asked()).toEqual([0, 0]);
      world.clock.set(start);
      expect(await asked()).toEqual([first, first]);
      world.clock.set(later);
      expect(await asked()).toEqual([20, 20]);
    });

    it('counts who is ready, asked, stuck, and failed to finish, by the day and wave', async () => {
      const [mia, zoe, ben] = [await world.person('mia'), await world.person('zoe'), await world.person('ben')];
      await world.person('kim', { policy: { methods: [] } });
      await world.enrol(mia);
      const rollout = await world.running({ stopAbovePercent: 100 });
      world.clock.set(start);
      await world.begins(zoe);
      await world.begins(ben);
      world.clock.advance(34 * 60_000);
      await world.rollouts.workOnce();
      expect(await world.rollouts.progress(rollout, 1)).toMatchObject([
        { wave: 1, day: '2026-06-01', people: 4, ready: 1, asked: 2, stuck: 1, failed: 0 },
      ]);
      await world.enrol(ben);
      world.clock.advance(60_000);
      await world.rollouts.workOnce();
      expect(await world.rollouts.progress(rollout, 1)).toMatchObject([{ ready: 2, asked: 0, stuck: 1, failed: 1 }]);
      expect(await world.rollouts.standing(rollout, 'failed', 10)).toMatchObject([{ userId: zoe.id, wave: 1 }]);
      world.clock.advance(day);
      await world.rollouts.workOnce();
      expect(await world.rollouts.progress(rollout, 2)).toHaveLength(2);
    });

    it('does not count whoever could not come in without it either', async () => {
      const rollout = await world.running({ stopAbovePercent: 0 });
      await world.person('kim', { policy: { methods: [], acr: 'mfa' } });
      world.clock.set(start);
      await world.rollouts.workOnce();
      expect(await world.rollouts.progress(rollout, 1)).toMatchObject([{ people: 0, stuck: 0 }]);
      expect(await stateOf(rollout.id)).toBe('running');
    });

    it('reminds once before and once after, in the person’s language, whoever of several nodes is at it', async () => {
      const [mia, zoe] = [await world.person('mia', { locale: 'de' }), await world.person('zoe')];
      await world.enrol(zoe);
      await world.running();
      const other = world.node();
      world.clock.set(new Date(start.getTime() - 7 * day - 1));
      await world.rollouts.workOnce();
      expect(await told('rollout-ahead')).toEqual([]);
      world.clock.advance(1);
      await Promise.all([world.rollouts.workOnce(), other.rollouts.workOnce()]);
      await other.rollouts.workOnce();
      expect(await told('rollout-ahead')).toEqual([mia.email]);
      expect((await world.waiting('message'))[0]).toMatchObject({ locale: 'de', channel: 'mail' });
      world.clock.set(new Date(start.getTime() + 3 * day));
      await Promise.all([world.rollouts.workOnce(), other.rollouts.workOnce()]);
      expect(await told('rollout-begun')).toEqual([mia.email]);
      await world.rollouts.workOnce();
      expect(await world.waiting('message')).toHaveLength(2);
    });

    it('reminds at once when asked to, and not again on the day', async () => {
      const mia = await world.person('mia');
      const rollout = await world.running();
      expect(await world.rollouts.work(rollout, true)).toMatchObject({ reminded: 1 });
      expect(await world.rollouts.work(rollout, true)).toMatchObject({ reminded: 0 });
      world.clock.set(new Date(start.getTime() - day));
      await world.rollouts.workOnce();
      expect(await told('rollout-ahead')).toEqual([mia.email]);
    });

    it.each([
      [1, 'running'],
      [2, 'stopped'],
    ])('of a hundred people, with %i stuck at a limit of one percent, is %s', async (stuck, state) => {
      const names = Array.from({ length: 100 }, (_, n) => `p${n}`);
      await Promise.all(names.map((name, n) => world.person(name, n < stuck ? { policy: { methods: [] } } : {})));
      const rollout = await world.running({ stopAbovePercent: 1, remindBeforeDays: 0, remindAfterDays: 0 });
      world.clock.set(start);
      await world.rollouts.workOnce();
      expect(await stateOf(rollout.id)).toBe(state);
    });

    it('that stops by itself frees the wave and later ones, leaves earlier ones bound, and tells admins once', async () => {
      const kim = await world.person('kim', { policy: { methods: [] } });
      const [mia, admin] = [await world.person('mia'), await world.person('admin', { locale: 'fr' })];
      const { organizations, memberships } = world.people.tenancy;
      const ids: string[] = [];
      for (const user of [mia, kim]) {
        const made = await organizations.add({ realm: 'msp', name: `of ${user.name}` }, operator);
        if (!made.ok) throw new Error(made.why);
        ids.push(made.organization.id);
        const member = { realm: 'msp', organization: made.organization.id, userId: user.id };
        await memberships.add({ ...member, role: 'member', isAccepted: true }, operator);
      }
      await memberships.add({ realm: 'msp', userId: admin.id, role: 'owner', isAccepted: true }, operator);
      const waves = [0, 1].map((n) => ({
        startsAt: new Date(start.getTime() + n * day),
        organizations: [ids[n] ?? ''],
      }));
      const rollout = await world.running({ waves, remindBeforeDays: 0 });
      world.clock.set(new Date(start.getTime() + day));
      expect([await isRequired(mia.id), await isRequired(kim.id)]).toEqual([true, true]);
      const other = world.node();
      await Promise.all([world.rollouts.workOnce(), other.rollouts.workOnce()]);
      await world.rollouts.workOnce();
      world.clock.advance(2_000);
      expect(await world.rollouts.find('msp', rollout.id)).toMatchObject({ state: 'stopped', stoppedFrom: 1 });
      expect([await isRequired(mia.id), await isRequired(kim.id)]).toEqual([true, false]);
      expect(await told('rollout-stopped')).toEqual([admin.email]);
      const stops = (await world.waiting('audit')).filter((body) => body['type'] === 'rollout.stopped');
      expect(stops).toMatchObject([{ details: { name: 'Autumn', wave: 2, people: 1, stuck: 1, failed: 0 } }]);
    });

    it('that would shut too many out stops before they are bound', async () => {
      const kim = await world.person('kim', { policy: { methods: [] } });
      const rollout = await world.running({ remindBeforeDays: 0 });
      world.clock.set(new Date(start.getTime() - 3_600_000));
      await world.rollouts.workOnce();
      expect(await stateOf(rollout.id)).toBe('stopped');
      expect(await told('rollout-stopped')).toEqual(['help@msp.example']);
      world.clock.set(start);
      expect(await isRequired(kim.id)).toBe(false);
    });

    it('reminds nobody of a wave that the same look stops', async () => {
      await world.person('kim', { policy: { methods: [] } });
      await world.person('mia');
      const rollout = await world.running({ remindBeforeDays: 1 });
      world.clock.set(new Date(start.getTime() - 3_600_000));
      await world.rollouts.workOnce();
      expect(await stateOf(rollout.id)).toBe('stopped');
      expect(await told('rollout-ahead')).toEqual([]);
      expect(await world.rollouts.standing(rollout, 'asked', 10)).toHaveLength(1);
    });

    it('holds what has not begun while it is paused, and begins it later by as long', async () => {
      const mia = await world.person('mia');
      const rollout = await world.running();
      world.clock.set(new Date(start.getTime() - day));
      await world.rollouts.pause(rollout, operator);
      world.clock.set(new Date(start.getTime() + 2 * day));
      expect(await isRequired(mia.id)).toBe(false);
      const resumed = await world.rollouts.resume(rollout, operator);
      expect(resumed.ok && resumed.rollout.waves[0]?.startsAt).toEqual(new Date(start.getTime() + 3 * day));
      expect(await isRequired(mia.id)).toBe(false);
      world.clock.advance(day);
      expect(await isRequired(mia.id)).toBe(true);
      expect(await world.rollouts.resume(rollout, operator)).toEqual({ ok: false, why: 'state', state: 'running' });
    });

    it('goes on from a stop with a clean slate: what failed before does not count', async () => {
      const mia = await world.person('mia');
      const rollout = await world.running();
      world.clock.set(start);
      await world.begins(mia);
      world.clock.advance(3_600_000);
      await world.rollouts.workOnce();
      expect(await stateOf(rollout.id)).toBe('stopped');
      await world.rollouts.resume(rollout, operator, 50);
      await world.rollouts.workOnce();
      expect(await world.rollouts.find('msp', 'autumn')).toMatchObject({ state: 'running', stopAbovePercent: 50 });
      expect(await isRequired(mia.id)).toBe(true);
    });

    it('is removed only where it binds nobody, with what is known of its people, and its name is free', async () => {
      await world.person('mia');
      const rollout = await world.running();
      world.clock.set(start);
      await world.rollouts.workOnce();
      expect(await world.rollouts.remove(rollout, operator)).toEqual({ ok: false, why: 'state', state: 'running' });
      await world.rollouts.pause(rollout, operator);
      expect(await world.rollouts.remove(rollout, operator)).toMatchObject({ ok: false, state: 'paused' });
      await world.rollouts.stop(rollout, operator, 0);
      expect(await world.rollouts.remove(rollout, operator)).toMatchObject({ ok: true });

      expect(await world.rollouts.list('msp')).toEqual([]);
      for (const ref of [rollout.id, 'autumn']) expect(await world.rollouts.find('msp', ref)).toBeUndefined();
      expect(await world.rollouts.standing(rollout, 'asked', 10)).toEqual([]);
      expect(await world.rollouts.progress(rollout, 1)).toEqual([]);
      for (const again of [world.rollouts.remove, world.rollouts.resume])
        expect(await again(rollout, operator)).toEqual({ ok: false, why: 'absent' });
      expect(await world.running()).toMatchObject({ name: 'Autumn', state: 'running' });
      const told = (await world.waiting('audit')).map((body) => body['type']);
      expect(told.filter((type) => type === 'rollout.removed')).toHaveLength(1);
    });

    it('that is removed while a round is at it mails nobody any more, and leaves nothing behind', async () => {
      for (const name of ['mia', 'zoe', 'kim']) await world.person(name);
      const rollout = await world.running({ remindBeforeDays: 0, remindAfterDays: 1 });
      world.clock.set(new Date(start.getTime() + day));
      const other = world.node();
      world.duringTheCensus(async () => {
        await other.rollouts.stop(rollout, operator, 0);
        await other.rollouts.remove(rollout, operator);
      });
      await world.rollouts.workOnce();
      expect(await told('rollout-begun')).toEqual([]);
      expect(await world.rollouts.standing(rollout, 'asked', 10)).toEqual([]);
      world.duringTheCensus(async () => {});
      await world.rollouts.workOnce();
      expect(await world.rollouts.progress(rollout, 1)).toEqual([]);
    });
  });
});
