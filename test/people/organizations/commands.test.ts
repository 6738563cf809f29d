import { gatehouseOf } from '../gatehouse.ts';
import { onSqlite, type TenancyForTests } from './tenancy-for-tests.ts';

let world: TenancyForTests;
beforeEach(async () => {
  world = await onSqlite();
});
afterEach(() => world.close());

/** `gatehouse <words>`: what it printed, and its exit code. */
const gatehouse = (...words: string[]) => gatehouseOf(world, { realm: 'msp', portal: 'mss' }, ...words);

const json = async (...words: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await gatehouse(...words, '--json')).out);

describe('what would leave nobody who administers the realm able to sign in', () => {
  const asked: unknown[] = [];
  beforeEach(async () => {
    await gatehouse('org', 'add', 'msp', 'North');
    await gatehouse('org', 'add', 'msp', 'South');
    await world.people.create({ realm: 'msp', name: 'Ada', username: 'ada' });
    await gatehouse('member', 'add', 'msp', 'ada', '--org', 'South');
    await gatehouse('user', 'subscribe', 'msp', 'ada', 'mss');
    asked.length = 0;
    world.guardBy(async (_, change) => {
      asked.push(change);
      return true;
    });
  });

  it.each([
    [['member', 'add', 'msp', 'ada', '--org', 'North', '--accepted'], { kind: 'member', role: 'member' }],
    [['member', 'accept', 'msp', 'ada', '--org', 'South'], { kind: 'member', role: 'member' }],
    [['member', 'role', 'msp', 'ada', '--org', 'South', '--role', 'owner'], { kind: 'member', role: 'owner' }],
    [['org', 'subscribe', 'msp', 'North', 'mss'], { kind: 'subscription', portal: 'mss' }],
    [['user', 'unsubscribe', 'msp', 'ada', 'mss'], { kind: 'subscription', portal: 'mss', isOver: true }],
    [['member', 'remove', 'msp', 'ada', '--org', 'South'], { kind: 'leave' }],
    [['org', 'move', 'msp', 'North', '--below', 'South'], { kind: 'move' }],
  ])('is refused: gatehouse %j', async (words, change) => {
    const before = await state();
    expect(await gatehouse(...words)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nobody who administers the realm could sign in any more/),
    });
    expect(asked).toEqual([expect.objectContaining(change)]);
    expect(await state()).toEqual(before);
  });

  it('is neither an invitation, which binds nobody yet, nor a role on the realm itself', async () => {
    expect(await gatehouse('member', 'add', 'msp', 'ada', '--org', 'North')).toMatchObject({ code: 0 });
    expect(await gatehouse('member', 'add', 'msp', 'ada', '--role', 'owner', '--accepted')).toMatchObject({ code: 0 });
    expect(asked).toEqual([]);
  });

  async function state() {
    const { memberships, subscriptions } = world.people.tenancy;
    return [await memberships.all({ realm: 'msp', limit: 10 }), await subscriptions.list({ realm: 'msp', limit: 10 })];
  }
});

