import { aPortal, aRealm, aUser, Host, Rp, type Tokens } from './host.ts';

describe('what userinfo tells plainly', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia', { username: 'mia', locale: 'de' }));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  /** The scheme of a token may be written in any case (RFC 9110 §11.1); only the usual one is answered plainly. */
  async function bothAnswers(token: string, more: Record<string, string> = {}) {
    const ask = async (scheme: string) => {
      const answer = await fetch(`${rp.issuer}/me`, { headers: { authorization: `${scheme} ${token}`, ...more } });
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'date'));
      return { status: answer.status, headers, body: await answer.text() };
    };
    return { plain: await ask('Bearer'), provider: await ask('bearer') };
  }

  const wishes: readonly [string, Record<string, string>][] = [
    ['everything', {}],
    ['less', { scope: 'openid email offline_access' }],
    ['nothing but who it is', { scope: 'openid offline_access' }],
    ['a token that ends with the session', { scope: 'openid profile' }],
    ['a claim by its name', { scope: 'openid offline_access', claims: '{"userinfo":{"email":null}}' }],
  ];

  it.each(wishes)('is what oidc-provider says, header by header, of %s', async (_, wish) => {
    const { access_token: token } = await rp.signIn(wish);
    const { plain, provider } = await bothAnswers(token);
    expect(plain).toEqual(provider);
    expect(plain.status).toBe(200);
    expect(JSON.parse(plain.body)).toHaveProperty('sub', 'mia');
  });

  const ends: readonly [string, (tokens: Tokens) => unknown][] = [
    ['the token expired', () => host.advanceMinutes(61)],
    ['the person was disabled', () => host.add(aUser('web1', 'mia', { status: 'disabled' }))],
    ['the second factor was locked', () => host.add(aUser('web1', 'mia', { secondFactorLockedAt: new Date() }))],
    ['the person is gone', () => host.users.clear()],
    [
      'sessions began anew',
      () => host.add(aUser('web1', 'mia', { sessionsValidFrom: new Date(host.clock.now().getTime() + 1_000) })),
    ],
    ['the person signed out everywhere', () => host.oidc.endSessionsOf('web1', 'mia')],
    ['the portal was disabled', () => host.add(aPortal('web1', 'mail', { enabled: false, changedAt: new Date() }))],
  ];

  it.each(
    ends.flatMap(([what, end]) => ['openid offline_access', 'openid'].map((scope) => [what, scope, end] as const)),
  )('ends when %s, for a token of %s', async (_, scope, end) => {
    const tokens = await rp.signIn({ scope });
    await end(tokens);
    const { plain, provider } = await bothAnswers(tokens.access_token);
    expect(plain).toEqual(provider);
    expect(plain.status).toBe(401);
  });

  it('ends with the session where the token does, though token and grant are there still', async () => {
    const { access_token: bound } = await rp.signIn({ scope: 'openid' });
    host.signIn = () => ({ userId: 'bob' });
    host.add(aUser('web1', 'bob'));
    await rp.signIn({ prompt: 'login', scope: 'openid' });
    const { plain, provider } = await bothAnswers(bound);
    expect(plain).toEqual(provider);
    expect(plain.status).toBe(401);
  });

  it.each([
    ['from a script of nobody it knows', { origin: 'https://elsewhere.example' }, 400],
    ['with a proof that is none', { dpop: 'x' }, 400],
  ])('leaves to the provider what comes %s', async (_, headers, status) => {
    const { access_token: token } = await rp.signIn();
    const { plain, provider } = await bothAnswers(token, headers);
    expect(plain.status).toBe(status);
    expect({ ...plain, headers: {} }).toEqual({ ...provider, headers: {} });
  });

  it('tells no realm of a token of another', async () => {
    host.add(aRealm('web2'), aPortal('web2', 'mail'), aUser('web2', 'mia'));
    const { access_token: token } = await rp.signIn();
    expect((await rp.userinfo(token, `${host.origin}/realms/web2`)).status).toBe(401);
  });
});
