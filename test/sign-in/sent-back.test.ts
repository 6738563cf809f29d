import { aHouse, Browser, codeNow, type House, password, pastPassword, secretOn, wrongCode } from './house.ts';

describe('a form that was not taken', () => {
  let house: House;
  let browser: Browser;
  beforeEach(async () => {
    house = await aHouse();
    browser = new Browser(house);
    await house.aPerson();
  });
  afterEach(() => house.close());

  /** The address that a post is sent on to. */
  async function sentTo(path: string, form: Record<string, string>): Promise<string> {
    const { to, page } = await browser.postOnce(path, form);
    expect(page).toBeUndefined();
    return to ?? '';
  }

  const wrongPassword = { identifier: ' Mia ', password: 'not the right one' };

  it.each([
    ['nothing typed', { identifier: '', password: '' }, ['identifier', 'password']],
    ['a wrong password', wrongPassword, ['']],
  ])('is answered by a redirect, and the page says what was wrong: %s', async (_, form, fields) => {
    const uid = house.begin(browser);
    const to = await sentTo(`/sign-in/${uid}/password`, form);
    expect(to).toMatch(new RegExp(`^/sign-in/${uid}/password\\?fault=[\\w-]{22}$`));
    const { page } = await browser.get(to);
    expect(Object.keys(page?.faults ?? {})).toEqual(fields);
    expect(page?.status).toBeUndefined();
    expect(page?.values).toEqual({ identifier: form.identifier });
  });

  it('keeps neither password nor code', async () => {
    const uid = house.begin(browser);
    const first = await browser.get(await sentTo(`/sign-in/${uid}/password`, wrongPassword));
    expect(JSON.stringify(first.page)).not.toContain('not the right one');
    const second = await pastPassword(browser);
    const code = wrongCode(house);
    const { page } = await browser.get(await sentTo(`/sign-in/${second}/challenge`, { code }));
    expect(page?.faults).toEqual({ code: { key: 'fault.code_wrong' } });
    expect(JSON.stringify(page)).not.toContain(`"${code}"`);
  });

  it('is told again when the page is loaded again, and to no other tab', async () => {
    const uid = await pastPassword(browser);
    const path = `/sign-in/${uid}/challenge`;
    const [mine, other] = [await sentTo(path, { code: wrongCode(house) }), await sentTo(path, { code: '12' })];
    for (let loaded = 0; loaded < 2; loaded += 1) {
      expect((await browser.get(mine)).page?.faults).toEqual({ code: { key: 'fault.code_wrong' } });
      expect((await browser.get(other)).page?.faults).toEqual({ code: { key: 'fault.code_malformed' } });
      expect((await browser.get(path)).page?.faults).toBeUndefined();
      expect((await browser.get(`${path}?fault=somebody-elses`)).page?.faults).toBeUndefined();
    }
  });

  it('is told of on its own page only, and forgotten by the next step', async () => {
    const uid = house.begin(browser);
    const to = await sentTo(`/sign-in/${uid}/password`, wrongPassword);
    await browser.post(`/sign-in/${uid}/password`, { identifier: 'mia', password });
    const elsewhere = to.replace('/password?', '/challenge?');
    expect((await browser.get(elsewhere)).page).toMatchObject({ step: 'challenge' });
    expect((await browser.get(elsewhere)).page?.faults).toBeUndefined();
    await browser.land('get', `/sign-in/${uid}/restart`);
    const again = await browser.get(to);
    expect(again.page).toMatchObject({ step: 'password', values: { identifier: '' } });
    expect(again.page?.faults).toBeUndefined();
  });

  it('says how long is left to wait, and nothing once that is over', async () => {
    for (let wrong = 0; wrong < 5; wrong += 1) {
      await browser.post(`/sign-in/${house.begin(browser)}/password`, wrongPassword);
    }
    house.clock.advance(1000);
    await browser.post(`/sign-in/${house.begin(browser)}/password`, wrongPassword);
    const uid = house.begin(browser);
    const to = await sentTo(`/sign-in/${uid}/password`, wrongPassword);
    const wait = (seconds: number) => ({ '': { key: 'fault.wait', params: { seconds } } });
    expect((await browser.get(to)).page?.faults).toEqual(wait(2));
    house.clock.advance(1001);
    expect((await browser.get(to)).page?.faults).toEqual(wait(1));
    house.clock.advance(999);
    expect((await browser.get(to)).page).toMatchObject({
      faults: {},
      values: { identifier: wrongPassword.identifier },
    });
  });

  it('of a set-up leads back to the same secret, and the right code still binds it', async () => {
    await house.aPerson({ name: 'noa', withApp: false });
    const uid = await pastPassword(browser, 'noa');
    const path = `/sign-in/${uid}/enrol/totp`;
    const secret = secretOn(await browser.land('get', path));
    const sent = await browser.get(await sentTo(path, { code: wrongCode(house, secret) }));
    expect(sent.page?.faults).toEqual({ code: { key: 'fault.code_wrong' } });
    expect(secretOn(sent)).toBe(secret);
    await browser.land('post', path, { code: codeNow(house, 0, secret) });
    expect(house.completed).toHaveLength(1);
  });

  it('leads to the page that says it is over once the sign-in is', async () => {
    const uid = await pastPassword(browser);
    const to = await sentTo(`/sign-in/${uid}/challenge`, { code: wrongCode(house) });
    await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect((await browser.get(to)).to).toBe(`https://id.example/realms/web1/auth/${uid}`);
    house.forget(uid);
    expect((await browser.get(to)).page?.step).toBe('finished');
  });
});
