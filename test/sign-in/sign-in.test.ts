import { aHouse, Browser, codeNow, type House, password, pastPassword, secretOn } from './house.ts';

describe('a sign-in', () => {
  let house: House;
  let browser: Browser;
  beforeEach(async () => {
    house = await aHouse();
    browser = new Browser(house);
  });
  afterEach(() => house.close());

  it('asks for the password, then for the code, and ends at the portal, saying what was proven', async () => {
    const mia = await house.aPerson();
    const uid = house.begin(browser);
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.step).toBe('password');
    const asked = await browser.land('post', `/sign-in/${uid}/password`, { identifier: ' MIA@example.com', password });
    expect(asked.page?.step).toBe('challenge');
    expect(asked.page?.view).toBe('factors/totp/challenge');
    expect(asked.page?.model).toMatchObject({ action: `/realms/web1/sign-in/${uid}/challenge`, digits: 6 });
    const done = await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(done.to).toBe(`https://id.example/realms/web1/auth/${uid}`);
    expect(house.completed).toEqual([
      {
        uid,
        userId: mia.id,
        acr: 'mfa',
        amr: ['pwd', 'otp', 'mfa'],
        authTime: house.clock.now(),
        completedAt: house.clock.now(),
        consented: false,
      },
    ]);
  });

  it('names the person by a masked address until a second factor is given', async () => {
    await house.aPerson();
    house.setPolicy({ secondFactor: 'required' });
    const uid = await pastPassword(browser, 'mia', { needsConsent: true });
    const asked = await browser.land('get', `/sign-in/${uid}`);
    expect(asked.page?.person?.label).toBe('m…@example.com');
    const consent = await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(consent.page?.step).toBe('consent');
    expect(consent.page?.person?.label).toBe('mia@example.com');
  });

  it('asks for consent where the portal needs it, and tells the provider', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser, 'mia', { needsConsent: true });
    await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    await browser.land('post', `/sign-in/${uid}/consent`);
    expect(house.completed).toMatchObject([{ uid, consented: true }]);
  });

  it('N14: leads a person without a method to set one up, counts what they prove by it, and tells them by mail', async () => {
    const mia = await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.step).toBe('protect-account');
    const enrol = await browser.land('post', `/sign-in/${uid}/protect-account`);
    expect(enrol.page).toMatchObject({ step: 'enrol-app', view: 'factors/totp/enrol' });
    const shown = secretOn(enrol);
    const again = await browser.land('get', `/sign-in/${uid}`);
    expect(secretOn(again)).toBe(shown);
    const done = await browser.land('post', `/sign-in/${uid}/enrol/totp`, { code: codeNow(house, 0, shown) });
    expect(done.to).toContain('/auth/');
    expect(house.completed).toMatchObject([{ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] }]);
    expect(await house.factors.methods.of('web1', mia.id)).toMatchObject([{ kind: 'totp', state: 'active' }]);
    const told = await house.outbox('methods');
    expect(told).toContainEqual(
      expect.objectContaining({
        kind: 'message',
        body: expect.objectContaining({
          ...{ template: 'method-added', to: 'mia@example.com', locale: 'ja', timeZone: 'Asia/Tokyo' },
          // Unnamed: the mail says in its own language what it is.
          params: expect.not.objectContaining({ method: expect.anything() }),
        }),
      }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({
        kind: 'audit',
        body: expect.objectContaining({ type: 'method.added', subject: mia.id }),
      }),
    );
  });

  it('counts the code that proved an enrolment as used', async () => {
    await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    const enrol = await browser.land('get', `/sign-in/${uid}/enrol/totp`);
    const key = secretOn(enrol);
    const code = codeNow(house, 0, key);
    await browser.land('post', `/sign-in/${uid}/enrol/totp`, { code });
    expect(house.completed).toHaveLength(1);
    const next = await pastPassword(browser);
    const refused = await browser.land('post', `/sign-in/${next}/challenge`, { code });
    expect(refused.page?.faults).toEqual({ code: { key: 'fault.code_replayed' } });
  });

  it('offers a second factor once where it is optional, and lets it wait', async () => {
    house.setPolicy({ secondFactor: 'optional' });
    await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    const offer = await browser.land('get', `/sign-in/${uid}`);
    expect(offer.page).toMatchObject({ step: 'protect-account', model: { canPostpone: true } });
    await browser.land('post', `/sign-in/${uid}/postpone`);
    expect(house.completed).toMatchObject([{ uid, acr: 'single', amr: ['pwd'] }]);
  });

  it('does not let required set-up wait', async () => {
    await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    const answer = await browser.land('post', `/sign-in/${uid}/postpone`);
    expect(answer.page?.step).toBe('protect-account');
    expect(house.completed).toEqual([]);
  });

  it('asks for a longer password where the one proven is too short for the rules', async () => {
    house.setPolicy({ secondFactor: 'off', passwordMinLength: 24 });
    await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    const asked = await browser.land('get', `/sign-in/${uid}`);
    expect(asked.page).toMatchObject({ step: 'new-password', model: { minLength: 24, why: 'too_short' } });
    const form = (text: string) => ({ new_password: text, confirm_password: text });
    const short = await browser.post(`/sign-in/${uid}/new-password`, form('still rather short'));
    expect(short.page?.faults).toMatchObject({ new_password: { key: 'fault.new_password_too_short' } });
    const unlike = await browser.post(`/sign-in/${uid}/new-password`, { new_password: 'one', confirm_password: 'two' });
    expect(unlike.page?.faults).toMatchObject({ confirm_password: { key: 'fault.new_password_unlike' } });
    house.clock.advance(60_000);
    await browser.land('post', `/sign-in/${uid}/new-password`, form('eleven quiet lighthouses in a row'));
    // What began before the new password is over; this did not.
    expect(house.completed).toMatchObject([{ uid, authTime: house.clock.now() }]);
  });

  it('goes back to the portal when the person cancels', async () => {
    const uid = house.begin(browser);
    await browser.get(`/sign-in/${uid}`);
    const answer = await browser.post(`/sign-in/${uid}/cancel`);
    expect(answer.to).toBe('https://mail.example/callback?error=access_denied');
    expect(house.aborted).toEqual([{ uid, error: 'access_denied' }]);
  });

  it('starts over for somebody else by "Not you?"', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    const answer = await browser.land('get', `/sign-in/${uid}/restart`);
    expect(answer.page?.step).toBe('password');
    expect(answer.page?.values).toEqual({ identifier: '' });
  });

  it('builds on a session, asking only for what it lacks', async () => {
    const mia = await house.aPerson();
    const session = { userId: mia.id, acr: 'single', amr: ['pwd'], authTime: house.clock.now() };
    house.clock.advance(60_000);
    const uid = house.begin(browser, { session, mustBe: mia.id, essentialAcr: ['mfa'] });
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.step).toBe('challenge');
    await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(house.completed).toMatchObject([{ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'], authTime: session.authTime }]);
  });

  it('does not build on the session after "Not you?"', async () => {
    house.setPolicy({ secondFactor: 'off' });
    const mia = await house.aPerson({ withApp: false });
    const session = { userId: mia.id, acr: 'single', amr: ['pwd'], authTime: house.clock.now() };
    const uid = house.begin(browser, { session, needsConsent: true });
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.step).toBe('consent');
    expect((await browser.land('get', `/sign-in/${uid}/restart`)).page?.step).toBe('password');
  });

  it('answers the portal with an error when another person than the one asked for signs in', async () => {
    const mia = await house.aPerson();
    await house.aPerson({ name: 'tom' });
    const uid = await pastPassword(browser, 'tom', { mustBe: mia.id });
    const answer = await browser.follow(await browser.get(`/sign-in/${uid}`));
    expect(answer.to).toContain('error=login_required');
  });

  it('gives the attempt to whom the last right password named, with nothing of the one before', async () => {
    await house.aPerson();
    const tom = await house.aPerson({ name: 'tom', withApp: false });
    house.setPolicy({ secondFactor: 'optional' });
    const uid = await pastPassword(browser, 'mia');
    await browser.get(`/sign-in/${uid}/restart`);
    await browser.post(`/sign-in/${uid}/password`, { identifier: 'tom', password });
    await browser.land('post', `/sign-in/${uid}/postpone`);
    expect(house.completed).toMatchObject([{ userId: tom.id, amr: ['pwd'] }]);
  });

  it('tells a person of a browser that is new to them, but not of their first', async () => {
    await house.aPerson();
    const signIn = async (from: Browser) => {
      const uid = await pastPassword(from);
      await from.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
      house.clock.advance(60_000);
    };
    const told = async () => (await house.outbox('browsers')).filter((item) => item.kind === 'message');
    await signIn(browser);
    await signIn(browser);
    expect(await told()).toEqual([]);
    await signIn(new Browser(house));
    expect(await told()).toMatchObject([
      { body: { template: 'new-browser', to: 'mia@example.com', locale: 'ja', timeZone: 'Asia/Tokyo' } },
    ]);
  });
});
