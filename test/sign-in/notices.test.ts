import type { User } from '../../src/people/index.ts';
import { aHouse, anApp, Browser, codeNow, type House, pastPassword, secretOn, wrongCode } from './house.ts';
import { modelOf } from './house-people.ts';

describe('notices about methods', () => {
  let house: House;
  let browser: Browser;
  let mia: User;
  const everyone = ['mia@example.com', 'mia@home.example', 'anna@example.org'];
  beforeEach(async () => {
    house = await aHouse({ secondFactor: 'required', methods: ['totp', 'recovery'] });
    browser = new Browser(house);
    mia = await house.aPerson({ withApp: false });
    const set = await house.people.setAddresses('web1', mia.id, everyone.slice(1), { kind: 'operator' });
    expect(set.ok).toBe(true);
  });
  afterEach(() => house.close());

  const told = async (template: string) =>
    (await house.outbox('methods')).filter(({ body }) => body['template'] === template).map(({ body }) => body['to']);

  async function setUp(): Promise<readonly string[]> {
    const uid = await pastPassword(browser);
    const enrol = await browser.land('get', `/sign-in/${uid}/enrol/totp`);
    const handed = await browser.land('post', `/sign-in/${uid}/enrol/totp`, {
      code: codeNow(house, 0, secretOn(enrol)),
    });
    const { codes } = modelOf(handed)['factor'] as { readonly codes: readonly string[] };
    await browser.land('post', `/sign-in/${uid}/enrol/recovery`, { kept: 'yes' });
    return codes;
  }

  it('N14: go to every address of the person when a method is added, recovery codes as well', async () => {
    await setUp();
    expect(await told('method-added')).toEqual([...everyone, ...everyone]);
  });

  it('N14: go to every address when a recovery code is used', async () => {
    const [code = ''] = await setUp();
    const uid = await pastPassword(browser);
    const [other] = modelOf(await browser.land('get', `/sign-in/${uid}`))['otherMethods'] as { id: string }[];
    await browser.land('post', `/sign-in/${uid}/challenge/method`, { method: other?.id ?? '' });
    await browser.land('post', `/sign-in/${uid}/challenge`, { code });
    expect(await told('recovery-used')).toEqual(everyone);
  });

  it('N14: go to every address when methods are taken away because of a lock', async () => {
    await anApp(house, mia);
    await house.people.update('web1', mia.id, (user) => ({ ...user, secondFactorLockedAt: house.clock.now() }));
    await house.signIn.admin.unlock('web1', mia.id, { kind: 'operator' });
    expect(await told('method-removed')).toEqual(everyone);
  });

  it('N14: go to every address when the account is held, and when a browser is new to the person', async () => {
    await anApp(house, mia);
    for (const from of [browser, new Browser(house)]) {
      const uid = await pastPassword(from);
      await from.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
      house.clock.advance(60_000);
    }
    const inOutbox = async (collection: string, template: string) =>
      (await house.outbox(collection))
        .filter(({ body }) => body['template'] === template)
        .map(({ body }) => body['to']);
    expect(await inOutbox('browsers', 'new-browser')).toEqual(everyone);
    for (let round = 0; round < 2; round += 1) {
      const uid = await pastPassword(browser);
      for (let n = 0; n < 5; n += 1)
        await browser.land('post', `/sign-in/${uid}/challenge`, { code: wrongCode(house) });
    }
    expect(await inOutbox('guesses', 'account-held')).toEqual(everyone);
  });

  it('N15: leave the record of a method that is gone, without its secret', async () => {
    await anApp(house, mia);
    const [method] = await house.factors.methods.of('web1', mia.id);
    await house.factors.methods.remove('web1', method?.id ?? '', { actor: { kind: 'operator' } });
    expect(await house.factors.methods.of('web1', mia.id)).toEqual([]);
    expect(await house.factors.methods.everBound('web1', mia.id)).toBe(1);
  });
});

describe('the further addresses of a person', () => {
  let house: House;
  let mia: User;
  beforeEach(async () => {
    house = await aHouse();
    mia = await house.aPerson();
  });
  afterEach(() => house.close());
  const set = (...addresses: string[]) => house.people.setAddresses('web1', mia.id, addresses, { kind: 'operator' });

  it('N14: are told before they change, not only after', async () => {
    await set('one@example.org');
    await set('two@example.org');
    const mails = (await house.outbox('users')).filter(({ body }) => body['template'] === 'addresses-changed');
    expect(mails.map(({ body }) => body['to'])).toEqual(['mia@example.com', 'mia@example.com', 'one@example.org']);
  });

  it.each([
    ['not an address', ['mia']],
    ['six', ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@example.org`)],
  ])('are refused when %s', async (_, addresses) => {
    expect(await set(...addresses)).toEqual({ ok: false, why: 'invalid' });
  });

  it('are each told once, however they are written', async () => {
    const changed = await set('Mia@Example.com', 'one@example.org', ' ONE@example.org ');
    expect(changed).toMatchObject({ ok: true, user: { addresses: ['one@example.org'] } });
  });
});