describe('gatehouse org', () => {
  it('says that there is nothing to list', async () => {
    expect((await gatehouse('org', 'list', 'msp')).out).toBe('no organizations\n');
    expect((await gatehouse('member', 'list', 'msp')).out).toBe('nobody administers realm "msp" itself\n');
  });

  it('makes a tree, shows it as a table, and finds an organization by names from the top', async () => {
    await gatehouse('org', 'add', 'msp', 'North');
    const client = await json('org', 'add', 'msp', 'Client', '--below', 'North');
    await gatehouse('org', 'add', 'msp', 'Team', '--below', 'North/Client');
    const { out } = await gatehouse('org', 'list', 'msp', '--below', 'north');
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ...[['NAME', 'BELOW'], ['Client', 'North'], ['Team', 'North / Client'], ['']],
    ]);
    expect(await json('org', 'show', 'msp', 'North/Client')).toMatchObject({
      id: client['id'],
      members: 0,
      portals: [],
    });
  });

  it('renames, moves and removes, and says why not', async () => {
    await gatehouse('org', 'add', 'msp', 'North');
    await gatehouse('org', 'add', 'msp', 'Client', '--below', 'North');
    expect(await gatehouse('org', 'move', 'msp', 'North', '--below', 'North/Client')).toMatchObject({
      code: 1,
      err: 'gatehouse: an organization cannot be moved below itself\n',
    });
    expect(await gatehouse('org', 'move', 'msp', 'North/Client')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--top'),
    });
    expect(await gatehouse('org', 'remove', 'msp', 'North')).toMatchObject({ code: 1 });
    expect(await gatehouse('org', 'move', 'msp', 'North/Client', '--top')).toMatchObject({ code: 0 });
    expect(await gatehouse('org', 'rename', 'msp', 'Client', 'NORTH')).toMatchObject({ code: 1 });
    expect(await gatehouse('org', 'rename', 'msp', 'Client', 'Own')).toMatchObject({ code: 0 });
    expect(await gatehouse('org', 'remove', 'msp', 'North')).toMatchObject({ code: 0 });
    expect((await json('org', 'list', 'msp'))['items']).toMatchObject([{ name: 'Own', parent: null }]);
    expect(await gatehouse('org', 'show', 'msp', 'North')).toMatchObject({
      code: 1,
      err: expect.stringContaining('org list'),
    });
  });

  it('subscribes organizations and people to portals that are there', async () => {
    await gatehouse('org', 'add', 'msp', 'Acme');
    await world.person('mia');
    expect(await gatehouse('org', 'subscribe', 'msp', 'Acme', 'mss')).toMatchObject({
      code: 0,
      out: 'subscribed Acme: mss\n',
    });
    expect(await gatehouse('org', 'subscribe', 'msp', 'Acme', 'mss')).toMatchObject({ code: 1 });
    expect(await gatehouse('org', 'subscribe', 'msp', 'Acme', 'nowhere')).toMatchObject({ code: 1 });
    expect((await json('org', 'show', 'msp', 'Acme'))['portals']).toEqual(['mss']);
    expect(await gatehouse('org', 'unsubscribe', 'msp', 'Acme', 'mss')).toMatchObject({ code: 0 });
    expect(await gatehouse('user', 'subscribe', 'msp', 'mia', 'mss')).toMatchObject({
      code: 0,
      out: 'subscribed mia, mia: mss\n',
    });
    expect(await gatehouse('user', 'unsubscribe', 'msp', 'mia', 'mss')).toMatchObject({ code: 0 });
    expect(await gatehouse('user', 'subscribe', 'msp', 'nobody', 'mss')).toMatchObject({ code: 1 });
  });

  it('knows nothing of realms that are not there', async () => {
    expect(await gatehouse('org', 'list', 'elsewhere')).toMatchObject({
      code: 1,
      err: expect.stringContaining('realm list'),
    });
  });
});

describe('gatehouse member', () => {
  it('invites, accepts, changes the role and ends it', async () => {
    await gatehouse('org', 'add', 'msp', 'Acme');
    const user = await world.person('mia');
    const words = ['msp', 'mia', '--org', 'Acme'];
    expect(await gatehouse('member', 'add', ...words)).toMatchObject({ code: 0, out: 'invited mia, mia: member\n' });
    expect(await gatehouse('member', 'add', ...words)).toMatchObject({ code: 1 });
    expect(await gatehouse('member', 'accept', ...words)).toMatchObject({ code: 0 });
    expect(await json('member', 'role', ...words, '--role', 'owner')).toMatchObject({
      user,
      role: 'owner',
      state: 'active',
    });
    const { out } = await gatehouse('member', 'list', 'msp', '--org', 'Acme', '--below');
    expect(out).toBe('PERSON    ROLE   STATE   ORGANIZATION\nmia, mia  owner  active  Acme\n');
    expect(await gatehouse('member', 'remove', ...words)).toMatchObject({ code: 0 });
    expect(await gatehouse('member', 'role', ...words, '--role', 'admin')).toMatchObject({
      code: 1,
      err: 'gatehouse: mia, mia has no role there; see `gatehouse user show msp mia`\n',
    });
    expect((await gatehouse('member', 'list', 'msp', '--org', 'Acme')).out).toBe('no members\n');
  });

  it('gives the realm its admins, and keeps the last one', async () => {
    await world.person('ada');
    expect(await gatehouse('member', 'add', 'msp', 'ada', '--accepted')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--org'),
    });
    expect(await gatehouse('member', 'add', 'msp', 'ada', '--role', 'owner', '--accepted')).toMatchObject({ code: 0 });
    for (const words of [
      ['member', 'remove', 'msp', 'ada'],
      ['user', 'disable', 'msp', 'ada'],
    ]) {
      expect(await gatehouse(...words)).toMatchObject({
        code: 1,
        err: expect.stringContaining('nobody else who can sign in administers'),
      });
    }
    expect((await json('member', 'list', 'msp'))['items']).toMatchObject([{ role: 'owner', organization: null }]);
  });

  it('is told wrong usage by commander', async () => {
    await expect(gatehouse('member', 'add', 'msp', 'mia', '--role', 'king')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });
});
