import { gatehouseOf } from './gatehouse.ts';
import { goodPassword, mia, type PeopleForTests, somePeople } from './people-for-tests.ts';

let world: PeopleForTests;
beforeEach(async () => {
  world = await somePeople();
});
afterEach(() => world.close());

/** `gatehouse <words>`: what it printed, and its exit code. */
const gatehouse = (...words: string[]) => gatehouseOf(world, { realm: 'web1', portal: 'web1-mail' }, ...words);

describe('gatehouse user', () => {
  it('add invites: nobody types another’s password', async () => {
    expect(await gatehouse('user', 'add', 'web1', '--name', 'Mia Berger', '--email', mia.email)).toEqual({
      out: 'added and invited Mia Berger, mia@example.com\n',
      err: '',
      code: 0,
    });
    expect((await world.outbox()).map((item) => item.body['template'])).toContain('invitation');
    expect(await gatehouse('user', 'add', 'web1', '--name', 'Mia')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--email'),
    });
  });

  it.each([
    ['', 'one line of visible text'],
    ['two\nlines', 'one line of visible text'],
    ['\u001b[31mred', 'one line of visible text'],
    ['x'.repeat(201), 'one line of visible text'],
  ])('add refuses the name %j', async (name, why) => {
    const refused = await gatehouse('user', 'add', 'web1', '--name', name, '--email', mia.email);
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining(why) });
    expect(await world.people.find('web1', mia.email)).toBeUndefined();
  });

  it('add takes names of any script', async () => {
    const { out } = await gatehouse('user', 'add', 'web1', '--name', '山田 太郎', '--email', mia.email);
    expect(out).toContain('山田 太郎');
    expect((await gatehouse('user', 'list', 'web1')).out.split('\n')[1]).toMatch(/^山田 太郎 {2}mia@/);
  });

  it('add writes to a person in their language, with times on their clock', async () => {
    const words = ['user', 'add', 'web1', '--name', 'Mia', '--email', mia.email, '--locale', 'ja'];
    await gatehouse(...words, '--time-zone', 'asia/tokyo');
    expect((await world.outbox()).map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ template: 'invitation', locale: 'ja', timeZone: 'Asia/Tokyo' }),
    );
    await expect(gatehouse(...words, '--locale', 'not a tag')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
    await expect(gatehouse(...words, '--time-zone', 'Mars/Phobos')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  it('A3: no operator sets a password in production', async () => {
    const refused = await gatehouse('user', 'add', 'web1', '--name', 'Mia', '--email', mia.email, '--password-stdin');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('set by the people themselves') });
    expect(await world.people.find('web1', mia.email)).toBeUndefined();
    await expect(gatehouse('user', 'add', 'web1', '--name', 'Mia', '--password', 'x')).rejects.toMatchObject({
      code: 'commander.unknownOption',
    });
  });

  it.each([
    ['disable', 'disabled'],
    ['enable', 'enabled'],
    ['unlock', 'unlocked'],
  ])('%s by email, user name or id', async (change, done) => {
    const made = await world.people.create({ ...mia, password: goodPassword });
    const id = made.ok ? made.user.id : '';
    for (const identifier of [mia.email, 'MIA', id]) {
      expect((await gatehouse('user', change, 'web1', identifier)).out).toBe(`${done} Mia Berger, mia@example.com\n`);
    }
    expect(await gatehouse('user', change, 'web1', 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringContaining('user list web1'),
    });
  });

  it('lists, and tells programs without hashes', async () => {
    await world.people.create({ ...mia, password: goodPassword });
    expect((await gatehouse('user', 'list', 'web1')).out).toMatch(
      /^NAME +EMAIL +USER NAME +STATE +ID\nMia Berger +mia@example\.com +mia +active +[\w-]{22}\n$/,
    );
    const { out } = await gatehouse('user', 'list', 'web1', '--json');
    expect(JSON.parse(out)).toMatchObject({ items: [{ name: 'Mia Berger', hasPassword: true }] });
    expect(out).not.toContain('argon2');
    expect((await gatehouse('user', 'list', 'web1', '--by', 'email', '--prefix', 'no')).out).toBe('nobody\n');
    expect((await gatehouse('user', 'list', 'web1', '--by', 'email', '--prefix', 'mia@')).out).toContain('Mia');
    for (const limit of ['0', '501', 'many', '1e2', '']) {
      await expect(gatehouse('user', 'list', 'web1', '--limit', limit)).rejects.toMatchObject({
        code: 'commander.invalidArgument',
      });
    }
    expect(await gatehouse('user', 'list', 'none')).toMatchObject({
      code: 1,
      err: expect.stringContaining('realm list'),
    });
  });

  it('addresses shows who else is told, sets them, and clears them when told so', async () => {
    await world.people.create({ ...mia, password: goodPassword });
    const addresses = (...words: string[]) => gatehouse('user', 'addresses', 'web1', 'mia', ...words);
    expect((await addresses('m@home.example')).out).toBe(
      'Mia Berger, mia@example.com: told are mia@example.com, m@home.example\n',
    );
    expect((await addresses()).out).toContain('m@home.example');
    expect(JSON.parse((await addresses('--json')).out)).toMatchObject({
      addresses: ['mia@example.com', 'm@home.example'],
    });
    expect(await addresses('m@home.example', '--clear')).toMatchObject({ code: 2 });
    expect(await addresses('nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('five at most') });
    expect((await addresses('--clear')).out).toBe('Mia Berger, mia@example.com: told are mia@example.com\n');
    expect(await gatehouse('user', 'addresses', 'web1', 'nobody')).toMatchObject({ code: 1 });
  });

  it('repeats what was typed as far as it is worth it', async () => {
    const { err } = await gatehouse('user', 'show', 'web1', 'x'.repeat(5_000));
    expect(err).toBe(
      `gatehouse: nobody in "web1" is known as "${'x'.repeat(80)}…"; see \`gatehouse user list web1\`\n`,
    );
  });

  it('invite needs a name for somebody new, and says that they were added', async () => {
    expect(await gatehouse('user', 'invite', 'web1', mia.email)).toEqual({
      out: '',
      err: 'gatehouse: nobody in "web1" has the address mia@example.com; add them with --name "Their Name"\n',
      code: 1,
    });
    expect(await world.people.find('web1', mia.email)).toBeUndefined();
    const invited = await gatehouse('user', 'invite', 'web1', mia.email, '--name', 'Mia', '--json');
    expect(JSON.parse(invited.out)).toMatchObject({ name: 'Mia', added: true });
  });

  it('add refuses an address that somebody has, and says what to do', async () => {
    const add = (email: string) => gatehouse('user', 'add', 'web1', '--name', 'Else', '--email', email);
    await add(mia.email);
    const sent = (await world.outbox()).length;
    expect(await add(mia.email.toUpperCase())).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Else, mia@example.com already; .*`gatehouse user invite web1 MIA@EXAMPLE.COM`/),
    });
    expect(await world.outbox()).toHaveLength(sent);
    await world.people.create({ realm: 'web1', name: 'Bo', email: 'bo@example.com', password: goodPassword });
    expect(await add('bo@example.com')).toMatchObject({ code: 1, err: expect.stringContaining('they can sign in') });
  });

  it('invites somebody again, and nobody who has a password', async () => {
    await gatehouse('user', 'invite', 'web1', mia.email, '--name', 'Mia');
    expect(await gatehouse('user', 'invite', 'web1', mia.email)).toEqual({
      out: 'invited again: Mia, mia@example.com\n',
      err: '',
      code: 0,
    });
    await world.people.create({ realm: 'web1', name: 'Bo', email: 'bo@example.com', password: goodPassword });
    expect(await gatehouse('user', 'invite', 'web1', 'bo@example.com')).toMatchObject({
      code: 1,
      err: expect.stringContaining('has a password'),
    });
  });
});
