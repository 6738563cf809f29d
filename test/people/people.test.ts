import { createHasher } from '../../src/people/index.ts';
import { cheapCost, goodPassword, mia, operator, type PeopleForTests, somePeople } from './people-for-tests.ts';

let world: PeopleForTests;
beforeEach(async () => {
  world = await somePeople();
});
afterEach(() => world.close());

async function created(input = { ...mia, password: goodPassword }) {
  const made = await world.people.create(input);
  if (!made.ok) throw new Error(made.why);
  return made.user;
}

describe('finding people', () => {
  it('finds a person by email and user name, case and width aside, in their own realm only', async () => {
    const user = await created();
    for (const identifier of ['MIA@example.com', ' mia ', 'ｍｉａ', 'mia@EXAMPLE.com']) {
      expect((await world.people.find('web1', identifier))?.id).toBe(user.id);
    }
    expect(await world.people.find('plain', 'mia')).toBeUndefined();
    expect(await world.people.get('plain', user.id)).toBeUndefined();
    expect(await world.people.find('web1', '')).toBeUndefined();
  });

  it('never cuts a long name: what begins like somebody is not them', async () => {
    await created({ ...mia, username: 'a'.repeat(320) } as never);
    expect(await world.people.find('web1', 'a'.repeat(320))).toBeDefined();
    expect(await world.people.find('web1', 'a'.repeat(321))).toBeUndefined();
    expect(await world.people.find('web1', 'a'.repeat(100_000))).toBeUndefined();
  });

  it('lists in order of name, by prefix, in pages', async () => {
    for (const name of ['Zoë', 'anna', 'Ántonia', 'Anton', 'bob']) {
      await created({ realm: 'web1', name, username: name, password: goodPassword } as never);
    }
    const names = async (query: object) =>
      (await world.people.list({ realm: 'web1', limit: 10, ...query })).items.map((user) => user.name);
    expect(await names({})).toEqual(['anna', 'Anton', 'Ántonia', 'bob', 'Zoë']);
    expect(await names({ prefix: 'AN' })).toEqual(['anna', 'Anton', 'Ántonia']);
    expect(await names({ prefix: 'Anto' })).toEqual(await names({ prefix: 'ántó' }));
    expect(await names({ by: 'username', prefix: 'zo' })).toEqual(['Zoë']);
    expect(await names({ prefix: '%' })).toEqual([]);
    const first = await world.people.list({ realm: 'web1', limit: 2 });
    expect(await names({ after: first.next })).toEqual(['Ántonia', 'bob', 'Zoë']);
    expect(await names({ realm: 'plain' })).toEqual([]);
  });
});

describe('making people', () => {
  it.each([
    [{ username: 'other', email: 'MIA@example.com' }, 'identifier_taken'],
    [{ username: 'Mia', email: undefined }, 'identifier_taken'],
    [{ username: 'mia@example.com', email: undefined }, 'identifier_invalid'],
    [{ username: undefined, email: 'mia' }, 'identifier_invalid'],
    [{ username: undefined, email: undefined }, 'identifier_invalid'],
    [{ username: 'm2', email: undefined, password: 'short' }, 'password_refused'],
    [{ username: 'm2', email: undefined, password: 'password' }, 'password_refused'],
    [{ username: 'mia-the-second', email: undefined, password: 'Mia-the-second' }, 'password_refused'],
  ])('refuses %j: %s, and leaves nothing behind', async (change, why) => {
    await created();
    const defined = Object.fromEntries(
      Object.entries({ ...mia, name: 'Mo', ...change }).filter(([, value]) => value !== undefined),
    );
    const made = await world.people.create(defined as never);
    expect(made).toMatchObject({ ok: false, why });
    expect((await world.people.list({ realm: 'web1', limit: 10 })).items).toHaveLength(1);
    expect((await world.people.create({ realm: 'web1', name: 'Mo', username: 'other' })).ok).toBe(true);
  });

  it.each([
    [{ password: 'short' }, { field: 'password', why: 'too_short' }],
    [{ password: 'password' }, { field: 'password', why: 'common' }],
    [{ password: 'mia@example.com' }, { field: 'password', why: 'like_identifier' }],
    [{ email: 'mia' }, { field: 'email', why: 'invalid' }],
    [{ username: 'm@a' }, { field: 'username', why: 'invalid' }],
    [{ name: ' ' }, { field: 'name', why: 'invalid' }],
    [{ password: goodPassword }, undefined],
    [{}, undefined],
  ])('says what it would refuse, and makes nobody: %j', async (change, fault) => {
    expect(await world.people.judgeNew({ ...mia, ...change })).toEqual(fault);
    expect((await world.people.list({ realm: 'web1', limit: 10 })).items).toEqual([]);
  });

  it('of 20 who want one email at once exactly one gets it', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => world.people.create({ ...mia, username: `mia${at}` })),
    );
    expect(all.filter((made) => made.ok)).toHaveLength(1);
    expect((await world.people.list({ realm: 'web1', limit: 50 })).items).toHaveLength(1);
  });

  it('records who was made, by whom, in the same write', async () => {
    const made = await world.people.create(mia, operator);
    const subject = made.ok ? made.user.id : 'nobody';
    expect(await world.outbox()).toMatchObject([
      { kind: 'audit', body: { type: 'user.created', realm: 'web1', actor: operator, subject } },
    ]);
  });
});

