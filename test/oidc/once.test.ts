import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

describe('what works once', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());
  const together = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act));

  it('A7: of 50 parallel redemptions of one code exactly one gets tokens, and its tokens end with the reuse', async () => {
    const code = await rp.code();
    const answers = await together(50, () => rp.redeem(code));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 400 && body.error === 'invalid_grant')).toHaveLength(49);
    const tokens = won[0]!.body;
    expect((await rp.userinfo(tokens.access_token)).status).toBe(401);
    expect((await rp.refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
  });

  it('A7: of 50 parallel refreshes exactly one wins, and the family ends', async () => {
    const first = await rp.signIn();
    const answers = await together(50, () => rp.refresh(first.refresh_token!));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49);
    expect((await rp.refresh(won[0]!.body.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await rp.userinfo(won[0]!.body.access_token)).status).toBe(401);
  });

  it('A7: a refresh token used again ends what was made from it; a new sign-in works', async () => {
    const first = await rp.signIn();
    const second = (await rp.refresh(first.refresh_token!)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await rp.refresh(first.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await rp.refresh(second.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await rp.userinfo(second.access_token)).status).toBe(401);
    expect((await rp.userinfo((await rp.signIn()).access_token)).status).toBe(200);
  });

  it('A7: a refresh token lives two weeks unused, and a family 30 days however often it is used', async () => {
    const unused = await rp.signIn();
    let used = await rp.signIn();
    for (let day = 0; day < 28; day += 7) {
      host.advanceMinutes(7 * 24 * 60);
      used = (await rp.refresh(used.refresh_token!)).body;
      expect(used.refresh_token).toBeDefined();
    }
    expect((await rp.refresh(unused.refresh_token!)).body.error).toBe('invalid_grant');
    host.advanceMinutes(2 * 24 * 60);
    expect((await rp.refresh(used.refresh_token!)).body.error).toBe('invalid_grant');
  });

  it('A7: a code is dead after a minute', async () => {
    const [early, late] = [new Rp(host, 'web1', 'mail'), new Rp(host, 'web1', 'mail')];
    const codes = [await early.code(), await late.code()] as const;
    host.advance(58_000);
    expect((await early.redeem(codes[0])).status).toBe(200);
    host.advance(2_000);
    expect((await late.redeem(codes[1])).body.error).toBe('invalid_grant');
  });

  it.each([
    ['disabled', { status: 'disabled' }],
    ['locked', { secondFactorLockedAt: new Date('2026-03-02T09:00:00Z') }],
  ] as const)('fault 24: a %s person gets nothing for a code, a refresh token or a session', async (_what, change) => {
    const tokens = await rp.signIn();
    const code = await rp.code();
    host.add(aUser('web1', 'mia', change));
    expect((await rp.redeem(code)).body.error).toBe('invalid_grant');
    expect((await rp.refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await rp.userinfo(tokens.access_token)).status).toBe(401);
    expect((await rp.authorize({ prompt: 'none' })).get('error')).toBe('login_required');
  });

  it('A7: the days of a family are the portal’s', async () => {
    host.add(aPortal('web1', 'short', { refreshDays: 2 }));
    const short = new Rp(host, 'web1', 'short');
    let tokens = await short.signIn();
    host.advanceMinutes(47 * 60);
    tokens = (await short.refresh(tokens.refresh_token!)).body;
    host.advanceMinutes(60);
    expect((await short.refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
  });

  it('fault 41: a code that was asked for with a challenge is worth nothing without its verifier', async () => {
    for (const verifier of ['', 'a'.repeat(43), undefined]) {
      const code = await rp.code();
      const form = { grant_type: 'authorization_code', code, redirect_uri: 'http://portal.test/callback' };
      const answer = await rp.token(verifier === undefined ? form : { ...form, code_verifier: verifier });
      expect(answer.status).toBe(400);
    }
  });

  it.each([
    { code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge: 'short' },
  ])('fault 41: PKCE with S256 is required of every portal, also a confidential one: %j', async (change) => {
    expect((await rp.authorize(change)).get('error')).toBe('invalid_request');
  });

  it.each(['token', 'id_token', 'code id_token', 'code token', 'none'])(
    'A7: there is no implicit or hybrid flow: response_type=%s is refused',
    async (responseType) => {
      const page = await rp.browser.visit(rp.authorizationUrl({ response_type: responseType }));
      expect(page.location?.href).toMatch(/error=unsupported_response_type/);
    },
  );

  it.each(['password', 'client_credentials', 'implicit', ''])('A7: grant_type=%s is refused', async (grant) => {
    const answer = await rp.token({ grant_type: grant, username: 'mia', password: 'x', scope: 'openid' });
    expect(answer.status).toBe(400);
  });

  it('an interaction is answered once: by 50 at once there is one code, and nobody is let in twice', async () => {
    host.signIn = () => undefined;
    const page = await rp.browser.visit(rp.authorizationUrl());
    host.signIn = () => ({ userId: 'mia' });
    const answers = await together(50, () => rp.browser.request(page.url));
    const resumes = new Set(answers.filter(({ status }) => status === 303).map(({ location }) => location!.href));
    expect(resumes.size).toBe(1);
    const [resume] = resumes;
    const codes = await together(5, () => rp.browser.request(resume!));
    expect(codes.filter(({ location }) => location?.searchParams.has('code') === true)).toHaveLength(1);
    expect((await rp.browser.request(page.url)).body).toBe('unknown');
  });
});
