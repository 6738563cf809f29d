import { onBothEngines, onSqlite, operator, type TenancyForTests } from './tenancy-for-tests.ts';

let world: TenancyForTests;
afterEach(() => world.close());

const names = async (items: readonly { readonly id: string }[] | undefined) => items?.map(({ id }) => id);
const lineOf = async (id: string) => names(await world.tenancy.organizations.lineOf('msp', id));
const move = (id: string, to?: string) => world.tenancy.organizations.move('msp', id, to, operator);
const belowOf = async (organization: string) =>
  (await world.tenancy.organizations.below({ realm: 'msp', organization, limit: 100 })).items.map(({ name }) => name);

/** `A > B > C …`: ids, the top first. */
async function chain(...chained: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of chained) ids.push(await world.org(name, ids.at(-1)));
  return ids;
}

onBothEngines((open) => {
  beforeEach(async () => {
    world = await open();
  });

  it('keeps a tree: who is above, who is below, in order of name', async () => {
    const [partner = '', client = '', team = ''] = await chain('Partner', 'Client', 'Team');
    await world.org('Another', partner);
    expect(await lineOf(team)).toEqual([partner, client, team]);
    expect(await belowOf(partner)).toEqual(['Another', 'Client', 'Team']);
    expect(await belowOf(client)).toEqual(['Team']);
    const top = await world.tenancy.organizations.children({ realm: 'msp', limit: 10 });
    expect(top.items.map(({ name }) => name)).toEqual(['Partner']);
  });

  it('moves an organization with everything below it, and its people with it', async () => {
    const [north = '', client = '', team = ''] = await chain('North', 'Client', 'Team');
    const south = await world.org('South');
    const mia = await world.person('mia');
    await world.join(mia, team);
    expect(await move(client, south)).toEqual({ ok: true });
    expect(await lineOf(team)).toEqual([south, client, team]);
    expect(await belowOf(north)).toEqual([]);
    expect(await belowOf(south)).toEqual(['Client', 'Team']);
    const members = async (organization: string) =>
      (await world.tenancy.memberships.below({ realm: 'msp', organization, limit: 10 })).items.map((m) => m.userId);
    expect(await members(south)).toEqual([mia]);
    expect(await members(north)).toEqual([]);
    expect((await world.told()).find(({ type }) => type === 'organization.moved')).toEqual({
      type: 'organization.moved',
      details: { organization: client, from: north, to: south },
    });
  });

  it('lets ten pairs that move below each other at once never make a ring', async () => {
    const tops = await Promise.all(Array.from({ length: 5 }, (_, at) => world.org(`Org ${at}`)));
    const pairs = tops.flatMap((one) => tops.filter((other) => other !== one).map((other) => [one, other] as const));
    const outcomes = await Promise.all(pairs.map(([one, other]) => move(one, other)));
    expect(outcomes.some(({ ok }) => ok)).toBe(true);
    const lines = await Promise.all(tops.map((id) => world.tenancy.organizations.lineOf('msp', id)));
    for (const line of lines) {
      expect(line).toBeDefined();
      expect(new Set(line?.map(({ id }) => id)).size).toBe(line?.length);
      // What lists go by is what is so.
      expect(line?.at(-1)?.ancestors).toEqual(line?.slice(0, -1).map(({ id }) => id));
    }
    // Five that each lie below another would be a ring.
    expect(lines.filter((line) => line?.length === 1)).not.toHaveLength(0);
  }, 60_000);

  it('grows no deeper than ten, when something is added below while what is above it moves', async () => {
    const six = await chain('1', '2', '3', '4', '5', '6');
    const four = await chain('a', 'b', 'c', 'd');
    const [outcome, added] = await Promise.all([
      move(four[0] ?? '', six[5]),
      world.tenancy.organizations.add({ realm: 'msp', name: 'e', parent: four[3] ?? '' }, operator),
    ]);
    expect([outcome.ok, added.ok].filter(Boolean)).toHaveLength(1);
    const line = await world.tenancy.organizations.lineOf('msp', four[3] ?? '');
    expect(line).toHaveLength(outcome.ok ? 10 : 4);
    expect(await world.tenancy.organizations.children({ realm: 'msp', parent: four[3] ?? '', limit: 9 })).toMatchObject(
      {
        items: outcome.ok ? [] : [{ name: 'e' }],
      },
    );
  });

  it('lets one of two siblings of the same name in, whether added or moved', async () => {
    const [one, other] = [await world.org('One'), await world.org('Other')];
    const twin = await world.org('Twin', one);
    const [moved, added] = await Promise.all([
      move(twin, other),
      world.tenancy.organizations.add({ realm: 'msp', name: 'TWIN', parent: other }, operator),
    ]);
    expect([moved.ok, added.ok].filter(Boolean)).toHaveLength(1);
    expect(await belowOf(other)).toHaveLength(1);
  });

  it('keeps an organization and its new member, or neither, when one is removed while the other comes', async () => {
    const organization = await world.org('Short-lived');
    const userId = await world.person('mia');
    const [removed, added] = await Promise.all([
      world.tenancy.organizations.remove('msp', organization, operator),
      world.tenancy.memberships.add({ realm: 'msp', organization, userId, role: 'member' }, operator),
    ]);
    expect([removed.ok, added.ok].filter(Boolean)).toHaveLength(1);
    expect(await world.tenancy.memberships.of('msp', userId)).toHaveLength(added.ok ? 1 : 0);
  });
});

