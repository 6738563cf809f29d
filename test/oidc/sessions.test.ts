import { aPortal, aRealm, aUser, claimsIn, Host, Rp } from './host.ts';

describe('sessions', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(
      aRealm('web1'),
      aPortal('web1', 'mail'),
      aPortal('web1', 'files'),
      aUser('web1', 'mia'),
      aUser('web1', 'bob'),
    );
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  it('let a second portal in without asking again', async () => {
    await rp.signIn();
    await new Rp(host, 'web1', 'files', rp.browser).signIn();
    expect(host.requests).toHaveLength(1);
  });

  it('outlive the browser window: the cookie says when it ends', async () => {
    await rp.signIn();
    const cookies = rp.browser.page.hops.flatMap(({ headers }) => headers['set-cookie'] ?? []);
    const session = cookies.find((cookie) => cookie.startsWith('web1-session='))!;
    const expires = new Date(/expires=([^;]+)/i.exec(session)![1]!);
    expect(Math.abs(expires.getTime() - host.clock.now().getTime() - 24 * 3_600_000)).toBeLessThan(2_000);
    expect(session).toMatch(/; path=\/;.*httponly/i);
    expect(session).toMatch(/samesite=lax/i);
  });

  it('N16: end 24 hours after the sign-in however much they are used', async () => {
    host.rules = { sessionHours: 24, idleMinutes: 'off' };
    await rp.signIn();
    for (let hour = 1; hour < 24; hour += 1) {
      host.advanceMinutes(60);
      await rp.signIn();
    }
    expect(host.requests).toHaveLength(1);
    host.advanceMinutes(60);
    await rp.signIn();
    expect(host.requests).toHaveLength(2);
    expect(host.requests[1]!.session).toBeUndefined();
  });

  it.each([
    { idleMinutes: 60 as const, afterMinutes: 59, asks: false },
    { idleMinutes: 60 as const, afterMinutes: 60, asks: true },
    { idleMinutes: 5 as const, afterMinutes: 5, asks: true },
    { idleMinutes: 'off' as const, afterMinutes: 23 * 60, asks: false },
  ])(
    'N16: idle after $idleMinutes minutes, used again after $afterMinutes: asks $asks',
    async ({ idleMinutes, afterMinutes, asks }) => {
      host.rules = { sessionHours: 24, idleMinutes };
      await rp.signIn();
      host.advanceMinutes(afterMinutes);
      await rp.signIn();
      expect(host.requests).toHaveLength(asks ? 2 : 1);
      expect(host.requests.at(-1)!.session).toBeUndefined();
    },
  );

  it('N16: being used keeps a session from being idle, being looked at does not', async () => {
    await rp.signIn();
    host.advanceMinutes(50);
    await rp.signIn();
    host.advanceMinutes(50);
    await rp.signIn();
    expect(host.requests).toHaveLength(1);
    host.advanceMinutes(50);
    await rp.browser.visitOnce(`${rp.issuer}/session/end`);
    host.advanceMinutes(10);
    await rp.signIn();
    expect(host.requests).toHaveLength(2);
  });

  it('A6: the id is a new one after every sign-in and step-up, and the old cookie opens nothing', async () => {
    const ids: string[] = [];
    const remember = () => ids.push(rp.browser.cookies.header(new URL(rp.issuer), false));
    await rp.signIn();
    remember();
    host.judgeSession = async () => false;
    host.signIn = ({ session }) => ({
      userId: 'mia',
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
      authTime: session!.authTime,
    });
    await rp.signIn();
    remember();
    expect(new Set(ids).size).toBe(2);
    const old = await fetch(rp.authorizationUrl({ prompt: 'none' }), {
      redirect: 'manual',
      headers: { cookie: ids[0]! },
    });
    expect(old.headers.get('location')).toMatch(/error=login_required/);
  });

  it('a step-up keeps when the person signed in, and so when the session ends', async () => {
    const first = await rp.signIn();
    host.advanceMinutes(30);
    host.signIn = ({ session }) => ({
      userId: 'mia',
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
      authTime: session!.authTime,
    });
    const second = await rp.signIn({ acr_values: 'mfa' });
    expect(claimsIn(second.id_token)).toMatchObject({ acr: 'mfa', auth_time: claimsIn(first.id_token).auth_time });
  });

  it('A6: are over when all of a person are ended, at once and in every portal', async () => {
    const tokens = await rp.signIn();
    host.advance(100);
    host.add(aUser('web1', 'mia', { sessionsValidFrom: host.clock.now() }));
    expect((await rp.authorize({ prompt: 'none' })).get('error')).toBe('login_required');
    host.advance(1_000);
    const again = await rp.signIn();
    expect((await rp.userinfo(again.access_token)).status).toBe(200);
    expect((await rp.refresh(again.refresh_token!)).status).toBe(200);
    host.add(aUser('web1', 'mia', { sessionsValidFrom: new Date(host.clock.now().getTime() + 2_000) }));
    for (const { access_token: token, refresh_token: refresh } of [tokens, again]) {
      expect((await rp.userinfo(token)).status).toBe(401);
      expect((await rp.refresh(refresh!)).status).toBe(400);
    }
  });

  it.each([
    ['1 ms after them', 1, false],
    ['half a second after them, in the same second', 500, false],
    ['before them', -1, true],
  ])(
    'A6: codes and tokens of a sign-in are worth something after a change %s: only then',
    async (_, laterMs, lives) => {
      const [status, refused] = lives ? [200, 200] : [401, 400];
      host.clock.set('2026-03-02T09:00:10.100Z');
      host.advance(0);
      const code = await rp.code({ prompt: 'login' });
      const held = await new Rp(host, 'web1', 'mail').signIn();
      const change = () => {
        const sessionsValidFrom = new Date(host.clock.now().getTime() + laterMs);
        host.add(aUser('web1', 'mia', { sessionsValidFrom }));
      };
      change();
      expect((await rp.redeem(code)).status).toBe(refused);
      expect((await rp.userinfo(held.access_token)).status).toBe(status);
      expect((await rp.refresh(held.refresh_token!)).status).toBe(refused);
    },
  );

  it('A6: what a refresh token became since the sign-in ends with it, whenever it was refreshed', async () => {
    const first = await rp.signIn();
    const began = host.clock.now().getTime();
    host.advance(5_000);
    const { body: second } = await rp.refresh(first.refresh_token!);
    host.add(aUser('web1', 'mia', { sessionsValidFrom: new Date(began + 1) }));
    expect((await rp.userinfo(second.access_token)).status).toBe(401);
    expect((await rp.refresh(second.refresh_token!)).status).toBe(400);
  });

  it('a password set during the sign-in does not end the session that the sign-in makes', async () => {
    host.signIn = () => {
      const authTime = host.clock.now();
      host.advance(20_000);
      host.add(aUser('web1', 'mia', { sessionsValidFrom: host.clock.now() }));
      return { userId: 'mia', authTime };
    };
    await rp.signIn();
    expect((await rp.authorize({ prompt: 'none' })).has('code')).toBe(true);
  });

  it('endSessionsOf leaves nothing of a person and nothing missing of another', async () => {
    const mia = await rp.signIn();
    host.signIn = () => ({ userId: 'bob' });
    const other = new Rp(host, 'web1', 'mail');
    const bob = await other.signIn();
    await host.oidc.endSessionsOf('web1', 'mia');
    expect((await rp.authorize({ prompt: 'none' })).get('error')).toBe('login_required');
    expect((await rp.userinfo(mia.access_token)).status).toBe(401);
    expect((await rp.refresh(mia.refresh_token!)).status).toBe(400);
    expect((await other.userinfo(bob.access_token)).status).toBe(200);
    expect((await other.refresh(bob.refresh_token!)).status).toBe(200);
  });

  it('fault 24: a disabled person gets nothing from any grant, refresh included', async () => {
    const tokens = await rp.signIn();
    const code = await rp.code();
    host.add(aUser('web1', 'mia', { status: 'disabled' }));
    expect((await rp.redeem(code)).body.error).toBe('invalid_grant');
    expect((await rp.refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await rp.userinfo(tokens.access_token)).status).toBe(401);
    expect((await rp.authorize({ prompt: 'none' })).get('error')).toBe('login_required');
    host.signIn = () => undefined;
    await rp.browser.visit(rp.authorizationUrl());
    expect(host.requests.at(-1)!.session).toBeUndefined();
  });

  it('fault 25: a portal disabled during a sign-in gets no code', async () => {
    host.signIn = () => {
      host.add(aPortal('web1', 'mail', { enabled: false, changedAt: host.clock.now() }));
      return { userId: 'mia' };
    };
    const page = await rp.browser.visit(rp.authorizationUrl());
    expect(page.location).toBeUndefined();
    expect(host.answers.at(-1)).toMatchObject({ kind: 'error', error: 'invalid_client' });
  });

  it('another person on the same browser gets a session of their own, and the first one is over', async () => {
    const mia = await rp.signIn({ scope: 'openid' });
    const cookie = rp.browser.cookies.header(new URL(rp.issuer), false);
    host.signIn = () => ({ userId: 'bob' });
    const bob = await rp.signIn({ prompt: 'login', scope: 'openid' });
    expect(claimsIn(bob.id_token).sub).toBe('bob');
    expect((await rp.userinfo(mia.access_token)).status).toBe(401);
    const old = await fetch(rp.authorizationUrl({ prompt: 'none' }), { redirect: 'manual', headers: { cookie } });
    expect(old.headers.get('location')).toMatch(/error=login_required/);
  });
});
