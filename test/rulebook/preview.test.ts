import { totpMethod } from '../../src/factors/index.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { policy } from './gatehouse.ts';

const by = { kind: 'operator' } as const;
const realm = 'plain';

describe('gatehouse policy preview', () => {
  let world: RunningApp;
  let north: string;
  beforeAll(async () => {
    world = await runApp();
    const { people, factors } = world.app;
    const { organizations, memberships } = people.tenancy;
    const made = await organizations.add({ realm, name: 'North' }, by);
    north = made.ok ? made.organization.id : '';
    for (const [name, kind] of [
      ['=Ada', 'totp'],
      ['Ben "B", jr', undefined],
      ['Cleo', 'passkey'],
      ['Dan', undefined],
    ] as const) {
      const email = `${(/\w+/.exec(name)?.[0] ?? '').toLowerCase()}@north.example`;
      const person = await people.create({ realm, name, email });
      if (!person.ok) throw new Error(person.why);
      const userId = person.user.id;
      await memberships.add({ realm, organization: north, userId, role: 'member', isAccepted: true }, by);
      if (kind === 'totp') {
        const method = totpMethod('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
        await factors.methods.add({ realm, userId, kind, ...method }, { actor: by });
      } else if (kind !== undefined) await factors.methods.add({ realm, userId, kind, data: {} }, { actor: by });
      if (name === 'Dan') await people.disable(realm, userId, by);
    }
  }, 120_000);
  afterAll(() => world.close());

  const json = async (...words: string[]) =>
    JSON.parse((await policy(world, 'preview', realm, '--organization', 'North', ...words, '--json')).out);

  it('counts who is ready, would be asked, would be stuck, and changes nothing', async () => {
    const { counts, people } = await json('secondFactor=required', 'methods=[totp]', '--list', 'all');
    expect(counts).toEqual({
      ready: { before: 3, after: 1 },
      asked: { before: 0, after: 2 },
      stuck: { before: 0, after: 0 },
      shut_out: { before: 1, after: 1 },
    });
    expect(people.map((each: { name: string; after: string }) => [each.name, each.after])).toEqual([
      ['=Ada', 'ready'],
      ['Ben "B", jr', 'asked'],
      ['Cleo', 'asked'],
      ['Dan', 'shut_out'],
    ]);
    expect((await world.app.people.tenancy.organizations.get(realm, north))?.policy).toEqual({});
  });

  it('names those who would be stuck first, with the reason, and warns as `set` does', async () => {
    const { out, code } = await policy(
      ...([world, 'preview', realm, '--organization', 'North', 'secondFactor=required', 'methods=[token]'] as const),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/stuck +0 +3/);
    expect(out).toMatch(/Cleo +cleo@north.example +ready +stuck +.*none of the methods allowed/);
    expect(out).toContain(
      '! =Ada (ada@north.example), Ben "B", jr (ben@north.example), Cleo (cleo@north.example) could not',
    );
    const set = await policy(
      world,
      'set',
      realm,
      '--organization',
      'North',
      'secondFactor=required',
      'methods=[token]',
    );
    expect(set).toMatchObject({ code: 1, err: expect.stringContaining('could not sign in any more') });
    expect((await world.app.people.tenancy.organizations.get(realm, north))?.policy).toEqual({});
  });

  it('goes through the list in pages, and for spreadsheets in one piece that no cell can run in', async () => {
    const words = ['secondFactor=required', 'methods=[totp]', '--list', 'all'];
    const first = await json(...words, '--limit', '3');
    expect(first).toMatchObject({ total: 4, people: { length: 3 } });
    const rest = await json(...words, '--limit', '3', '--after', first.next);
    expect(rest.people.map(({ name }: { name: string }) => name)).toEqual(['Dan']);
    expect(rest).not.toHaveProperty('next');
    const { out } = await policy(world, 'preview', realm, '--organization', 'North', ...words, '--csv');
    const [head, ada, ben] = out.split('\n');
    expect(head).toBe('id,name,person,now,then,because');
    expect(ada).toMatch(/^[^,]+,'=Ada,ada@north\.example,ready,ready,/);
    expect(ben).toMatch(/^[^,]+,"Ben ""B"", jr",ben@north\.example,ready,asked,/);
  });

  it('lists only those for whom it makes a difference', async () => {
    const { people } = await json('secondFactor=required', 'methods=[totp]', '--changed');
    expect(people.map(({ name }: { name: string }) => name)).toEqual(['Ben "B", jr', 'Cleo']);
  });

  it.each([
    [['secondFactor=perhaps'], 1, 'one of off, optional, required'],
    [['secondFactr=off'], 2, 'did you mean "secondFactor"'],
    [['secondFactor=off', '--list', 'glad'], 2, '--list takes'],
    [['secondFactor=off', '--after', 'nobody'], 2, '--after'],
    [['secondFactor=off', '--limit', '0'], 2, '--limit'],
  ])('refuses %j with code %i and says %s', async (words, code, says) => {
    expect(await policy(world, 'preview', realm, ...words)).toMatchObject({ code, err: expect.stringContaining(says) });
  });
});

describe('changing rules', () => {
  let world: RunningApp;
  beforeAll(async () => {
    world = await runApp();
    const { people } = world.app;
    const made = await people.create({ realm, name: 'Root', email: 'root@plain.example' });
    if (!made.ok) throw new Error(made.why);
    await people.tenancy.memberships.add({ realm, userId: made.user.id, role: 'owner', isAccepted: true }, by);
  }, 120_000);
  afterAll(() => world.close());

  it('is refused where nobody who administers the realm could sign in any more, whatever is forced', async () => {
    const rules = ['secondFactor=required', 'methods=[token]'];
    const refused = {
      code: 1,
      err: expect.stringContaining('nobody who administers the realm could sign in any more'),
    };
    const before = (await world.app.realms.get(realm))?.policy;
    expect(await policy(world, 'set', realm, ...rules, '--force')).toMatchObject(refused);
    expect(await policy(world, 'set', realm, '--person', 'root@plain.example', ...rules, '--force')).toMatchObject(
      refused,
    );
    expect((await world.app.realms.get(realm))?.policy).toEqual(before);
  });

  it('that leave somebody stuck are warned of by name, and made where that is forced', async () => {
    const { people } = world.app;
    const [made, org] = [
      await people.create({ realm, name: 'Eve', email: 'eve@plain.example' }),
      await people.tenancy.organizations.add({ realm, name: 'South' }, by),
    ];
    if (!made.ok || !org.ok) throw new Error('not made');
    const organization = org.organization.id;
    await people.tenancy.memberships.add(
      { realm, organization, userId: made.user.id, role: 'member', isAccepted: true },
      by,
    );
    const words = ['set', realm, '--organization', 'South', 'secondFactor=required', 'methods=[token]'];
    const warned = await policy(world, ...words);
    expect(warned).toMatchObject({
      code: 1,
      err: expect.stringContaining('Eve (eve@plain.example) could not sign in'),
    });
    expect(await policy(world, ...words, '--force')).toMatchObject({ code: 0 });
  });
});