describe('changing people', () => {
  it('moves to a new email, frees the old one, and refuses one that is taken', async () => {
    const user = await created();
    const other = await created({
      realm: 'web1',
      name: 'Bo',
      email: 'bo@example.com',
      password: goodPassword,
    } as never);
    await world.people.update('web1', user.id, (now) => ({ ...now, email: 'mia@new.example' }));
    expect((await world.people.find('web1', 'mia@new.example'))?.id).toBe(user.id);
    expect(await world.people.find('web1', 'mia@example.com')).toBeUndefined();
    await world.people.update('web1', other.id, (now) => ({ ...now, email: 'mia@example.com' }));
    expect((await world.people.find('web1', 'mia@example.com'))?.id).toBe(other.id);
    await expect(
      world.people.update('web1', user.id, (now) => ({ ...now, email: 'MIA@example.com' })),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await world.people.get('web1', user.id))?.email).toBe('mia@new.example');
  });

  it('of 10 people who change to one email at once exactly one gets it', async () => {
    const users = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        created({ ...mia, email: `m${at}@example.com`, username: `m${at}`, password: goodPassword }),
      ),
    );
    const all = await Promise.allSettled(
      users.map((user) => world.people.update('web1', user.id, (now) => ({ ...now, email: 'wanted@example.com' }))),
    );
    expect(all.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    const { items } = await world.people.list({ realm: 'web1', by: 'email', prefix: 'wanted', limit: 10 });
    expect(items.map((user) => user.id)).toEqual([(await world.people.find('web1', 'wanted@example.com'))?.id]);
  });

  it('keeps what others put in the outbox, and says when it changed', async () => {
    const user = await created();
    const item = { id: 'one', kind: 'audit' as const, at: world.clock.now(), body: { type: 'test' } };
    world.clock.advance(5_000);
    const changed = await world.people.update('web1', user.id, (now) => ({
      ...now,
      name: 'Mia B',
      outbox: [...(now.outbox ?? []), item],
    }));
    expect(changed?.changedAt).toEqual(world.clock.now());
    expect((await world.outbox()).map(({ id }) => id)).toContain('one');
    expect((await world.people.list({ realm: 'web1', prefix: 'mia b', limit: 5 })).items).toHaveLength(1);
    expect(await world.people.update('web1', user.id, () => undefined)).toBeUndefined();
  });
});

