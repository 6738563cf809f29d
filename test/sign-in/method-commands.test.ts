import { type RunningApp, runApp } from '../support/app.ts';
import { gatehouseMethod } from '../support/method-command.ts';

const realm = 'web1';
const by = { kind: 'operator' } as const;

describe('gatehouse method', () => {
  let world: RunningApp;
  let userId: string;
  beforeAll(async () => {
    world = await runApp();
    const made = await world.app.people.create({ realm, name: 'Mona', email: 'mona@web1.example' });
    if (!made.ok) throw new Error(made.why);
    userId = made.user.id;
  }, 120_000);
  afterAll(() => world.close());

  const gatehouse = (...words: readonly string[]) => gatehouseMethod(world, words);

  const add = async (kind: string) => {
    const added = await world.app.factors.methods.add({ realm, userId, kind, data: {} }, { actor: by });
    return added.ok ? added.method.id : '';
  };

  it('refuses to take the last method that policy needs, with the way out, and takes another', async () => {
    const first = await add('totp');
    const refused = await gatehouse('remove', realm, 'mona@web1.example', first);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('policy needs this method');
    expect(refused.err).toContain('set up another first: totp');
    expect(await world.app.factors.methods.of(realm, userId)).toHaveLength(1);

    const second = await add('totp');
    expect(await gatehouse('remove', realm, 'mona@web1.example', first)).toEqual({
      code: 0,
      out: 'removed totp\n',
      err: '',
    });
    const listed = JSON.parse((await gatehouse('list', realm, userId, '--json')).out);
    expect(listed).toMatchObject([{ id: second, kind: 'totp', state: 'active' }]);
    expect((await gatehouse('list', realm, userId)).out).toMatch(
      new RegExp(`^KIND +NAME +STATE +LAST USED +ID\ntotp +- +active +never +${second}\n$`),
    );
  });

  it('tells the person by mail of what is taken', async () => {
    const [one] = [await add('totp'), await add('totp')];
    const removed: string[] = [];
    const { methods } = world.app.factors;
    const seen: typeof methods.remove = (where, id, event, messages = []) => {
      removed.push(...messages.map(({ body }) => `${String(body['template'])} to ${String(body['to'])}`));
      return methods.remove(where, id, event, messages);
    };
    const ran = await gatehouseMethod(world, ['remove', realm, 'mona@web1.example', one], { remove: seen });
    expect(ran).toMatchObject({ code: 0 });
    expect(removed).toEqual(['method-removed to mona@web1.example']);
  });

  it.each([
    [['list', 'nowhere', 'mona@web1.example'], 'there is no realm "nowhere"'],
    [['list', realm, 'nobody'], 'nobody in "web1" is known as "nobody"'],
    [['remove', realm, 'mona@web1.example', 'none'], 'has no method "none"'],
  ])('refuses %j', async (words, says) => {
    expect(await gatehouse(...words)).toMatchObject({ code: 1, err: expect.stringContaining(says) });
  });
});
