import type { Method } from '../../src/factors/index.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { operator, parts, shown, secret as tokenSecret } from '../tokens/tokens-for-tests.ts';
import { aBrowser, givePassword, type Somebody, signIn, somebody, toChallenge, told, toPassword } from './people.ts';

const by = { actor: operator } as const;
const id = 'GHST12345678';

describe('methods taken away and set up again, the policy still on', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
    await app.app.realms.set('web1', 'policy.methods', ['totp', 'token'], { kind: 'system' });
    await app.app.realms.set('web1', 'policy.secondFactor', 'required', { kind: 'system' });
    const file = `credential_id,seed_base64\n${id},${tokenSecret}\n`;
    expect((await app.app.tokens.import({ realm: 'web1', source: parts(file) }, operator)).ok).toBe(true);
  });
  afterAll(() => app.close());
  beforeEach(() => app.clock.advance(24 * 3_600_000));

  const methodsOf = ({ user }: Somebody) => app.app.factors.methods.of('web1', user.id);
  const theOne = async (person: Somebody, kind = 'totp'): Promise<Method> => {
    const method = (await methodsOf(person)).find((each) => each.kind === kind);
    if (method === undefined) throw new Error(`no ${kind}`);
    return method;
  };
  const isSignedIn = (visitor: Visitor) => visitor.page.url.origin === app.demoOrigin;
  const pastPassword = async (person: Somebody) => givePassword(await toPassword(app, aBrowser(app)), person);

  async function choose(visitor: Visitor, method: 'totp' | 'token'): Promise<void> {
    await visitor.submit(/get started/i);
    await visitor.submit(`method=${method}`);
  }
  /** Sets up an authenticator app; its secret. */
  async function setUpApp(visitor: Visitor): Promise<string> {
    await choose(visitor, 'totp');
    const made = visitor.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
    await visitor.fill({ code: app.code(made) }).submit();
    return made;
  }

  const states: readonly (readonly [string, (person: Somebody) => Promise<unknown>])[] = [
    ['removed', async (person) => app.app.factors.methods.remove('web1', (await theOne(person)).id, by)],
    ['disabled', async (person) => app.app.factors.methods.disable('web1', (await theOne(person)).id, by)],
    [
      'removed, with one that was begun and never proven',
      async (person) => {
        const { kind, data, secret = '', userId } = await theOne(person);
        await app.app.factors.methods.remove('web1', (await theOne(person)).id, by);
        return app.app.factors.methods.add({ realm: 'web1', userId, kind, data, secret, state: 'pending' }, by);
      },
    ],
    [
      'disabled, then removed',
      async (person) => {
        const { id: method } = await theOne(person);
        await app.app.factors.methods.disable('web1', method, by);
        return app.app.factors.methods.remove('web1', method, by);
      },
    ],
  ];

  it.each(states)(
    'fault 30: with the only one %s a password opens nothing, and the old code neither',
    async (_, change) => {
      const person = await somebody(app);
      await signIn(app, aBrowser(app), person);
      await change(person);
      app.clock.advance(60_000);

      const visitor = await pastPassword(person);
      expect(visitor.page.step).toBe('protect-account');
      const guesser = await pastPassword(person);
      await guesser.visit(guesser.page.url.href.replace('/protect-account', '/challenge'));
      expect(guesser.page.step).toBe('protect-account');
      const fresh = await setUpApp(visitor);
      expect(isSignedIn(visitor)).toBe(true);

      app.clock.advance(60_000);
      const later = await toChallenge(app, aBrowser(app), person);
      await later.fill({ code: app.code(person.secret) }).submit();
      expect(later.page.step).toBe('challenge');
      await later.fill({ code: app.code(fresh) }).submit();
      expect(isSignedIn(later)).toBe(true);
    },
  );

  it('fault 30: of two that go one after the other the rest is asked for, to the last', async () => {
    const person = await somebody(app);
    await app.app.factors.methods.disable('web1', (await theOne(person)).id, by);
    const visitor = await pastPassword(person);
    await choose(visitor, 'token');
    await visitor.fill({ credential_id: id, security_code_1: shown(app.clock.now()) }).submit();
    expect(isSignedIn(visitor)).toBe(true);
    await app.app.factors.methods.remove('web1', (await theOne(person)).id, by);
    app.clock.advance(60_000);

    const asked = await toChallenge(app, aBrowser(app), person);
    await asked.fill({ code: shown(app.clock.now()) }).submit();
    expect(isSignedIn(asked)).toBe(true);
    await app.app.factors.methods.remove('web1', (await theOne(person, 'token')).id, by);
    while ((await app.app.drain()) > 0);
    expect(await app.app.tokens.find('web1', id)).toMatchObject({ standing: 'available', people: [] });
    expect((await pastPassword(person)).page.step).toBe('protect-account');

    // It can be somebody else's now.
    app.clock.advance(60_000);
    const other = await somebody(app, 'web1', { hasApp: false });
    const theirs = await pastPassword(other);
    await choose(theirs, 'token');
    await theirs.fill({ credential_id: id, security_code_1: shown(app.clock.now()) }).submit();
    expect(isSignedIn(theirs)).toBe(true);
  });

  it('N15: the log keeps when, from where and by whom each was bound and taken away', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const boundAt = app.clock.now();
    await setUpApp(await pastPassword(person));
    const { id: method } = await theOne(person);
    app.clock.advance(3_600_000);
    await app.app.factors.methods.remove('web1', method, by);
    const entries = await told(app, 'web1', { subject: person.user.id });
    const record = entries.filter(({ details }) => details?.['method'] === method);
    expect(record).toMatchObject([
      { type: 'method.removed', at: app.clock.now(), actor: operator, details: { kind: 'totp' } },
      {
        ...{ type: 'method.added', at: boundAt, actor: { kind: 'person', id: person.user.id } },
        ...{ portal: 'web1-mail', address: '127.0.0.1', browser: 'Firefox on Linux', details: { kind: 'totp' } },
      },
    ]);
    expect(await methodsOf(person)).toEqual([]);
    const kept = await app.app.factors.methods.recorded(method);
    expect(kept).toMatchObject({ kind: 'totp', createdAt: boundAt, removedAt: app.clock.now() });
    expect(kept?.secret).toBeUndefined();
  });
});
