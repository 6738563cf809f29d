import type { User } from '../../src/people/index.ts';
import { type Answer, type Authenticator, anAuthenticator, formOf } from '../factors/passkey/authenticator.ts';
import { aHouse, anApp, Browser, codeNow, type House, modelOf, pastPassword, wrongCode } from './house.ts';
import { type Answer as Page } from './house-browser.ts';

const at = { origin: 'https://id.example', rpId: 'id.example' };

interface Options {
  readonly challenge: string;
  readonly user?: { readonly id: string };
}

describe('a passkey in a sign-in', () => {
  let house: House;
  let browser: Browser;
  let mia: User;
  beforeEach(async () => {
    house = await aHouse({ secondFactor: 'required', methods: ['passkey', 'totp'], passkeySignIn: 'yes' });
    browser = new Browser(house);
    mia = await house.aPerson({ withApp: false });
  });
  afterEach(() => house.close());

  const read = (options: unknown) => JSON.parse(String(options)) as Options;
  const asked = (page: Page) => read((modelOf(page)['factor'] as { options: string }).options);
  const aloneOn = (page: Page) =>
    read((modelOf(page)['alone'] as { factor: { options: string } }[])[0]?.factor.options);
  const form = (answer: Answer) => formOf(answer);

  async function enrol(authenticator: Authenticator): Promise<string> {
    const uid = await pastPassword(browser);
    const { challenge, user } = asked(await browser.land('get', `/sign-in/${uid}/enrol/passkey`));
    const answer = authenticator.create({ challenge, ...at });
    const done = await browser.land('post', `/sign-in/${uid}/enrol/passkey`, { ...form(answer), name: 'Key ring' });
    expect(done.to).toContain('/auth/');
    return user?.id ?? '';
  }

  it('N8, R4: is set up, is asked for from then on, and tokens say so', async () => {
    const authenticator = anAuthenticator();
    await enrol(authenticator);
    expect(house.completed.at(-1)).toMatchObject({ acr: 'phr', amr: ['pwd', 'hwk', 'user', 'mfa'] });
    const mails = (await house.outbox('methods')).filter(({ kind }) => kind === 'message');
    expect(mails.map(({ body }) => body['params'])).toMatchObject([{ kind: 'passkey', method: 'Key ring' }]);
    const uid = await pastPassword(browser);
    const page = await browser.land('get', `/sign-in/${uid}`);
    expect(page.page).toMatchObject({
      view: 'factors/passkey/challenge',
      model: { methodName: 'Key ring', otherMethods: [] },
    });
    await browser.land('post', `/sign-in/${uid}/challenge`, form(authenticator.get({ ...asked(page), ...at })));
    expect(house.completed.at(-1)).toMatchObject({ acr: 'phr', amr: ['pwd', 'hwk', 'user', 'mfa'] });
  });

  it('of 50 posts of one registration one is kept', async () => {
    const authenticator = anAuthenticator();
    const uid = await pastPassword(browser);
    const { challenge } = asked(await browser.land('get', `/sign-in/${uid}/enrol/passkey`));
    const answer = form(authenticator.create({ challenge, ...at }));
    await Promise.all(Array.from({ length: 50 }, () => browser.land('post', `/sign-in/${uid}/enrol/passkey`, answer)));
    expect(await house.factors.methods.of('web1', mia.id)).toHaveLength(1);
    expect(house.completed).toHaveLength(1);
  });

  it('fault 32: is not replaced by a key of somebody else, under whatever id and handle', async () => {
    const [theirs, mine] = [anAuthenticator(), anAuthenticator()];
    const handle = await enrol(theirs);
    const uid = await pastPassword(browser);
    for (const userHandle of [undefined, handle]) {
      const { challenge } = asked(await browser.land('get', `/sign-in/${uid}`));
      const answer = mine.get({ challenge, ...at, ...(userHandle === undefined ? {} : { userHandle }) });
      const forged = form({ ...answer, id: theirs.credentialId, rawId: theirs.credentialId });
      const refused = await browser.post(`/sign-in/${uid}/challenge`, forged);
      expect(refused.page?.faults).toEqual({ '': { key: 'factor.passkey.fault.wrong' } });
    }
  });

  it('N1: of 50 posts of one answer one counts, and all of them go on', async () => {
    const authenticator = anAuthenticator({ hasCounter: false });
    await enrol(authenticator);
    const uid = await pastPassword(browser);
    const page = await browser.land('get', `/sign-in/${uid}`);
    const answer = form(authenticator.get({ ...asked(page), ...at }));
    const all = await Promise.all(
      Array.from({ length: 50 }, () => browser.land('post', `/sign-in/${uid}/challenge`, answer)),
    );
    expect(house.completed).toHaveLength(2);
    expect((await house.tally(mia))?.wrong ?? 0).toBe(0);
    expect(new Set(all.map(({ to }) => to))).toEqual(new Set([`https://id.example/realms/web1/auth/${uid}`]));
  });

  it('answers one challenge once: what was tried, right or wrong, opens nothing again', async () => {
    const authenticator = anAuthenticator({ hasCounter: false });
    await enrol(authenticator);
    const uid = await pastPassword(browser);
    const { challenge } = asked(await browser.land('get', `/sign-in/${uid}`));
    const right = form(authenticator.get({ challenge, ...at }));
    const wrong = form(anAuthenticator().get({ challenge, ...at }));
    const refused = await browser.post(`/sign-in/${uid}/challenge`, wrong);
    expect(refused.page?.faults).toEqual({ '': { key: 'factor.passkey.fault.wrong' } });
    expect(asked(refused).challenge).not.toBe(challenge);
    const late = await browser.post(`/sign-in/${uid}/challenge`, right);
    expect(late.page?.faults).toEqual({ '': { key: 'factor.passkey.fault.expired' } });
    expect((await house.tally(mia))?.wrong).toBe(1);
    const again = form(authenticator.get({ ...asked(late), ...at }));
    expect((await browser.land('post', `/sign-in/${uid}/challenge`, again)).to).toContain('/auth/');
  });

  it('A4: answers the challenge of its own sign-in alone', async () => {
    const authenticator = anAuthenticator({ hasCounter: false });
    await enrol(authenticator);
    const [one, two] = [await pastPassword(browser), await pastPassword(browser)];
    const { challenge } = asked(await browser.land('get', `/sign-in/${one}`));
    await browser.land('get', `/sign-in/${two}`);
    const answer = form(authenticator.get({ challenge, ...at }));
    const elsewhere = await browser.post(`/sign-in/${two}/challenge`, answer);
    expect(elsewhere.page?.faults).toEqual({ '': { key: 'factor.passkey.fault.expired' } });
    expect((await browser.land('post', `/sign-in/${one}/challenge`, answer)).to).toContain('/auth/');
  });

  it('opens while guesses at codes are held, and five wrong ones end the sign-in as with any kind', async () => {
    const authenticator = anAuthenticator();
    await enrol(authenticator);
    await anApp(house, mia);
    for (let round = 0; round < 2; round += 1) {
      const uid = await pastPassword(browser);
      const [other] = modelOf(await browser.land('get', `/sign-in/${uid}`))['otherMethods'] as { id: string }[];
      await browser.land('post', `/sign-in/${uid}/challenge/method`, { method: other?.id ?? '' });
      for (let n = 0; n < 5; n += 1) await browser.post(`/sign-in/${uid}/challenge`, { code: wrongCode(house) });
    }
    const uid = await pastPassword(browser);
    const page = await browser.land('get', `/sign-in/${uid}`);
    // What is held is not offered.
    expect(page.page).toMatchObject({
      view: 'factors/passkey/challenge',
      model: { otherMethods: [], areOthersHeld: true },
    });
    const done = await browser.land(
      'post',
      `/sign-in/${uid}/challenge`,
      form(authenticator.get({ ...asked(page), ...at })),
    );
    expect(done.to).toContain('/auth/');

    const last = await pastPassword(browser);
    for (let n = 0; n < 5; n += 1) {
      const { challenge } = asked(await browser.land('get', `/sign-in/${last}`));
      await browser.post(`/sign-in/${last}/challenge`, form(anAuthenticator().get({ challenge, ...at })));
    }
    expect((await browser.get(`/sign-in/${last}`)).page).toMatchObject({ step: 'refused', model: { why: 'guesses' } });
  });

  it('is asked for in place of a primary method whose codes are held, also on the page of the last wrong one', async () => {
    const authenticator = anAuthenticator();
    await enrol(authenticator);
    const app = await anApp(house, mia);
    const [key] = await house.factors.methods.of('web1', mia.id);
    // The app is asked for first.
    await house.factors.methods.update(key?.id ?? '', (method) => ({ ...method, order: app.order + 1 }));
    for (let round = 0; round < 2; round += 1) {
      const uid = await pastPassword(browser);
      expect((await browser.land('get', `/sign-in/${uid}`)).page?.view).toBe('factors/totp/challenge');
      for (let n = 0; n < 5; n += 1) await browser.post(`/sign-in/${uid}/challenge`, { code: wrongCode(house) });
    }
    const uid = await pastPassword(browser);
    const page = await browser.land('get', `/sign-in/${uid}`);
    expect(page.page).toMatchObject({ view: 'factors/passkey/challenge', model: { areOthersHeld: true } });
    // A page of before, still open in another tab.
    await browser.land('post', `/sign-in/${uid}/challenge/method`, { method: app.id });
    const late = await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(late.page?.view).toBe('factors/passkey/challenge');
    const answer = form(authenticator.get({ ...asked(late), ...at }));
    expect((await browser.land('post', `/sign-in/${uid}/challenge`, answer)).to).toContain('/auth/');
  });

  it('fault 8: to try another way resets no count', async () => {
    const authenticator = anAuthenticator();
    await enrol(authenticator);
    await anApp(house, mia);
    const uid = await pastPassword(browser);
    const methods = await house.factors.methods.of('web1', mia.id);
    for (let n = 0; n < 5; n += 1) {
      const { id, kind } = methods[n % 2] ?? { id: '', kind: '' };
      await browser.land('post', `/sign-in/${uid}/challenge/method`, { method: id });
      const page = await browser.land('get', `/sign-in/${uid}`);
      const answer =
        kind === 'totp' ? { code: wrongCode(house) } : form(anAuthenticator().get({ ...asked(page), ...at }));
      await browser.post(`/sign-in/${uid}/challenge`, answer);
    }
    expect((await browser.get(`/sign-in/${uid}`)).page).toMatchObject({ step: 'refused', model: { why: 'guesses' } });
    expect((await house.tally(mia))?.wrong).toBe(5);
  });

  describe('as the whole of it', () => {
    it('needs no name and no password', async () => {
      const authenticator = anAuthenticator();
      const userHandle = await enrol(authenticator);
      const stranger = new Browser(house, '203.0.113.7');
      const uid = house.begin(stranger);
      const page = await stranger.land('get', `/sign-in/${uid}`);
      expect(page.page).toMatchObject({
        step: 'password',
        model: { autofill: ' webauthn', alone: [{ kind: 'passkey' }] },
      });
      const answer = form(authenticator.get({ ...aloneOn(page), ...at, userHandle }));
      expect((await stranger.land('post', `/sign-in/${uid}/alone/passkey`, answer)).to).toContain(`/auth/${uid}`);
      expect(house.completed.at(-1)).toMatchObject({ uid, userId: mia.id, acr: 'phr', amr: ['hwk', 'user', 'mfa'] });
    });

    it('N1: of 50 posts of one answer one counts, and it is done once', async () => {
      const authenticator = anAuthenticator({ hasCounter: false });
      const userHandle = await enrol(authenticator);
      const uid = house.begin(browser);
      const page = await browser.land('get', `/sign-in/${uid}`);
      const answer = form(authenticator.get({ ...aloneOn(page), ...at, userHandle }));
      await Promise.all(
        Array.from({ length: 50 }, () => browser.land('post', `/sign-in/${uid}/alone/passkey`, answer)),
      );
      expect(house.completed.filter((result) => result.uid === uid)).toHaveLength(1);
    });

    it('is neither offered nor taken where policy does not allow it, at any level', async () => {
      const authenticator = anAuthenticator();
      const userHandle = await enrol(authenticator);
      const uid = house.begin(browser);
      const page = await browser.land('get', `/sign-in/${uid}`);
      const answer = form(authenticator.get({ ...aloneOn(page), ...at, userHandle }));
      house.setPortal({ policy: { passkeySignIn: 'no' } });
      const refused = await browser.land('post', `/sign-in/${uid}/alone/passkey`, answer);
      expect(refused.page).toMatchObject({ step: 'password', model: { alone: [], autofill: '' } });
      house.setPortal({ policy: {} });
      house.setPolicy({ secondFactor: 'required', methods: ['totp'], passkeySignIn: 'yes' });
      expect((await browser.land('get', `/sign-in/${uid}`)).page?.model?.['alone']).toEqual([]);
    });

    it('A2: answers alike whoever the handle is of, and says nothing of accounts', async () => {
      const userHandle = await enrol(anAuthenticator());
      const answers: unknown[] = [];
      for (const handle of [userHandle, 'AAAAAAAAAAAAAAAAAAAAAA']) {
        const uid = house.begin(browser);
        const page = await browser.land('get', `/sign-in/${uid}`);
        const posted = form(anAuthenticator().get({ ...aloneOn(page), ...at, userHandle: handle }));
        const { page: shown } = await browser.post(`/sign-in/${uid}/alone/passkey`, posted);
        answers.push({ step: shown?.step, faults: shown?.faults, values: shown?.values });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]).toMatchObject({ faults: { '': { key: 'factor.passkey.fault.wrong' } } });
      expect((await house.tally(mia))?.wrong).toBe(0);
    });

    it.each<[string, Partial<User>, object]>([
      ['whoever is switched off', { status: 'disabled' }, { step: 'refused', model: { why: 'disabled' } }],
      [
        'whoever is locked out',
        { secondFactorLockedAt: new Date('2026-01-01T00:00:00Z') },
        { step: 'refused', model: { why: 'second_factor_locked' } },
      ],
      ['whose own rules do not allow it, for a password', { policy: { passkeySignIn: 'no' } }, { step: 'password' }],
    ])('stops %s', async (_, change, shown) => {
      const authenticator = anAuthenticator();
      const userHandle = await enrol(authenticator);
      await house.people.update('web1', mia.id, (user) => ({ ...user, ...change }));
      const uid = house.begin(browser);
      const page = await browser.land('get', `/sign-in/${uid}`);
      const answer = form(authenticator.get({ ...aloneOn(page), ...at, userHandle }));
      const stopped = await browser.land('post', `/sign-in/${uid}/alone/passkey`, answer);
      expect(stopped.page).toMatchObject(shown);
      expect(house.completed).toHaveLength(1);
    });

    it('taken away while its challenge is on the page, names nobody', async () => {
      const authenticator = anAuthenticator();
      const userHandle = await enrol(authenticator);
      const uid = house.begin(browser);
      const page = await browser.land('get', `/sign-in/${uid}`);
      const [key] = await house.factors.methods.of('web1', mia.id);
      await house.factors.methods.remove('web1', key?.id ?? '', { actor: { kind: 'operator' } });
      const answer = form(authenticator.get({ ...aloneOn(page), ...at, userHandle }));
      const refused = await browser.post(`/sign-in/${uid}/alone/passkey`, answer);
      expect(refused.page?.faults).toEqual({ '': { key: 'factor.passkey.fault.wrong' } });
    });

    it('taken away in the moment after its signature was judged, names nobody', async () => {
      const authenticator = anAuthenticator();
      const userHandle = await enrol(authenticator);
      const uid = house.begin(browser);
      const page = await browser.land('get', `/sign-in/${uid}`);
      const [key] = await house.factors.methods.of('web1', mia.id);
      const { get } = house.people;
      Object.assign(house.people, {
        async get(realm: string, userId: string) {
          await house.factors.methods.remove(realm, key?.id ?? '', { actor: { kind: 'operator' } });
          return get(realm, userId);
        },
      });
      const answer = form(authenticator.get({ ...aloneOn(page), ...at, userHandle }));
      expect((await browser.land('post', `/sign-in/${uid}/alone/passkey`, answer)).page?.step).toBe('password');
      expect(house.completed).toHaveLength(1);
    });

    it('A4: answers the challenge of the password page alone, in the attempt that asked', async () => {
      const authenticator = anAuthenticator({ hasCounter: false });
      const userHandle = await enrol(authenticator);
      const thief = new Browser(house, '203.0.113.7');
      const [mine, theirs] = [house.begin(browser), house.begin(thief)];
      const page = await browser.land('get', `/sign-in/${mine}`);
      await thief.land('get', `/sign-in/${theirs}`);
      const answer = form(authenticator.get({ ...aloneOn(page), ...at, userHandle }));
      const elsewhere = await thief.post(`/sign-in/${theirs}/alone/passkey`, answer);
      expect(elsewhere.page?.faults).toEqual({ '': { key: 'factor.passkey.fault.expired' } });
      const planted = await thief.post(`/sign-in/${mine}/alone/passkey`, answer);
      expect(planted.page?.step).toBe('cookies-off');
      const uid = await pastPassword(browser);
      await browser.land('get', `/sign-in/${uid}`);
      const asSecond = await browser.post(`/sign-in/${uid}/challenge`, answer);
      expect(asSecond.page?.faults).toEqual({ '': { key: 'factor.passkey.fault.expired' } });
      expect(house.completed).toHaveLength(1);
    });

    it('is counted for the network it comes from: 100 wrong in an hour, and it answers no more', async () => {
      const guesser = new Browser(house, '198.51.100.7');
      const uid = house.begin(guesser);
      for (let n = 0; n < 100; n += 1) {
        const page = await guesser.get(`/sign-in/${uid}/password`);
        const wrong = anAuthenticator().get({ ...aloneOn(page), ...at, userHandle: 'AAAA' });
        await guesser.post(`/sign-in/${uid}/alone/passkey`, form(wrong));
      }
      await expect(guesser.post(`/sign-in/${uid}/alone/passkey`, {})).rejects.toMatchObject({ code: 'too_many' });
    });
  });

  it('beside an app: either opens, and the one set up first is asked for first', async () => {
    await anApp(house, mia);
    const uid = await pastPassword(browser);
    house.setPolicy({ secondFactor: 'required' });
    const page = await browser.land('get', `/sign-in/${uid}`);
    expect(page.page?.view).toBe('factors/totp/challenge');
    expect((await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) })).to).toContain('/auth/');
  });
});
