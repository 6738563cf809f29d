import type { Guess } from '../../src/sign-in/index.ts';
import { aHouse, anApp, Browser, codeNow, type House, password, pastPassword, wrongCode } from './house.ts';

const minute = 60_000;

describe('guessing', () => {
  let house: House;
  let browser: Browser;
  beforeEach(async () => {
    house = await aHouse();
    browser = new Browser(house);
  });
  afterEach(() => house.close());

  const guessPassword = async (from: Browser, identifier = 'mia') =>
    from.post(`/sign-in/${house.begin(from)}/password`, { identifier, password: 'wrong' });

  /** Five wrong codes in a sign-in of their own; waits out what holds. */
  async function fiveWrong(from: Browser): Promise<string> {
    const uid = await pastPassword(from);
    for (let n = 0; n < 5; n += 1) await from.land('post', `/sign-in/${uid}/challenge`, { code: wrongCode(house) });
    return uid;
  }

  it('fault 9: five wrong codes end the sign-in, and a right one is too late', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    for (let n = 0; n < 4; n += 1) {
      const answer = await browser.land('post', `/sign-in/${uid}/challenge`, { code: wrongCode(house) });
      expect(answer.page?.faults).toEqual({ code: { key: 'fault.code_wrong' } });
      expect(answer.page?.model?.['attemptsLeft']).toBe(n === 0 ? undefined : 4 - n);
    }
    const fifth = await browser.land('post', `/sign-in/${uid}/challenge`, { code: wrongCode(house) });
    expect(fifth.page).toMatchObject({ step: 'refused', model: { why: 'guesses' } });
    const late = await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(late.page?.step).toBe('refused');
    expect(house.completed).toEqual([]);
    const back = await browser.post(`/sign-in/${uid}/cancel`);
    expect(back.to).toContain('error=access_denied');
  });

  it('fault 8, N2: ten sign-ins with five wrong codes each count fifty', async () => {
    const mia = await house.aPerson();
    for (let n = 0; n < 10; n += 1) {
      const from = new Browser(house, `198.51.${n}.1`);
      await fiveWrong(from);
      if (n % 2 === 1) house.clock.advance(61 * minute);
    }
    expect((await house.tally(mia))?.wrong).toBe(50);
  });

  it('N2: at ten wrong codes the second factor is held for 15 minutes, and told by mail', async () => {
    const mia = await house.aPerson();
    await fiveWrong(browser);
    await fiveWrong(browser);
    const uid = await pastPassword(browser);
    const held = await browser.land('get', `/sign-in/${uid}`);
    expect(held.page).toMatchObject({
      step: 'held',
      status: 429,
      model: { what: 'code', until: new Date(house.clock.now().getTime() + 15 * minute) },
    });
    expect(held.headers.get('Retry-After')).toBe('900');
    const told = (await house.outbox('guesses')).filter((item) => item.kind === 'message');
    expect(told).toMatchObject([
      { body: { template: 'account-held', to: 'mia@example.com', locale: 'ja', timeZone: 'Asia/Tokyo' } },
    ]);
    house.clock.advance(15 * minute);
    await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(house.completed).toHaveLength(1);
    expect((await house.tally(mia))?.wrong).toBe(0);
  });

  it('fault 7, 18, N2: 100 wrong codes lock the second factor; old sign-ins are dead, also after an admin unlocked, and methods are bound anew', async () => {
    const mia = await house.aPerson();
    let old = '';
    for (let n = 0; n < 20; n += 1) {
      house.clock.advance(61 * minute);
      const from = new Browser(house, `198.51.${n}.1`);
      if (n === 19) old = await pastPassword(browser);
      await fiveWrong(from);
    }
    expect((await house.people.get('web1', mia.id))?.secondFactorLockedAt).toEqual(house.clock.now());
    expect((await house.tally(mia))?.lockedAt).toEqual(house.clock.now());
    const dead = await browser.land('post', `/sign-in/${old}/challenge`, { code: codeNow(house) });
    expect(dead.page).toMatchObject({ step: 'refused', model: { why: 'locked' } });
    house.clock.advance(30 * 24 * 60 * minute);
    const uid = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${uid}`)).page).toMatchObject({
      step: 'refused',
      model: { why: 'second_factor_locked' },
    });

    await house.signIn.admin.unlock('web1', mia.id, { kind: 'operator' });
    expect((await house.people.get('web1', mia.id))?.secondFactorLockedAt).toBeUndefined();
    expect((await browser.land('get', `/sign-in/${uid}`)).page?.step).toBe('refused');
    expect((await house.factors.methods.of('web1', mia.id)).map((method) => method.state)).toEqual(['disabled']);
    const fresh = await pastPassword(browser);
    expect((await browser.land('get', `/sign-in/${fresh}`)).page?.step).toBe('protect-account');
    const told = (await house.outbox('users')).map((item) => item.body['type']);
    expect(told).toEqual(expect.arrayContaining(['user.second_factor_locked', 'user.second_factor_unlocked']));
  });

  it('fault 44: strangers who guess passwords hold neither the second factor nor a browser that knows the person', async () => {
    const mia = await house.aPerson();
    const uid = await pastPassword(browser);
    await browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    for (let n = 0; n < 20; n += 1) {
      await guessPassword(new Browser(house, `198.51.${n}.1`));
      house.clock.advance(65_000);
    }
    const stranger = new Browser(house, '203.0.113.1');
    const right = await stranger.post(`/sign-in/${house.begin(stranger)}/password`, { identifier: 'mia', password });
    expect(right.page).toMatchObject({ step: 'held', model: { what: 'password' } });
    const own = await pastPassword(browser);
    await browser.land('post', `/sign-in/${own}/challenge`, { code: codeNow(house) });
    expect(house.completed).toHaveLength(2);
    expect((await house.tally(mia))?.wrong).toBe(0);
  });

  it('A2: answers for an identifier that nobody has as for one that somebody has', async () => {
    await house.aPerson();
    const seen = async (identifier: string) => {
      const answers = [];
      for (let n = 0; n < 40; n += 1) {
        const { page, to, headers } = await guessPassword(
          new Browser(house, `198.${identifier.length}.${n}.1`),
          identifier,
        );
        answers.push({
          step: page?.step,
          status: page?.status,
          faults: page?.faults,
          person: page?.person,
          model: Object.keys(page?.model ?? {}),
          to,
          wait: headers.get('Retry-After'),
        });
        house.clock.advance(n % 3 === 0 ? 0 : 65_000);
      }
      return answers;
    };
    const start = house.clock.now();
    const known = await seen('mia');
    house.clock.set(start);
    const unknown = await seen('nobody');
    expect(unknown).toEqual(known);
    expect(known.map((answer) => answer.step)).toContain('held');
    expect(known.some((answer) => answer.faults?.['']?.key === 'fault.wait')).toBe(true);
  });

  it('A2: a disabled person learns it only after the right password', async () => {
    const mia = await house.aPerson();
    await house.people.disable('web1', mia.id, { kind: 'operator' });
    const wrong = await guessPassword(browser);
    expect(wrong.page?.faults).toEqual({ '': { key: 'fault.password_wrong' } });
    const uid = house.begin(browser);
    const right = await browser.land('post', `/sign-in/${uid}/password`, { identifier: 'mia', password });
    expect(right.page).toMatchObject({ step: 'refused', model: { why: 'disabled' } });
  });

  it('fault 11: from one address range 100 wrong guesses an hour are judged, over everybody', async () => {
    for (let n = 0; n < 100; n += 1) await guessPassword(new Browser(house, `192.0.2.${n}`), `nobody-${n}`);
    await expect(guessPassword(new Browser(house, '192.0.2.200'), 'somebody')).rejects.toMatchObject({
      code: 'too_many',
      status: 429,
      retryAfterS: expect.any(Number),
    });
    await expect(guessPassword(new Browser(house, '192.0.3.1'), 'somebody')).resolves.toBeDefined();
    house.clock.advance(66 * minute);
    await expect(guessPassword(new Browser(house, '192.0.2.200'), 'somebody')).resolves.toBeDefined();
  });

  it('faults 6, 16 and 45: counts the failures of a factor that counts nothing itself', async () => {
    const guess: Guess = {
      counter: 'second_factor',
      realm: 'web1',
      person: { id: 'mia', name: 'Mia' },
      factor: 'dummy',
      signIn: 'one',
      portal: 'mail',
      address: '192.0.2.1',
      browser: 'Firefox',
      reference: 'AAAA-BBBB',
      locale: 'en',
    };
    const { guessing } = house.signIn;
    const wrong = () => guessing.guess(guess, async () => ({ outcome: 'wrong', value: undefined }));
    for (let n = 1; n <= 5; n += 1) expect(await wrong()).toMatchObject({ ok: true, wrongHere: n });
    expect(await wrong()).toEqual({ ok: false, why: 'ended' });
  });

  it('counts nothing for a code that cannot be one, nor when we fail ourselves', async () => {
    const mia = await house.aPerson();
    const uid = await pastPassword(browser);
    for (const code of ['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦']) {
      const answer = await browser.land('post', `/sign-in/${uid}/challenge`, { code });
      expect(answer.page?.faults).toEqual({ code: { key: 'fault.code_malformed' } });
    }
    const failing = house.signIn.guessing.guess(
      {
        counter: 'second_factor',
        realm: 'web1',
        person: { id: mia.id, name: 'Mia' },
        signIn: 'x',
        portal: 'mail',
        address: '192.0.2.1',
        browser: '',
        reference: '',
        locale: 'en',
      },
      async () => Promise.reject(new Error('the database is away')),
    );
    await expect(failing).rejects.toThrow('the database is away');
    expect(await house.tally(mia)).toMatchObject({ wrong: 0, pending: [] });
  });

  it('a new method does not bring new guesses', async () => {
    const mia = await house.aPerson();
    await fiveWrong(browser);
    const [method] = await house.factors.methods.of('web1', mia.id);
    await house.factors.methods.remove('web1', method?.id ?? '', { actor: { kind: 'system' } });
    await anApp(house, mia, 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU');
    expect((await house.tally(mia))?.wrong).toBe(5);
  });

  it('fault 3: a used code is refused from another browser and address', async () => {
    await house.aPerson();
    const code = codeNow(house);
    const uid = await pastPassword(browser);
    await browser.land('post', `/sign-in/${uid}/challenge`, { code });
    const other = new Browser(house, '203.0.113.7');
    const next = await pastPassword(other);
    const refused = await other.land('post', `/sign-in/${next}/challenge`, { code });
    expect(refused.page?.faults).toEqual({ code: { key: 'fault.code_replayed' } });
    expect(house.completed).toHaveLength(1);
  });
});

it('a guess whose process dies counts as wrong', async () => {
  const house = await aHouse();
  const mia = await house.aPerson();
  const never = new Promise<never>(() => undefined);
  const about: Guess = {
    counter: 'second_factor',
    realm: 'web1',
    person: { id: mia.id, name: 'Mia' },
    signIn: 'one',
    portal: 'mail',
    address: '192.0.2.1',
    browser: '',
    reference: '',
    locale: 'en',
  };
  void house.signIn.guessing.guess(about, () => never);
  while ((await house.tally(mia)) === undefined) await new Promise((resolve) => setImmediate(resolve));
  house.clock.advance(31_000);
  await house.signIn.guessing.guess({ ...about, signIn: 'two' }, async () => ({ outcome: 'void', value: undefined }));
  expect(await house.tally(mia)).toMatchObject({ wrong: 1, pending: [] });
  await house.close();
});