describe('passwords', () => {
  it('tells right from wrong, and an unknown person from neither', async () => {
    const user = await created();
    expect(await world.people.verifyPassword(user, goodPassword)).toBe('right');
    expect(await world.people.verifyPassword(user, 'wrong')).toBe('wrong');
    expect(await world.people.verifyPassword(undefined, goodPassword)).toBe('wrong');
  });

  it('says busy when the queue is full', async () => {
    await world.close();
    world = await somePeople(createHasher({ maxParallel: 1, maxQueue: 2 }));
    const all = await Promise.all(
      Array.from({ length: 10 }, () => world.people.verifyPassword(undefined, 'x', '192.0.2.1')),
    );
    expect(all.filter((verdict) => verdict === 'busy')).toHaveLength(7);
  });

  it('rehashes after a success when the cost changed', async () => {
    await world.close();
    let hasher = createHasher({ cost: cheapCost });
    world = await somePeople({
      hash: (...all) => hasher.hash(...all),
      verify: (...all) => hasher.verify(...all),
      admits: (...all) => hasher.admits(...all),
      load: hasher.load,
      isOutdated: (phc) => hasher.isOutdated(phc),
    });
    const user = await created();
    hasher = createHasher({ cost: { ...cheapCost, passes: 2 } });
    expect(await world.people.verifyPassword(user, 'wrong')).toBe('wrong');
    expect(await world.people.verifyPassword(user, goodPassword)).toBe('right');
    let now = await world.people.get('web1', user.id);
    for (let look = 0; look < 10_000 && now?.password?.hash === user.password?.hash; look += 1) {
      await new Promise((done) => setImmediate(done));
      now = await world.people.get('web1', user.id);
    }
    expect(now?.password?.hash).toContain('t=2');
    expect(now?.password?.setAt).toEqual(user.password?.setAt);
    expect(await world.people.verifyPassword(now, goodPassword)).toBe('right');
  });

  it('A6: a change ends the sessions before it, is recorded, and is told to the person', async () => {
    const user = await created();
    world.clock.advance(60_000);
    expect(await world.people.setPassword(user, 'copper window thunder', { minLength: 15 })).toEqual({ ok: true });
    const now = await world.people.get('web1', user.id);
    expect(now?.sessionsValidFrom).toEqual(new Date(world.clock.now().getTime() + 1));
    expect(await world.people.verifyPassword(now, goodPassword)).toBe('wrong');
    expect(await world.people.verifyPassword(now, 'copper window thunder')).toBe('right');
    const [, changed, notice] = await world.outbox();
    expect(changed?.body).toMatchObject({ type: 'password.changed', subject: user.id });
    expect(notice?.body).toMatchObject({ template: 'password-changed', to: 'mia@example.com' });
  });

  it.each([
    ['nine letters', 'too short', 15, 'too_short'],
    ['two thousand letters', 'x'.repeat(2_000), 15, 'too_long'],
    ['a common password', 'password123', 8, 'common'],
    ['their own email', 'mia@example.com', 8, 'like_identifier'],
  ])('N18: refuses %s and keeps the one before', async (_, password, minLength, why) => {
    const user = await created();
    const refused = await world.people.setPassword(user, password, { minLength });
    expect(refused).toEqual({ ok: false, why });
    expect(await world.people.verifyPassword(await world.people.get('web1', user.id), goodPassword)).toBe('right');
  });
});

describe('shutting out and letting in', () => {
  it('A6: disabling ends the sessions; doing it twice records it once', async () => {
    const user = await created();
    world.clock.advance(1_000);
    const disabled = await world.people.disable('web1', user.id, operator);
    await world.people.disable('web1', user.id, operator);
    const validFrom = new Date(world.clock.now().getTime() + 1);
    expect(disabled).toMatchObject({ status: 'disabled', sessionsValidFrom: validFrom });
    expect(await world.people.enable('web1', user.id, operator)).toMatchObject({ status: 'active' });
    expect((await world.outbox()).map((item) => item.body['type'])).toEqual([
      'user.created',
      'user.disabled',
      'user.enabled',
    ]);
    expect(await world.people.disable('web1', 'nobody', operator)).toBeUndefined();
  });

  it('unlocks the second factor and tells those who count', async () => {
    const user = await created();
    await world.people.update('web1', user.id, (now) => ({ ...now, secondFactorLockedAt: world.clock.now() }));
    const told: string[] = [];
    world.people.onUnlock(async (realm, userId) => {
      told.push(`${realm} ${userId}`);
    });
    const unlocked = await world.people.unlock('web1', user.id, operator);
    expect(unlocked).not.toHaveProperty('secondFactorLockedAt');
    expect(told).toEqual([`web1 ${user.id}`]);
  });

  it('leaves the second factor locked where what follows from unlocking fails', async () => {
    const user = await created();
    await world.people.update('web1', user.id, (now) => ({ ...now, secondFactorLockedAt: world.clock.now() }));
    world.people.onUnlock(() => Promise.reject(new Error('killed')));
    await expect(world.people.unlock('web1', user.id, operator)).rejects.toThrow('killed');
    expect(await world.people.get('web1', user.id)).toHaveProperty('secondFactorLockedAt');
    expect(await world.people.unlock('web1', 'nobody', operator)).toBeUndefined();
  });
});
