import { aHouse, anApp, Browser, codeNow, type House, password, pastPassword, secretOn } from './house.ts';

type Change = readonly [string, (house: House, id: string) => Promise<void>, 'changed' | 'locked'];

const changes: readonly Change[] = [
  [
    'the password is reset',
    async (h, id) => {
      const user = await h.people.get('web1', id);
      if (user !== undefined) await h.people.setPassword(user, 'eleven quiet lighthouses in a row', { minLength: 8 });
    },
    'changed',
  ],
  [
    'the method is removed',
    async (h, id) => {
      const [method] = await h.factors.methods.of('web1', id);
      await h.factors.methods.remove('web1', method?.id ?? '', { actor: { kind: 'admin' } });
    },
    'changed',
  ],
  [
    'the method is disabled',
    async (h, id) => {
      const [method] = await h.factors.methods.of('web1', id);
      await h.factors.methods.disable('web1', method?.id ?? '', { actor: { kind: 'admin' } });
    },
    'changed',
  ],
  [
    'another method is added',
    async (h, id) => {
      const user = await h.people.get('web1', id);
      if (user !== undefined) await anApp(h, user, 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU');
    },
    'changed',
  ],
  [
    'the person is disabled',
    async (h, id) => void (await h.people.disable('web1', id, { kind: 'operator' })),
    'locked',
  ],
  [
    'the person is disabled and enabled again',
    async (h, id) => {
      await h.people.disable('web1', id, { kind: 'operator' });
      await h.people.enable('web1', id, { kind: 'operator' });
    },
    'changed',
  ],
];

describe('a sign-in that cannot go on', () => {
  let house: House;
  let browser: Browser;
  beforeEach(async () => {
    house = await aHouse();
    browser = new Browser(house);
  });
  afterEach(() => house.close());

  it('is over after 30 minutes, and says so', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    house.clock.advance(30 * 60_000 - 1);
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.step).toBe('challenge');
    house.clock.advance(1);
    const answer = await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(answer.page).toMatchObject({
      step: 'expired',
      status: 410,
      model: { why: 'expired' },
      portal: { homeUrl: 'https://mail.example/' },
    });
    expect(house.completed).toEqual([]);
  });

  it('F6: does not live longer when the clock is set back', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    house.clock.advance(-3_600_000);
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.step).toBe('expired');
  });

  it('says that it is finished, with the way to the portal, when it was', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    const again = await browser.land('get', `/sign-in/${uid}/challenge`);
    expect(again.to).toBe(`https://id.example/realms/web1/auth/${uid}`);
    house.forget(uid);
    for (const path of ['', '/password', '/challenge']) {
      const answer = await browser.land('get', `/sign-in/${uid}${path}`);
      expect(answer.page).toMatchObject({
        step: 'finished',
        portal: { name: 'Mail', homeUrl: 'https://mail.example/' },
      });
    }
    expect(house.completed).toHaveLength(1);
  });

  it('says that it is unknown when nobody knows it', async () => {
    expect((await browser.land('get', '/sign-in/nothing')).page).toMatchObject({
      step: 'expired',
      model: { why: 'unknown' },
    });
  });

  it('goes on only in the browser that began it', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    const other = new Browser(house, '203.0.113.1');
    for (const path of ['', '/password', '/challenge']) {
      expect((await other.land('get', `/sign-in/${uid}${path}`)).page).toMatchObject({
        step: 'cookies-off',
        model: { why: 'other_browser' },
      });
    }
    const answer = await other.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(answer.page?.step).toBe('cookies-off');
    expect(house.completed).toEqual([]);
  });

  it('says that cookies are off when none came', async () => {
    const uid = house.begin(new Browser(house));
    browser.cookies.clear();
    expect((await browser.land('get', `/sign-in/${uid}`)).page).toMatchObject({
      step: 'cookies-off',
      model: { why: 'no_cookies' },
    });
  });

  it.each([
    'password',
    'new-password',
    'protect-account',
    'enrol/totp',
    'challenge',
    'challenge/method',
    'consent',
    'postpone',
    'cancel',
  ])('leads from %s to the step it is at, however the page was come by', async (path) => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${uid}/${path}`)).page?.step).toBe('challenge');
  });

  it('fault 35: takes no code before the password', async () => {
    await house.aPerson();
    const uid = house.begin(browser);
    for (const path of ['challenge', 'enrol/totp', 'consent', 'postpone', 'new-password']) {
      const answer = await browser.land('post', `/sign-in/${uid}/${path}`, {
        code: codeNow(house),
        identifier: 'mia',
        user: 'mia',
        userId: 'mia',
      });
      expect(answer.page?.step).toBe('password');
    }
    expect(house.completed).toEqual([]);
  });

  it('N13, fault 28: an enrolled person cannot set up another method with the password alone', async () => {
    const mia = await house.aPerson();
    const uid = await pastPassword(browser);
    for (const ask of ['get', 'post'] as const) {
      expect((await browser.land(ask, `/sign-in/${uid}/enrol/totp`, { code: codeNow(house) })).page?.step).toBe(
        'challenge',
      );
    }
    expect(await house.factors.methods.of('web1', mia.id)).toHaveLength(1);
  });

  it('fault 28: who was enrolled elsewhere meanwhile cannot end an enrolment', async () => {
    const mia = await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    const enrol = await browser.land('get', `/sign-in/${uid}/enrol/totp`);
    const key = secretOn(enrol);
    await anApp(house, mia);
    const answer = await browser.land('post', `/sign-in/${uid}/enrol/totp`, { code: codeNow(house, 0, key) });
    expect(answer.page).toMatchObject({ step: 'refused', model: { why: 'changed' } });
    expect(await house.factors.methods.of('web1', mia.id)).toHaveLength(1);
  });

  it('fault 29: no new secret is made while a challenge is pending', async () => {
    const mia = await house.aPerson();
    const uid = await pastPassword(browser);
    const [before] = await house.factors.methods.of('web1', mia.id);
    await browser.land('get', `/sign-in/${uid}/enrol/totp`);
    await browser.land('post', `/sign-in/${uid}/protect-account`);
    const [after] = await house.factors.methods.of('web1', mia.id);
    expect(after?.secret).toBe(before?.secret);
  });

  it.each(changes)('fault 46, 25: dies when %s meanwhile', async (_, change, why) => {
    const mia = await house.aPerson();
    const uid = await pastPassword(browser);
    await change(house, mia.id);
    for (let twice = 0; twice < 2; twice += 1) {
      const answer = await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
      expect(answer.page).toMatchObject({ step: 'refused', model: { why } });
    }
    expect(house.completed).toEqual([]);
  });

  it.each<[string, Parameters<House['setPortal']>[0]]>([
    ['shut', { enabled: false }],
    ['removed', { clientId: 'another' }],
  ])('fault 25: is refused, saying what to do, when the portal is %s meanwhile', async (_, change) => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    house.setPortal(change);
    for (const answer of [
      await browser.post(`/sign-in/${uid}/challenge`, { code: codeNow(house) }),
      await browser.get(`/sign-in/${uid}`),
    ]) {
      expect(answer.page).toMatchObject({
        step: 'refused',
        status: 403,
        model: { why: 'portal', cancelAction: undefined },
      });
    }
    expect(house.completed).toEqual([]);
  });

  it.each<[string, string, boolean, Parameters<House['begin']>[1]]>([
    ['consent', '/consent', true, { needsConsent: true }],
    ['protect-account', '/protect-account', false, {}],
    ['protect-account', '/postpone', false, {}],
    ['challenge', '/challenge', true, {}],
    ['challenge', '/challenge/method', true, {}],
  ])('A4: at %s takes no form (%s) that was made for somebody else', async (step, path, withApp, request) => {
    house.setPolicy({ secondFactor: path === '/consent' ? 'off' : 'optional' });
    await house.aPerson({ name: 'mia', withApp });
    await house.aPerson({ name: 'noa', withApp });
    const uid = await pastPassword(browser, 'mia', request);
    const left = (await browser.land('get', `/sign-in/${uid}`)).page;
    expect(left).toMatchObject({ step, madeFor: expect.any(String) });
    await browser.get(`/sign-in/${uid}/restart`);
    await browser.post(`/sign-in/${uid}/password`, { identifier: 'noa', password });
    const form = { code: codeNow(house), method: 'x', made_for: left?.madeFor ?? '' };
    for (const stale of [form, { ...form, made_for: '' }]) {
      const { page } = await browser.land('post', `/sign-in/${uid}${path}`, stale);
      expect(page).toMatchObject({ step, madeFor: expect.not.stringMatching(form.made_for) });
    }
    expect(house.completed).toEqual([]);
  });

  it('A4: is not cancelled by a form that was made for somebody else, or before anybody was named', async () => {
    await house.aPerson({ name: 'mia' });
    await house.aPerson({ name: 'noa' });
    const uid = await pastPassword(browser, 'mia');
    const left = (await browser.land('get', `/sign-in/${uid}`)).page;
    await browser.get(`/sign-in/${uid}/restart`);
    await browser.post(`/sign-in/${uid}/password`, { identifier: 'noa', password });
    for (const stale of [left?.madeFor ?? '', '']) {
      const { page } = await browser.land('post', `/sign-in/${uid}/cancel`, { made_for: stale });
      expect(page?.step).toBe('challenge');
    }
    expect(house.aborted).toEqual([]);
    await browser.post(`/sign-in/${uid}/cancel`);
    expect(house.aborted).toEqual([{ uid, error: 'access_denied' }]);
    // The page of what was ended is made for nobody, and leads back all the same.
    await browser.post(`/sign-in/${uid}/cancel`, { made_for: '' });
    expect(house.aborted).toHaveLength(2);
  });

  it('fault 17: who is enrolled is asked though nothing requires it, unless it is off', async () => {
    await house.aPerson();
    house.setPolicy({ secondFactor: 'optional' });
    const asked = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${asked}`)).page?.step).toBe('challenge');
    house.setPolicy({ secondFactor: 'off' });
    const uid = await pastPassword(browser);
    await browser.land('get', `/sign-in/${uid}`);
    expect(house.completed).toMatchObject([{ uid, acr: 'single' }]);
  });

  it('goes the way of whichever tab was first when two are open', async () => {
    await house.aPerson();
    const uid = house.begin(browser);
    await browser.land('get', `/sign-in/${uid}`);
    await browser.land('post', `/sign-in/${uid}/password`, { identifier: 'mia', password });
    const second = await browser.land('post', `/sign-in/${uid}/password`, { identifier: 'mia', password });
    expect(second.page?.step).toBe('challenge');
  });
});
