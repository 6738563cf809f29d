import { onBothEngines, onSqlite, operator, type TenancyForTests } from './tenancy-for-tests.ts';

let world: TenancyForTests;
afterEach(() => world.close());

onBothEngines((open) => {
  beforeEach(async () => {
    world = await open();
  });

  it('keeps one who administers the realm, when all leave at once', async () => {
    const admins = await Promise.all(['ada', 'bea', 'cyd', 'dov', 'eli'].map((name) => world.person(name)));
    for (const [at, userId] of admins.entries()) await world.join(userId, undefined, at % 2 === 0 ? 'owner' : 'admin');
    const leave = [
      ...admins.map((userId) => () => world.tenancy.memberships.remove({ realm: 'msp', userId }, operator)),
      ...admins.map((userId) => async () => {
        try {
          await world.people.disable('msp', userId, operator);
        } catch (error) {
          expect(error).toMatchObject({ code: 'conflict', messageKey: 'error.last_admin' });
        }
      }),
    ];
    await Promise.all(leave.map((each) => each()));
    const left = await Promise.all(
      admins.map(async (userId) => {
        const isAble = (await world.people.get('msp', userId))?.status === 'active';
        return isAble && (await world.tenancy.memberships.of('msp', userId)).length > 0;
      }),
    );
    expect(left.filter(Boolean)).toHaveLength(1);
  });

  it('makes one membership of any number of invitations at once', async () => {
    const organization = await world.org('Acme');
    const userId = await world.person('mia');
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.tenancy.memberships.add({ realm: 'msp', organization, userId, role: 'member' }, operator),
      ),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await world.told()).filter(({ type }) => type === 'member.invited')).toHaveLength(1);
  });
});

describe('a membership', () => {
  beforeEach(async () => {
    world = await onSqlite();
  });

  it('goes from invited to active to gone, and each step is told', async () => {
    const organization = await world.org('Acme');
    const userId = await world.person('mia');
    const where = { realm: 'msp', organization, userId };
    const { memberships } = world.tenancy;
    expect(await memberships.add({ ...where, role: 'member' }, operator)).toMatchObject({
      membership: { state: 'invited' },
    });
    expect(await memberships.accept(where, operator)).toMatchObject({ membership: { state: 'active' } });
    expect(await memberships.accept(where, operator)).toEqual({ ok: false, why: 'already' });
    expect(await memberships.setRole(where, 'admin', operator)).toMatchObject({ membership: { role: 'admin' } });
    expect(await memberships.remove(where, operator)).toEqual({ ok: true });
    expect(await memberships.remove(where, operator)).toEqual({ ok: false, why: 'absent' });
    expect(await memberships.of('msp', userId)).toEqual([]);
    expect(await memberships.add({ ...where, role: 'owner', isAccepted: true }, operator)).toMatchObject({
      membership: { role: 'owner', state: 'active' },
    });
    const types = (await world.told()).map(({ type }) => type).filter((type) => type.startsWith('member.'));
    expect(types).toEqual([
      ...['member.invited', 'member.accepted', 'member.role_changed', 'member.removed', 'member.added'],
    ]);
  });

  it('is refused for people and organizations that are not of this realm', async () => {
    const [mine, foreign] = [await world.org('Mine'), await world.org('Foreign', undefined, 'plain')];
    const [mia, paula] = [await world.person('mia'), await world.person('paula', 'plain')];
    const add = (organization: string, userId: string) =>
      world.tenancy.memberships.add({ realm: 'msp', organization, userId, role: 'owner', isAccepted: true }, operator);
    expect(await add(mine, paula)).toEqual({ ok: false, why: 'no_person' });
    expect(await add(foreign, mia)).toEqual({ ok: false, why: 'no_organization' });
    await world.join(paula, foreign, 'owner');
    const where = { realm: 'msp', organization: foreign, userId: paula };
    expect(await world.tenancy.memberships.remove(where, operator)).toEqual({ ok: false, why: 'absent' });
    expect(await world.tenancy.memberships.setRole(where, 'member', operator)).toEqual({ ok: false, why: 'absent' });
    expect(await world.tenancy.memberships.of('msp', paula)).toEqual([]);
  });

  it('of the realm itself is an owner’s or admin’s, and the last one stays', async () => {
    const [ada, bea] = [await world.person('ada'), await world.person('bea')];
    const { memberships } = world.tenancy;
    expect(await memberships.add({ realm: 'msp', userId: ada, role: 'member' }, operator)).toEqual({
      ok: false,
      why: 'role_of_realm',
    });
    await world.join(ada, undefined, 'owner');
    await memberships.add({ realm: 'msp', userId: bea, role: 'admin' }, operator);
    // Bea was only invited.
    expect(await memberships.remove({ realm: 'msp', userId: ada }, operator)).toEqual({ ok: false, why: 'last_admin' });
    await memberships.accept({ realm: 'msp', userId: bea }, operator);
    await world.people.disable('msp', bea, operator);
    expect(await memberships.remove({ realm: 'msp', userId: ada }, operator)).toEqual({ ok: false, why: 'last_admin' });
    await world.people.enable('msp', bea, operator);
    expect(await memberships.remove({ realm: 'msp', userId: ada }, operator)).toEqual({ ok: true });
    await expect(world.people.disable('msp', bea, operator)).rejects.toMatchObject({ messageKey: 'error.last_admin' });
    expect((await world.people.get('msp', bea))?.status).toBe('active');
  });
});

describe('a subscription', () => {
  beforeEach(async () => {
    world = await onSqlite();
  });

  it('is an organization’s or a person’s own, once, until it is ended', async () => {
    const [parent, child] = [await world.org('Parent'), await world.org('Child')];
    const { subscriptions } = world.tenancy;
    const key = { realm: 'msp', portal: 'mss', kind: 'organization' as const, holder: parent };
    expect(
      (await Promise.all([1, 2, 3].map(() => subscriptions.add(key, operator)))).filter(({ ok }) => ok),
    ).toHaveLength(1);
    expect(await subscriptions.of('msp', parent)).toEqual(['mss']);
    expect(await subscriptions.of('msp', child)).toEqual([]);
    expect(await subscriptions.of('plain', parent)).toEqual([]);
    expect((await subscriptions.list({ realm: 'msp', portal: 'mss', limit: 10 })).items).toMatchObject([
      { holder: parent },
    ]);
    expect(await subscriptions.remove(key, operator)).toEqual({ ok: true });
    expect(await subscriptions.remove(key, operator)).toEqual({ ok: false, why: 'already' });
    expect(await subscriptions.of('msp', parent)).toEqual([]);
    expect(await subscriptions.add(key, operator)).toEqual({ ok: true });
    const types = (await world.told()).map(({ type }) => type).filter((type) => type.startsWith('subscription.'));
    expect(types).toEqual(['subscription.added', 'subscription.removed', 'subscription.added']);
  });
});
