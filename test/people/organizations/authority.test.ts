import { onBothEngines, onSqlite, operator, type TenancyForTests } from './tenancy-for-tests.ts';

let world: TenancyForTests;
afterEach(() => world.close());

const acts = (actor: string, target: { organization: string } | { userId: string }, realm = 'msp') =>
  world.tenancy.authority.mayActOn(realm, actor, target);

/** North and South are partners; Client is North's, Team is Client's, Rival is South's. */
async function partners() {
  const north = await world.org('North');
  const client = await world.org('Client', north);
  const team = await world.org('Team', client);
  const south = await world.org('South');
  const rival = await world.org('Rival', south);
  return { north, client, team, south, rival };
}

onBothEngines((open) => {
  beforeEach(async () => {
    world = await open();
  });

  it('fault 20: never lets a right be seen that no instant had, while organizations move', async () => {
    const { north, client, team, south } = await partners();
    // In turn: team leaves client, then client goes to South. Team was never below South.
    const admin = await world.person('admin');
    await world.join(admin, south, 'admin');
    const other = await world.org('Other');
    const { organizations } = world.tenancy;
    const seen: boolean[] = [];
    const state = { isMoving: true };
    const watch = async () => {
      while (state.isMoving) {
        seen.push(await acts(admin, { organization: team }));
        // Reads of SQLite are answered at once: the moves need their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const moves = async () => {
      try {
        for (let round = 0; round < 15; round += 1) {
          await organizations.move('msp', team, other, operator);
          await organizations.move('msp', client, south, operator);
          await organizations.move('msp', client, north, operator);
          await organizations.move('msp', team, client, operator);
        }
      } finally {
        state.isMoving = false;
      }
    };
    await Promise.all([moves(), watch(), watch()]);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).not.toContain(true);
  }, 60_000);
});

describe('a line that is read while it moves', () => {
  it('fault 20: is not joined of a parent of before and a parent of after', async () => {
    let meanwhile: { readonly id: string; readonly moves: () => Promise<unknown> } | undefined;
    world = await onSqlite((store) => ({
      ...store,
      collection(declaration) {
        const kept = store.collection(declaration);
        if (declaration.name !== 'organizations') return kept;
        const get: typeof kept.get = async (id) => {
          const due = meanwhile?.id === id ? meanwhile : undefined;
          if (due !== undefined) meanwhile = undefined;
          await due?.moves();
          return kept.get(id);
        };
        return { ...kept, get };
      },
    }));
    const { client, team, south } = await partners();
    const other = await world.org('Other');
    const admin = await world.person('admin');
    await world.join(admin, south, 'admin');
    const { organizations } = world.tenancy;
    // After the team was read as the client's, it leaves the client, and the client goes to South without it.
    meanwhile = {
      id: client,
      async moves() {
        await organizations.move('msp', team, other, operator);
        await organizations.move('msp', client, south, operator);
      },
    };
    expect(await acts(admin, { organization: team })).toBe(false);
    expect(meanwhile).toBeUndefined();
    expect(await acts(admin, { organization: client })).toBe(true);
  });
});

