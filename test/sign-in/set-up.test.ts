import { aHouse, Browser, codeNow, type House, modelOf, pastPassword, secretOn } from './house.ts';
import { type Answer } from './house-browser.ts';

describe('setting up', () => {
  let house: House;
  let browser: Browser;
  beforeEach(async () => {
    house = await aHouse({ secondFactor: 'required', methods: ['totp', 'passkey', 'recovery'] });
    browser = new Browser(house);
    await house.aPerson({ withApp: false });
  });
  afterEach(() => house.close());

  const on = (uid: string, path = '') => `/sign-in/${uid}${path}`;
  const stepOf = (answer: Answer) => answer.page?.step;
  const start = async () => {
    const uid = await pastPassword(browser);
    const chosen = await browser.land('post', on(uid, '/protect-account'));
    return { uid, chosen };
  };
  const setUpApp = async (uid: string) => {
    const page = await browser.land('post', on(uid, '/choose-method'), { method: 'totp' });
    return browser.land('post', on(uid, '/enrol/totp'), { code: codeNow(house, 0, secretOn(page)) });
  };

  it('lets the person choose where policy allows several kinds, and change their mind before anything is proven', async () => {
    const { uid, chosen } = await start();
    expect(chosen.page).toMatchObject({
      step: 'choose-method',
      model: { kinds: [{ kind: 'totp' }, { kind: 'passkey' }] },
    });
    const passkey = await browser.land('post', on(uid, '/choose-method'), { method: 'passkey' });
    expect(stepOf(passkey)).toBe('enrol-passkey');
    expect(modelOf(passkey)['chooseAction']).toContain('/choose-method');
    expect(stepOf(await browser.land('post', on(uid, '/choose-method')))).toBe('choose-method');
    expect(stepOf(await setUpApp(uid))).toBe('recovery-codes');
  });

  it('passes the choice over where there is none', async () => {
    house.setPolicy({ secondFactor: 'required', methods: ['totp'] });
    const { chosen } = await start();
    expect(stepOf(chosen)).toBe('enrol-app');
    expect(modelOf(chosen)['chooseAction']).toBeUndefined();
  });

  it('takes no kind that policy does not offer', async () => {
    const { uid } = await start();
    for (const method of ['recovery', 'email', 'carrier-pigeon', '__proto__']) {
      expect(stepOf(await browser.land('post', on(uid, '/choose-method'), { method }))).toBe('choose-method');
    }
  });

  it.each([
    ['wanted', true],
    ['required', false],
  ] as const)(
    'asks for a second method of another kind where one is %s, then shows both',
    async (secondMethod, canSkip) => {
      house.setPolicy({ secondFactor: 'required', methods: ['totp', 'passkey', 'email', 'recovery'], secondMethod });
      const { uid } = await start();
      const second = await setUpApp(uid);
      expect(second.page).toMatchObject({ step: 'second-method', model: { kinds: [{ kind: 'passkey' }], canSkip } });
      const skipped = await browser.land('post', on(uid, '/second-method/skip'));
      expect(stepOf(skipped)).toBe(canSkip ? 'recovery-codes' : 'second-method');
      if (!canSkip) return;
      const summary = await browser.land('post', on(uid, '/enrol/recovery'), { kept: 'yes' });
      expect(summary.page).toMatchObject({
        step: 'summary',
        model: {
          methods: [
            { kind: 'totp', place: 'primary' },
            { kind: 'recovery', place: 'backup' },
          ],
        },
      });
      expect((await browser.land('post', on(uid, '/summary'))).to).toContain('/auth/');
    },
  );

  it('leads out of a second method that does not work, back to the choice', async () => {
    house.setPolicy({ secondFactor: 'required', methods: ['totp', 'passkey'], secondMethod: 'wanted' });
    const { uid } = await start();
    await setUpApp(uid);
    expect(stepOf(await browser.land('post', on(uid, '/choose-method'), { method: 'passkey' }))).toBe('enrol-passkey');
    expect(stepOf(await browser.land('post', on(uid, '/choose-method')))).toBe('second-method');
    expect(stepOf(await browser.land('post', on(uid, '/second-method/skip')))).toBe('summary');
  });

  it('goes on where it was when the person comes back in another sign-in: what was proven counts, nothing else', async () => {
    house.setPolicy({ secondFactor: 'required', methods: ['totp', 'passkey'], secondMethod: 'required' });
    const first = await start();
    await browser.land('post', on(first.uid, '/choose-method'), { method: 'totp' });
    const { uid, chosen } = await start();
    expect(stepOf(chosen)).toBe('choose-method');
    const page = await browser.land('post', on(uid, '/choose-method'), { method: 'totp' });
    const key = secretOn(page);
    expect(stepOf(await browser.land('post', on(uid, '/enrol/totp'), { code: codeNow(house, 0, key) }))).toBe(
      'second-method',
    );
    house.clock.advance(30_000);
    const later = await pastPassword(browser);
    expect(stepOf(await browser.land('get', on(later)))).toBe('challenge');
    const proven = await browser.land('post', on(later, '/challenge'), { code: codeNow(house, 0, key) });
    expect(stepOf(proven)).toBe('second-method');
  });

  it('every page of it can be loaded twice, and posted twice, without harm', async () => {
    house.setPolicy({ secondFactor: 'required', methods: ['totp', 'passkey'], secondMethod: 'wanted' });
    const { uid } = await start();
    await browser.land('post', on(uid, '/protect-account'));
    expect(stepOf(await browser.land('get', on(uid, '/choose-method')))).toBe('choose-method');
    expect(stepOf(await setUpApp(uid))).toBe('second-method');
    for (const path of ['/second-method/skip', '/second-method/skip']) {
      expect(stepOf(await browser.land('post', on(uid, path)))).toBe('summary');
    }
    expect((await browser.land('post', on(uid, '/summary'))).to).toContain('/auth/');
    expect((await browser.land('post', on(uid, '/summary'))).to).toContain('/auth/');
    expect(house.completed).toHaveLength(1);
  });

  it('tells how long it can be put off, where a rule says', async () => {
    house.setPolicy({ secondFactor: 'required', methods: ['totp'], grace: { until: '2030-01-01' } });
    const uid = await pastPassword(browser);
    const page = await browser.land('get', on(uid));
    expect(page.page).toMatchObject({
      step: 'protect-account',
      model: { canPostpone: true, isRequired: true, postponeUntil: expect.any(Date) },
    });
    expect((await browser.land('post', on(uid, '/postpone'))).to).toContain('/auth/');
  });

  it('can be put off as often as a grace says, counted over sign-ins, once in each', async () => {
    house.setPolicy({ secondFactor: 'required', methods: ['totp', 'passkey'], grace: { postponements: 2 } });
    for (const left of [2, 1]) {
      const uid = await pastPassword(browser);
      const page = await browser.land('get', on(uid));
      expect(page.page).toMatchObject({ model: { canPostpone: true, postponementsLeft: left } });
      // From the choice as well as from the first page.
      if (left === 1) await browser.land('post', on(uid, '/protect-account'));
      const answers = await Promise.all([1, 2, 3].map(() => browser.land('post', on(uid, '/postpone'))));
      for (const answer of answers) expect(answer.to).toContain('/auth/');
    }
    const uid = await pastPassword(browser);
    expect((await browser.land('get', on(uid))).page).toMatchObject({ model: { canPostpone: false } });
    expect(stepOf(await browser.land('post', on(uid, '/postpone')))).toBe('protect-account');
  });

  it('is not counted before a requirement begins', async () => {
    house.setPolicy({ secondFactor: 'required', requiredFrom: '2030-01-01', methods: ['totp'] });
    const uid = await pastPassword(browser);
    await browser.land('post', on(uid, '/postpone'));
    expect((await house.people.find('web1', 'mia'))?.postponed).toBeUndefined();
  });
});