describe('the tree', () => {
  beforeEach(async () => {
    world = await onSqlite();
  });

  it.each([
    ['below itself', ([a = '']: string[]) => [a, a], 'cycle'],
    ['below its grandchild', ([a = '', , c = '']: string[]) => [a, c], 'cycle'],
    ['below nothing that is there', ([a = '']: string[]) => [a, 'nowhere'], 'no_parent'],
    ['when it is not there', ([a = '']: string[]) => ['nowhere', a], 'absent'],
  ])('refuses to move an organization %s', async (_case, pick, why) => {
    const ids = await chain('A', 'B', 'C');
    const [id = '', to = ''] = pick(ids);
    expect(await move(id, to)).toEqual({ ok: false, why });
    expect(await lineOf(ids[2] ?? '')).toEqual(ids);
  });

  it('is ten levels deep and no deeper, by adding as by moving', async () => {
    const ten = await chain('1', '2', '3', '4', '5', '6', '7', '8', '9', '10');
    const eleventh = { realm: 'msp', name: '11', parent: ten[9] ?? '' };
    expect(await world.tenancy.organizations.add(eleventh, operator)).toEqual({ ok: false, why: 'too_deep' });
    const [two = ''] = await chain('x', 'y');
    expect(await move(two, ten[8])).toEqual({ ok: false, why: 'too_deep' });
    expect(await move(two, ten[7])).toEqual({ ok: true });
    expect(await world.tenancy.organizations.children({ realm: 'msp', parent: ten[9] ?? '', limit: 5 })).toEqual({
      items: [],
    });
  });

  it('knows no organization of another realm, under any of its verbs', async () => {
    const foreign = await world.org('Foreign', undefined, 'plain');
    const own = await world.org('Own');
    const { organizations } = world.tenancy;
    expect(await organizations.get('msp', foreign)).toBeUndefined();
    expect(await organizations.lineOf('msp', foreign)).toBeUndefined();
    expect(await move(foreign, own)).toEqual({ ok: false, why: 'absent' });
    expect(await move(own, foreign)).toEqual({ ok: false, why: 'no_parent' });
    expect(await organizations.remove('msp', foreign, operator)).toEqual({ ok: false, why: 'absent' });
    expect(await organizations.add({ realm: 'msp', name: 'x', parent: foreign }, operator)).toMatchObject({
      why: 'no_parent',
    });
    expect(await organizations.change('msp', foreign, () => ({ name: 'x' }), operator)).toMatchObject({
      why: 'absent',
    });
    expect((await organizations.list({ realm: 'msp', limit: 10 })).items.map(({ name }) => name)).toEqual(['Own']);
    expect((await organizations.below({ realm: 'msp', organization: foreign, limit: 10 })).items).toEqual([]);
  });

  it.each(['', '   ', 'a\nb', 'x'.repeat(201)])('takes no name such as %j', async (name) => {
    expect(await world.tenancy.organizations.add({ realm: 'msp', name }, operator)).toEqual({
      ok: false,
      why: 'name_invalid',
    });
  });

  it('frees the name of what was removed, and refuses to remove what still has children or members', async () => {
    const [parent = '', child = ''] = await chain('Parent', 'Child');
    const { organizations, memberships } = world.tenancy;
    const remove = (id: string) => organizations.remove('msp', id, operator);
    expect(await remove(parent)).toEqual({ ok: false, why: 'has_children' });
    const userId = await world.person('mia');
    await world.join(userId, child);
    expect(await remove(child)).toEqual({ ok: false, why: 'has_members' });
    await memberships.remove({ realm: 'msp', organization: child, userId }, operator);
    expect(await remove(child)).toEqual({ ok: true });
    expect(await organizations.get('msp', child)).toBeUndefined();
    await world.org('Child', parent);
    expect(await belowOf(parent)).toEqual(['Child']);
  });

  it('changes a name or rules with an event that names the rule, before and after, and does nothing twice', async () => {
    const id = await world.org('Old');
    const { organizations } = world.tenancy;
    const change = () =>
      organizations.change('msp', id, () => ({ name: 'New', policy: { secondFactor: 'required' } }), operator);
    expect(await change()).toMatchObject({
      ok: true,
      organization: { name: 'New', policy: { secondFactor: 'required' } },
    });
    await change();
    expect((await world.told()).filter(({ type }) => type === 'organization.changed')).toEqual([
      {
        type: 'organization.changed',
        details: {
          organization: id,
          changed: ['name', 'policy.secondFactor'],
          from: ['Old', 'null'],
          to: ['New', '"required"'],
        },
      },
    ]);
    await world.org('Taken');
    expect(await organizations.change('msp', id, () => ({ name: 'tAKEN' }), operator)).toEqual({
      ok: false,
      why: 'name_taken',
    });
  });

  it('finishes a move that a crash left half told, by whoever comes next', async () => {
    const [north = '', client = ''] = await chain('North', 'Client');
    for (let at = 0; at < 5; at += 1) await world.org(`Team ${at}`, client);
    const south = await world.org('South');
    // As a process leaves it that dies after the move took effect, before anybody below was told.
    const trees = collection('trees');
    const organizations = collection('organizations');
    const change = { seq: 1, kind: 'move', organization: client, to: south, actor: operator, at: world.clock.now() };
    await trees.insert({ id: 'msp', seq: 1, change, admins: [] });
    await organizations.update(client, (org) => ({
      ...org,
      ...{
        parent: south,
        within: `msp/${south}`,
        ancestors: [south],
        placedBy: 1,
        settled: { seq: 1, outcome: 'done' },
      },
    }));
    expect(await belowOf(north)).toHaveLength(5);
    const [team] = (await world.tenancy.organizations.children({ realm: 'msp', parent: client, limit: 1 })).items;
    // Rights follow at once.
    expect(await lineOf(team?.id ?? '')).toEqual([south, client, team?.id]);
    expect(await world.tenancy.repair()).toBe(0);
    world.clock.advance(60_000);
    expect(await world.tenancy.repair()).toBe(1);
    expect(await belowOf(north)).toEqual([]);
    expect(await belowOf(south)).toHaveLength(6);
    expect(await world.tenancy.repair()).toBe(0);
  });

  it('takes no step back when a process that slept through other moves goes on with its own', async () => {
    const [north = '', client = '', team = ''] = await chain('North', 'Client', 'Team');
    const [south, west] = [await world.org('South'), await world.org('West')];
    await move(client, south);
    await move(client, west);
    // Written down by a process that was halted before it did anything, and finished by others meanwhile.
    const stale = { seq: 1, kind: 'move', organization: client, to: north, actor: operator, at: world.clock.now() };
    await collection('trees').update('msp', (tree) => ({ ...tree, change: stale }));
    world.clock.advance(60_000);
    await world.tenancy.repair();
    expect(await lineOf(team)).toEqual([west, client, team]);
    expect(await belowOf(west)).toEqual(['Client', 'Team']);
  });
});

type Raw = { readonly id: string } & Record<string, unknown>;

/** Behind the room's back. */
function collection(name: string) {
  const found = world.store.collections().find(({ declaration }) => declaration.name === name);
  if (found === undefined) throw new Error(name);
  return found as unknown as {
    insert(doc: Raw): Promise<void>;
    update(id: string, change: (doc: Raw) => Raw): Promise<unknown>;
  };
}