describe('who may act on whom', () => {
  beforeEach(async () => {
    world = await onSqlite();
  });

  it.each(['owner', 'admin'] as const)(
    'fault 20: an %s acts on their organization and what is below, on nothing else',
    async (role) => {
      const { north, client, team, south, rival } = await partners();
      const actor = await world.person('actor');
      await world.join(actor, client, role);
      const answers = await Promise.all(
        [north, client, team, south, rival].map((organization) => acts(actor, { organization })),
      );
      expect(answers).toEqual([false, true, true, false, false]);
      expect(await acts(actor, { organization: 'nowhere' })).toBe(false);
      expect(await acts(actor, { organization: client }, 'plain')).toBe(false);
    },
  );

  it('fault 20: an admin acts on people all of whose memberships lie below, and on nobody else', async () => {
    const { north, client, team, rival } = await partners();
    const actor = await world.person('actor');
    await world.join(actor, client, 'admin');
    const inside = await world.person('inside');
    await world.join(inside, team);
    await world.join(inside, client, 'owner');
    const shared = await world.person('shared');
    await world.join(shared, team);
    await world.join(shared, rival);
    const boss = await world.person('boss');
    await world.join(boss, north, 'owner');
    await world.join(boss, team);
    const stray = await world.person('stray');
    const invited = await world.person('invited');
    await world.tenancy.memberships.add(
      { realm: 'msp', organization: team, userId: invited, role: 'member' },
      operator,
    );
    const realmAdmin = await world.person('realm-admin');
    await world.join(realmAdmin, undefined, 'owner');
    await world.join(realmAdmin, team);
    const foreign = await world.person('foreign', 'plain');
    const answers = await Promise.all(
      [inside, shared, boss, stray, invited, realmAdmin, foreign, 'nobody'].map((userId) => acts(actor, { userId })),
    );
    expect(answers).toEqual([true, false, false, false, false, false, false, false]);
  });

  it('an invitation elsewhere takes nobody out of an admin’s reach, and gives no right', async () => {
    const { client, rival } = await partners();
    const [actor, mia] = [await world.person('actor'), await world.person('mia')];
    await world.join(actor, client, 'admin');
    await world.join(mia, client);
    await world.tenancy.memberships.add({ realm: 'msp', organization: rival, userId: mia, role: 'owner' }, operator);
    expect(await acts(actor, { userId: mia })).toBe(true);
    expect(await acts(mia, { organization: rival })).toBe(false);
  });

  it('a role on the realm itself reaches everything of that realm, and nothing of another', async () => {
    const { rival } = await partners();
    const foreign = await world.org('Foreign', undefined, 'plain');
    const [root, mia, paula] = [
      await world.person('root'),
      await world.person('mia'),
      await world.person('paula', 'plain'),
    ];
    await world.join(root, undefined, 'admin');
    await world.join(mia, rival);
    expect(await acts(root, { organization: rival })).toBe(true);
    expect(await acts(root, { userId: mia })).toBe(true);
    expect(await acts(root, { organization: foreign })).toBe(false);
    expect(await acts(root, { userId: paula })).toBe(false);
    expect(await acts(root, { organization: foreign }, 'plain')).toBe(false);
    expect(await acts(root, { userId: paula }, 'plain')).toBe(false);
  });

  it('members, the disabled, the locked and those who left act on nothing', async () => {
    const { client } = await partners();
    const actor = await world.person('actor');
    await world.join(actor, client);
    expect(await acts(actor, { organization: client })).toBe(false);
    const where = { realm: 'msp', organization: client, userId: actor };
    await world.tenancy.memberships.setRole(where, 'admin', operator);
    expect(await acts(actor, { organization: client })).toBe(true);
    await world.people.update('msp', actor, (user) => ({ ...user, secondFactorLockedAt: world.clock.now() }));
    expect(await acts(actor, { organization: client })).toBe(false);
    await world.people.unlock('msp', actor, operator);
    await world.people.disable('msp', actor, operator);
    expect(await acts(actor, { organization: client })).toBe(false);
    await world.people.enable('msp', actor, operator);
    await world.tenancy.memberships.remove(where, operator);
    expect(await acts(actor, { organization: client })).toBe(false);
  });

  it('rights move with the tree, at once', async () => {
    const { north, client, team, south } = await partners();
    const [of, from] = [await world.person('south-admin'), await world.person('north-admin')];
    await world.join(of, south, 'admin');
    await world.join(from, north, 'admin');
    expect([await acts(from, { organization: team }), await acts(of, { organization: team })]).toEqual([true, false]);
    await world.tenancy.organizations.move('msp', client, south, operator);
    expect([await acts(from, { organization: team }), await acts(of, { organization: team })]).toEqual([false, true]);
  });

  it('only owners make owners', async () => {
    const { client, team } = await partners();
    const [owner, admin] = [await world.person('owner'), await world.person('admin')];
    await world.join(owner, client, 'owner');
    await world.join(admin, client, 'admin');
    const grants = (actor: string, role: 'owner' | 'admin' | 'member', at?: string) =>
      world.tenancy.authority.mayGrant('msp', actor, role, at);
    expect(await grants(owner, 'owner', team)).toBe(true);
    expect(await grants(admin, 'owner', team)).toBe(false);
    expect(await grants(admin, 'admin', team)).toBe(true);
    expect(await grants(owner, 'admin')).toBe(false);
  });
});
