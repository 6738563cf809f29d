import type { User } from '../../src/people/index.ts';
import { aHouse, anApp, Browser, codeNow, type House, modelOf, pastPassword, secretOn } from './house.ts';
import { type Answer } from './house-browser.ts';

describe('recovery codes in a sign-in', () => {
  let house: House;
  let browser: Browser;
  let mia: User;
  beforeEach(async () => {
    house = await aHouse({ secondFactor: 'required', methods: ['totp', 'recovery'] });
    browser = new Browser(house);
    mia = await house.aPerson({ withApp: false });
  });
  afterEach(() => house.close());

  const codesOn = (page: Answer) => (modelOf(page)['factor'] as { codes: readonly string[] }).codes;
  const kinds = async () => (await house.factors.methods.of('web1', mia.id)).map(({ kind }) => kind);

  /** Sets up an app, and is handed codes. */
  async function setUp(): Promise<{ readonly uid: string; readonly codes: readonly string[] }> {
    const uid = await pastPassword(browser);
    const enrol = await browser.land('get', `/sign-in/${uid}/enrol/totp`);
    const handed = await browser.land('post', `/sign-in/${uid}/enrol/totp`, {
      code: codeNow(house, 0, secretOn(enrol)),
    });
    expect(handed.page).toMatchObject({
      step: 'recovery-codes',
      view: 'factors/recovery/enrol',
      model: { canPostpone: false },
    });
    return { uid, codes: codesOn(handed) };
  }

  async function kept(): Promise<readonly string[]> {
    const { uid, codes } = await setUp();
    await browser.land('post', `/sign-in/${uid}/enrol/recovery`, { kept: 'yes' });
    return codes;
  }

  /** Signs in with a code, chosen by "Try another way". */
  async function use(code: string): Promise<Answer> {
    const uid = await pastPassword(browser);
    const [other] = modelOf(await browser.land('get', `/sign-in/${uid}`))['otherMethods'] as { id: string }[];
    if (other !== undefined) await browser.land('post', `/sign-in/${uid}/challenge/method`, { method: other.id });
    return browser.land('post', `/sign-in/${uid}/challenge`, { code });
  }

  it('are handed out once a method is set up, the same ones until the person kept them', async () => {
    const { uid, codes } = await setUp();
    expect(await kinds()).toEqual(['totp']);
    expect(codesOn(await browser.land('get', `/sign-in/${uid}`))).toEqual(codes);
    expect((await browser.land('post', `/sign-in/${uid}/enrol/recovery`, { kept: 'yes' })).to).toContain('/auth/');
    expect(await kinds()).toEqual(['totp', 'recovery']);
    // To be handed codes proves nothing, and says nothing in tokens.
    expect(house.completed.at(-1)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('left lying do not come back at the next sign-in, and cannot be set up by themselves', async () => {
    await setUp();
    const uid = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${uid}/enrol/recovery`)).page?.step).toBe('challenge');
  });

  it('are not handed out where policy does not allow them', async () => {
    house.setPolicy({ secondFactor: 'required', methods: ['totp'] });
    const uid = await pastPassword(browser);
    const enrol = await browser.land('get', `/sign-in/${uid}/enrol/totp`);
    const done = await browser.land('post', `/sign-in/${uid}/enrol/totp`, { code: codeNow(house, 0, secretOn(enrol)) });
    expect(done.to).toContain('/auth/');
  });

  it('R4: are another way, never the first, whatever was set up when; each use is mailed', async () => {
    const [code = ''] = await kept();
    const uid = await pastPassword(browser);
    const page = await browser.land('get', `/sign-in/${uid}`);
    expect(page.page).toMatchObject({
      view: 'factors/totp/challenge',
      model: { otherMethods: [{ kind: 'recovery' }] },
    });
    const [app] = await house.factors.methods.of('web1', mia.id);
    await house.factors.methods.remove('web1', app?.id ?? '', { actor: { kind: 'system' } });
    await anApp(house, mia);
    const later = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${later}`)).page?.view).toBe('factors/totp/challenge');

    expect((await use(code)).to).toContain('/auth/');
    expect(house.completed.at(-1)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    const mails = (await house.outbox('methods')).filter(({ body }) => body['template'] === 'recovery-used');
    expect(mails.map(({ body }) => body)).toMatchObject([
      { to: 'mia@example.com', params: { left: 9, browser: 'Firefox on Windows' } },
    ]);
  });

  it('N10: when few are left a new set replaces the old, by itself', async () => {
    const codes = await kept();
    for (const code of codes.slice(0, 6)) expect((await use(code)).to).toContain('/auth/');
    const handed = await use(codes[6] ?? '');
    expect(handed.page?.step).toBe('recovery-codes');
    const uid = handed.page?.model?.['action'] as string;
    const renewed = codesOn(handed);
    expect((await browser.land('post', uid.replace('/realms/web1', ''), { kept: 'yes' })).to).toContain('/auth/');
    expect(await kinds()).toEqual(['totp', 'recovery']);
    expect((await use(codes[8] ?? '')).page?.faults).toEqual({ code: { key: 'factor.recovery.fault.wrong' } });
    expect((await use(renewed[0] ?? '')).to).toContain('/auth/');
  });

  it('lead whoever has nothing else left to a method of their own', async () => {
    const [code = ''] = await kept();
    const [app] = await house.factors.methods.of('web1', mia.id);
    await house.factors.methods.remove('web1', app?.id ?? '', { actor: { kind: 'system' } });
    const uid = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.view).toBe('factors/recovery/challenge');
    expect((await browser.land('post', `/sign-in/${uid}/challenge`, { code })).page?.step).toBe('protect-account');
  });

  it('fault 16: are counted as any guess is, and five wrong end the sign-in', async () => {
    await kept();
    const uid = await pastPassword(browser);
    const [other] = modelOf(await browser.land('get', `/sign-in/${uid}`))['otherMethods'] as { id: string }[];
    await browser.land('post', `/sign-in/${uid}/challenge/method`, { method: other?.id ?? '' });
    for (let n = 0; n < 5; n += 1)
      await browser.land('post', `/sign-in/${uid}/challenge`, { code: `0000-0000-0000${n}` });
    expect((await browser.land('get', `/sign-in/${uid}`)).page).toMatchObject({
      step: 'refused',
      model: { why: 'guesses' },
    });
    expect((await house.tally(mia))?.wrong).toBe(5);
  });
});
