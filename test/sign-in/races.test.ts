import type { Factor } from '../../src/factors/index.ts';
import { times } from '../support/times.ts';
import { aHouse, Browser, codeNow, type House, password, pastPassword, secretOn, wrongCode } from './house.ts';

describe('at the same time', () => {
  let house: House;
  let browser: Browser;
  beforeEach(async () => {
    house = await aHouse();
    browser = new Browser(house);
  });
  afterEach(() => house.close());

  it('N1, fault 4: 50 posts of one right code make one sign-in, and none ends in a complaint', async () => {
    const mia = await house.aPerson();
    const uid = await pastPassword(browser);
    const code = codeNow(house);
    const answers = await Promise.all(times(50, () => browser.land('post', `/sign-in/${uid}/challenge`, { code })));
    expect(house.completed).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.to))).toEqual(
      new Set([`https://id.example/realms/web1/auth/${uid}`]),
    );
    expect((await house.tally(mia))?.wrong).toBe(0);
  });

  it('F1: who finished a sign-in and died before the provider heard of it is followed by the next request', async () => {
    const mia = await house.aPerson();
    const uid = await pastPassword(browser);
    house.beforeCompletion = () => {
      throw new Error('the process died');
    };
    await expect(browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) })).rejects.toThrow('died');
    expect(house.completed).toEqual([]);
    const finishedAt = house.clock.now();
    house.beforeCompletion = () => undefined;
    house.clock.advance(60_000);
    const stranger = await new Browser(house).get(`/sign-in/${uid}`);
    expect(stranger.page?.step).toBe('cookies-off');
    const again = await browser.get(`/sign-in/${uid}`);
    expect(again.to).toBe(`https://id.example/realms/web1/auth/${uid}`);
    expect(house.completed).toMatchObject([{ uid, userId: mia.id, acr: 'mfa', completedAt: finishedAt }]);
    expect((await browser.post(`/sign-in/${uid}/challenge`)).to).toBe(again.to);
    expect(house.completed).toHaveLength(1);
  });

  it('F1: the browser of a sign-in that is finished after a crash is known from then on, and no other is', async () => {
    const mia = await house.aPerson();
    browser.mark = 'hers';
    const uid = await pastPassword(browser);
    house.beforeCompletion = () => {
      throw new Error('the process died');
    };
    await expect(browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) })).rejects.toThrow('died');
    house.beforeCompletion = () => undefined;
    const known = '__Host-gatehouse.known.web1';
    // No answer of a process that died reaches the browser.
    browser.cookies.delete(known);
    browser.mark = 'of somebody to whom the cookie of the attempt was passed';
    expect((await browser.get(`/sign-in/${uid}`)).page?.step).toBe('cookies-off');
    expect(browser.cookies.has(known)).toBe(false);
    browser.mark = 'hers';
    await browser.get(`/sign-in/${uid}`);
    const cookie = browser.cookies.get(known) ?? '';
    expect(await house.signIn.browsers.recognise(cookie, 'web1', mia.id)).toBeDefined();
    expect(await house.signIn.admin.browsers('web1', mia.id)).toHaveLength(1);
  });

  it('F1: a crash between making the browser known and telling it leaves one known browser, told once', async () => {
    const mia = await house.aPerson();
    const event = { realm: 'web1', actor: { kind: 'person', id: mia.id }, signIn: 'one' } as const;
    const asked = { locale: 'en', basis: '', days: 0 };
    const { browsers } = house.signIn;
    const lost = await browsers.remember('', mia, event, asked);
    expect(await browsers.remember('', mia, event, asked)).toBe(lost);
    expect(await browsers.list('web1', mia.id, '')).toHaveLength(1);
    const told = (await house.outbox('browsers')).map(({ kind, body }) => body['type'] ?? kind);
    expect(told).toEqual(['browser.known']);
    expect(await browsers.remember('', mia, { ...event, signIn: 'another' }, asked)).not.toBe(lost);
  });

  it('F1: nothing is finished late, when the time of the sign-in is over', async () => {
    await house.aPerson();
    const uid = await pastPassword(browser);
    house.beforeCompletion = () => {
      throw new Error('the process died');
    };
    await expect(browser.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) })).rejects.toThrow('died');
    house.beforeCompletion = () => undefined;
    house.clock.advance(30 * 60_000);
    expect((await browser.get(`/sign-in/${uid}`)).page?.step).toBe('finished');
    expect(house.completed).toEqual([]);
  });

  it('N1, fault 4: one right code in 20 sign-ins of 20 browsers completes one of them', async () => {
    await house.aPerson();
    const browsers = times(20, (n) => new Browser(house, `198.51.${n}.1`));
    const uids = await Promise.all(browsers.map((one) => pastPassword(one)));
    const code = codeNow(house);
    await Promise.all(browsers.map((one, n) => one.land('post', `/sign-in/${uids[n]}/challenge`, { code })));
    expect(house.completed).toHaveLength(1);
  });

  it('fault 5: 200 wrong codes are counted exactly, and the hold applies', async () => {
    const mia = await house.aPerson();
    const browsers = times(40, (n) => new Browser(house, `198.51.${n}.1`));
    const uids = await Promise.all(browsers.map((one) => pastPassword(one)));
    const code = wrongCode(house);
    const answers = await Promise.all(
      browsers.flatMap((one, n) => times(5, () => one.post(`/sign-in/${uids[n]}/challenge`, { code }))),
    );
    const judged = answers.filter((answer) => answer.page?.faults?.['code'] !== undefined);
    const tally = await house.tally(mia);
    expect(tally?.wrong).toBe(10);
    expect(tally?.pending).toEqual([]);
    expect(judged.length).toBeLessThanOrEqual(10);
    const other = new Browser(house, '203.0.113.9');
    const uid = await pastPassword(other);
    const right = await other.land('post', `/sign-in/${uid}/challenge`, { code: codeNow(house) });
    expect(right.page?.step).toBe('held');
    const refused = (await house.outbox('guesses')).filter((item) => item.body['type'] === 'second_factor.refused');
    expect(refused).toHaveLength(10);
  });

  it('fault 5: 200 wrong passwords are counted exactly, and the wait applies', async () => {
    await house.aPerson();
    const browsers = times(50, (n) => new Browser(house, `198.51.${n}.1`));
    const answers = await Promise.all(
      browsers.flatMap((one) =>
        times(4, () => one.post(`/sign-in/${house.begin(one)}/password`, { identifier: 'mia', password: 'wrong' })),
      ),
    );
    const judged = answers.filter((answer) => answer.page?.faults?.['']?.key === 'fault.password_wrong');
    expect(judged).toHaveLength(5);
    const refused = (await house.outbox('guesses')).filter((item) => item.body['type'] === 'password.refused');
    expect(refused).toHaveLength(5);
  });

  it('one of 20 posts that end an enrolment binds a method, and all of them go on', async () => {
    const mia = await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    const enrol = await browser.land('get', `/sign-in/${uid}/enrol/totp`);
    const code = codeNow(house, 0, secretOn(enrol));
    const answers = await Promise.all(times(20, () => browser.land('post', `/sign-in/${uid}/enrol/totp`, { code })));
    expect(await house.factors.methods.everBound('web1', mia.id)).toBe(1);
    expect(house.completed).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.to))).toEqual(
      new Set([`https://id.example/realms/web1/auth/${uid}`]),
    );
  });

  it('one of 10 posts sets the new password, and all of them go on', async () => {
    house.setPolicy({ secondFactor: 'off', passwordMinLength: 24 });
    await house.aPerson({ withApp: false });
    const uid = await pastPassword(browser);
    const form = {
      new_password: 'eleven quiet lighthouses in a row',
      confirm_password: 'eleven quiet lighthouses in a row',
    };
    const answers = await Promise.all(times(10, () => browser.land('post', `/sign-in/${uid}/new-password`, form)));
    expect(new Set(answers.map((answer) => answer.to))).toEqual(
      new Set([`https://id.example/realms/web1/auth/${uid}`]),
    );
    expect(house.completed).toHaveLength(1);
  });

  it('posts of the right password do no harm', async () => {
    await house.aPerson();
    const uid = house.begin(browser);
    const answers = await Promise.all(
      times(5, () => browser.land('post', `/sign-in/${uid}/password`, { identifier: 'mia', password })),
    );
    expect(answers.map((answer) => answer.page?.step)).toEqual(times(5, () => 'challenge'));
  });

  describe('A4: an enrolment begun for one person, while the same sign-in becomes somebody else’s,', () => {
    /** In the middle of Mia's request, whoever is at the same browser goes on as Noa. */
    async function interrupted(meanwhile: (uid: string) => Promise<unknown>) {
      const totp = house.factors.kinds.get('totp');
      if (totp?.enrolment === undefined) throw new Error('no app to set up');
      const { enrolment } = totp;
      await house.aPerson({ withApp: false });
      await house.aPerson({ name: 'noa', withApp: false });
      const uid = await pastPassword(browser);
      let made: unknown;
      (house.factors.kinds as Map<string, Factor>).set('totp', {
        ...totp,
        enrolment: {
          ...enrolment,
          async begin(context) {
            (house.factors.kinds as Map<string, Factor>).set('totp', totp);
            const state = await enrolment.begin(context);
            made = state['secret'];
            await browser.post(`/sign-in/${uid}/restart`);
            await browser.post(`/sign-in/${uid}/password`, { identifier: 'noa', password });
            await meanwhile(uid);
            return state;
          },
        },
      });
      const mias = await browser.get(`/sign-in/${uid}/enrol/totp`);
      return { uid, made, mias };
    }

    it('is not theirs: they set up a secret that nobody else saw', async () => {
      const { uid, made, mias } = await interrupted(async () => undefined);
      expect(mias).toMatchObject({ page: undefined, to: `/sign-in/${uid}` });
      expect(secretOn(await browser.get(`/sign-in/${uid}/enrol/totp`))).not.toBe(made);
    });

    it('does not show theirs', async () => {
      const { uid, mias } = await interrupted((signIn) => browser.get(`/sign-in/${signIn}/enrol/totp`));
      expect(mias).toMatchObject({ page: undefined, to: `/sign-in/${uid}` });
    });
  });
});
