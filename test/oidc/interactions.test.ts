import { Visitor } from '../support/visitor.ts';
import { aPortal, aRealm, aUser, claimsIn, Host, portalOrigin, Rp } from './host.ts';

describe('interactions', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aPortal('web1', 'notes', { asksConsent: true }));
    host.add(aUser('web1', 'mia'), aUser('web1', 'bob'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());
  const essential = (...values: string[]) => JSON.stringify({ id_token: { acr: { essential: true, values } } });

  it('tell the sign-in room what the portal asked for', async () => {
    const claims = essential('mfa');
    await rp.browser.visit(
      rp.authorizationUrl({ login_hint: 'mia@example.com', ui_locales: 'de en', claims, scope: 'openid email' }),
    );
    expect(host.requests[0]).toMatchObject({
      realm: 'web1',
      clientId: 'mail',
      scopes: ['openid', 'email'],
      acrValues: [],
      essentialAcr: ['mfa'],
      loginHint: 'mia@example.com',
      uiLocales: ['de', 'en'],
      needsConsent: false,
      redirectOrigin: portalOrigin,
    });
  });

  it('belong to the browser that began them', async () => {
    host.signIn = () => undefined;
    const page = await rp.browser.visit(rp.authorizationUrl());
    host.signIn = () => ({ userId: 'mia' });
    const other = new Visitor();
    expect((await other.visitOnce(page.url)).text).toBe('other_browser');
    const uid = page.url.pathname.split('/').at(-1)!;
    const forged = { cookie: `web1-sign-in=${uid}; web1-sign-in.sig=AAAA` };
    expect((await other.request(page.url, { headers: forged })).body).toBe('other_browser');
    expect((await other.visitOnce(`${rp.issuer}/sign-in/nothing`)).text).toBe('unknown');
    expect((await rp.browser.visit(page.url)).location?.searchParams.has('code')).toBe(true);
  });

  it('run beside each other in two tabs of one browser', async () => {
    host.signIn = () => undefined;
    const [first, second] = [new Rp(host, 'web1', 'mail', rp.browser), new Rp(host, 'web1', 'mail', rp.browser.tab())];
    const pages = [
      await first.browser.visit(first.authorizationUrl()),
      await second.browser.visit(second.authorizationUrl()),
    ];
    host.signIn = () => ({ userId: 'mia' });
    for (const [index, one] of [second, first].entries()) {
      const answer = await one.browser.visit(pages[1 - index]!.url);
      expect((await one.redeem(answer.location!.searchParams.get('code')!)).status).toBe(200);
    }
  });

  it('come back with the error they were ended with', async () => {
    host.signIn = () => ({ error: 'access_denied' });
    const answer = await rp.authorize();
    expect(Object.fromEntries(answer)).toMatchObject({ error: 'access_denied', state: 's', iss: rp.issuer });
  });

  it.each([
    ['nobody is signed in', {}, 'login_required'],
    ['max_age passed', { max_age: '60' }, 'login_required'],
    ['more is wanted', { acr_values: 'mfa' }, 'interaction_required'],
    ['more is essential', { claims: essential('phr') }, 'unmet_authentication_requirements'],
  ])('prompt=none is answered with an error where %s', async (why, params, error) => {
    if (why !== 'nobody is signed in') await rp.signIn();
    host.advanceMinutes(2);
    const asked = host.requests.length;
    expect((await rp.authorize({ prompt: 'none', ...params })).get('error')).toBe(error);
    expect(host.requests).toHaveLength(asked);
  });

  it('prompt=none is answered with consent_required where agreement is missing', async () => {
    await rp.signIn();
    const notes = new Rp(host, 'web1', 'notes', rp.browser);
    expect((await notes.authorize({ prompt: 'none' })).get('error')).toBe('consent_required');
  });

  it.each([
    ['prompt=login', { prompt: 'login' }],
    ['prompt=select_account', { prompt: 'select_account' }],
    ['max_age=0', { max_age: '0' }],
    ['a passed max_age', { max_age: '60' }],
  ])('%s asks again and lets no session be built on', async (_, params) => {
    const before = await rp.signIn();
    host.advanceMinutes(2);
    const after = await rp.signIn(params);
    expect(host.requests).toHaveLength(2);
    expect(host.requests[1]!.session).toBeUndefined();
    expect(Number(claimsIn(after.id_token).auth_time)).toBe(Number(claimsIn(before.id_token).auth_time) + 120);
  });

  it('a max_age that has not passed asks nothing', async () => {
    await rp.signIn();
    host.advanceMinutes(2);
    await rp.signIn({ max_age: '180' });
    expect(host.requests).toHaveLength(1);
  });

  it('R5: an answer that leans on a session which may not be built on is an error, not a sign-in', async () => {
    await rp.signIn();
    host.advanceMinutes(2);
    host.signIn = () => ({ userId: 'mia', authTime: new Date(host.clock.now().getTime() - 120_000) });
    expect((await rp.authorize({ prompt: 'login' })).get('error')).toBe('login_required');
  });

  it.each([
    { has: 'single', wants: ['mfa'], asks: true, says: 'mfa' },
    { has: 'mfa', wants: ['mfa'], asks: false, says: 'mfa' },
    { has: 'phr', wants: ['mfa'], asks: false, says: 'mfa' },
    { has: 'mfa', wants: ['phr', 'mfa'], asks: false, says: 'mfa' },
    { has: 'single', wants: ['phr', 'mfa'], asks: true, says: 'mfa' },
  ])('R5: essential acr $wants on a session of $has: asks $asks, says $says', async ({ has, wants, asks, says }) => {
    host.signIn = ({ essentialAcr }) => ({ userId: 'mia', acr: essentialAcr.length > 0 ? 'mfa' : has });
    await rp.signIn();
    const tokens = await rp.signIn({ claims: essential(...wants) });
    expect(host.requests).toHaveLength(asks ? 2 : 1);
    expect(claimsIn(tokens.id_token).acr).toBe(says);
    if (asks) expect(host.requests[1]).toMatchObject({ mustBe: 'mia', session: { userId: 'mia', acr: has } });
  });

  it('R5: an essential acr that was not reached is an error, not silence', async () => {
    const claims = essential('phr', 'urn:example:gold');
    expect((await rp.authorize({ claims })).get('error')).toBe('unmet_authentication_requirements');
  });

  it('R5: acr_values above the session step up once, and what is not reached does not ask for ever', async () => {
    await rp.signIn();
    const tokens = await rp.signIn({ acr_values: 'phr' });
    expect(host.requests).toHaveLength(2);
    expect(claimsIn(tokens.id_token).acr).toBe('single');
  });

  it('a session that policy finds wanting is built on by one more step', async () => {
    await rp.signIn();
    const judged: string[] = [];
    host.judgeSession = async (realm, session, request) => {
      judged.push(`${realm} ${session.userId} ${request.clientId}`);
      return false;
    };
    await rp.signIn();
    expect(judged).toEqual(['web1 mia mail']);
    expect(host.requests[1]).toMatchObject({ session: { userId: 'mia', amr: ['pwd'] } });
  });

  it('only the person of the id_token_hint may answer', async () => {
    const { id_token: hint } = await rp.signIn();
    host.signIn = ({ mustBe }) => ({ userId: mustBe === 'mia' ? 'bob' : 'mia' });
    expect((await rp.authorize({ id_token_hint: hint, prompt: 'login' })).get('error')).toBe('login_required');
    expect(host.requests.at(-1)!.mustBe).toBe('mia');
    expect((await rp.authorize({ id_token_hint: hint })).has('code')).toBe(true);
  });

  it('fault 46: a session ended during a step-up cannot be built on any more', async () => {
    await rp.signIn();
    const { authTime } = { authTime: host.clock.now() };
    host.advanceMinutes(1);
    host.judgeSession = async () => false;
    host.signIn = () => undefined;
    const page = await rp.browser.visit(rp.authorizationUrl());
    await host.oidc.endSessionsOf('web1', 'mia');
    host.signIn = ({ session }) => ({ userId: 'mia', authTime: session?.authTime ?? authTime });
    expect((await rp.browser.visit(page.url)).location?.searchParams.get('error')).toBe('login_required');
  });

  describe('agreement', () => {
    let notes: Rp;
    beforeEach(() => {
      notes = new Rp(host, 'web1', 'notes');
      host.signIn = ({ needsConsent, session }) => ({
        userId: 'mia',
        consented: needsConsent,
        authTime: session?.authTime ?? host.clock.now(),
      });
    });

    it('is asked for once, and again only for more', async () => {
      await notes.signIn({ scope: 'openid profile' });
      expect(host.requests.map(({ needsConsent }) => needsConsent)).toEqual([false, true]);
      await new Rp(host, 'web1', 'notes').signIn({ scope: 'openid profile' });
      expect(host.requests.map(({ needsConsent }) => needsConsent)).toEqual([false, true, false]);
      await notes.signIn({ scope: 'openid email' });
      expect(host.requests).toHaveLength(4);
      expect(host.requests[3]).toMatchObject({ needsConsent: true, session: { userId: 'mia' } });
    });

    it('is asked for again with prompt=consent, in one go', async () => {
      await notes.signIn({ scope: 'openid profile' });
      await new Rp(host, 'web1', 'notes').signIn({ scope: 'openid profile', prompt: 'consent' });
      expect(host.requests.map(({ needsConsent }) => needsConsent)).toEqual([false, true, true]);
    });

    it('covers claims asked for one by one', async () => {
      const claims = JSON.stringify({ userinfo: { email: null } });
      const tokens = await notes.signIn({ scope: 'openid', claims });
      expect(await (await notes.userinfo(tokens.access_token)).json()).toEqual({
        sub: 'mia',
        email: 'mia@example.com',
      });
    });

    it('left out of the answer is an error, not a circle', async () => {
      host.signIn = () => ({ userId: 'mia', consented: false });
      expect((await notes.authorize({ prompt: 'consent' })).get('error')).toBe('consent_required');
    });

    it('refused gives no code', async () => {
      host.signIn = ({ needsConsent }) => (needsConsent ? { error: 'access_denied' } : { userId: 'mia' });
      expect((await notes.authorize()).get('error')).toBe('access_denied');
    });

    it('offline_access needs prompt=consent where agreement is asked for, and none where an admin allowed it', async () => {
      expect((await notes.signIn()).refresh_token).toBeUndefined();
      expect((await notes.signIn({ prompt: 'consent' })).refresh_token).toBeDefined();
      expect((await rp.signIn()).refresh_token).toBeDefined();
      expect((await rp.signIn({ scope: 'openid' })).refresh_token).toBeUndefined();
    });
  });
});
