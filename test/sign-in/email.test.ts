import { onBothEngines } from '../support/both-engines.ts';
import { aHouse, anApp, Browser, type House, mailedCode, modelOf, pastPassword } from './house.ts';
import type { Answer } from './house-browser.ts';

const policy = { secondFactor: 'optional', methods: ['totp', 'email'] } as const;

onBothEngines((open) => {
  describe('codes by email in a sign-in', () => {
    let house: House;
    let browser: Browser;
    beforeEach(async () => {
      house = await aHouse({ ...policy, methods: [...policy.methods] }, open);
      browser = new Browser(house);
      await house.aPerson({ withApp: false });
    });
    afterEach(() => house.close());

    const on = (uid: string, path = '') => `/sign-in/${uid}${path}`;
    const mails = async () => (await house.outbox('attempts')).filter(({ body }) => body['template'] === 'email-code');
    const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

    async function setUp(): Promise<string> {
      const uid = await pastPassword(browser);
      await browser.land('post', on(uid, '/protect-account'));
      await browser.land('post', on(uid, '/choose-method'), { method: 'email' });
      await browser.land('post', on(uid, '/enrol/email'));
      return uid;
    }

    async function enrolled(): Promise<void> {
      const uid = await setUp();
      const done = await browser.land('post', on(uid, '/enrol/email'), { code: await mailedCode(house) });
      expect(done.to).toContain('/auth/');
    }

    async function asked(): Promise<{ readonly uid: string; readonly page: Answer }> {
      const uid = await pastPassword(browser);
      return { uid, page: await browser.land('get', on(uid)) };
    }

    it('are set up over two pages, sent when asked for, and never raise acr', async () => {
      const uid = await pastPassword(browser);
      await browser.land('post', on(uid, '/protect-account'));
      const first = await browser.land('post', on(uid, '/choose-method'), { method: 'email' });
      expect(first.page).toMatchObject({ view: 'factors/email/enrol', model: { factor: { to: 'm…@example.com' } } });
      expect(await mails()).toEqual([]);
      const second = await browser.land('post', on(uid, '/enrol/email'));
      expect(second.page).toMatchObject({
        view: 'factors/email/enrol-code',
        titleKey: 'factor.email.enrol-code.title',
      });
      expect(modelOf(second)['againAction']).toContain('/enrol/email/again');
      expect((await browser.land('post', on(uid, '/enrol/email/again'))).page?.view).toBe('factors/email/enrol');
      await browser.land('post', on(uid, '/enrol/email'));
      const done = await browser.land('post', on(uid, '/enrol/email'), { code: await mailedCode(house) });
      expect(done.to).toContain('/auth/');
      expect(house.completed.at(-1)).toMatchObject({ acr: 'single', amr: ['pwd', 'otp'] });
    });

    it('N6: are asked for at the next sign-in, and leave acr as it was', async () => {
      await enrolled();
      const { uid, page } = await asked();
      expect(page.page?.view).toBe('factors/email/challenge');
      expect((await browser.land('post', on(uid, '/challenge'), { code: await mailedCode(house) })).to).toContain(
        '/auth/',
      );
      expect(house.completed.at(-1)).toMatchObject({ acr: 'single', amr: ['pwd', 'otp'] });
    });

    it('go out once however often the page is loaded, and lie nowhere in clear', async () => {
      await enrolled();
      const before = (await mails()).length;
      const uid = await pastPassword(browser);
      await Promise.all(Array.from({ length: 10 }, () => browser.land('get', on(uid))));
      expect(await mails()).toHaveLength(before + 1);
      const code = await mailedCode(house);
      expect(JSON.stringify(await house.outbox('attempts'))).not.toContain(`"${code}"`);
    });

    it('can be asked for again after half a minute, five times in a sign-in; the old code is dead then', async () => {
      await enrolled();
      const { uid, page } = await asked();
      const old = await mailedCode(house);
      expect(modelOf(page)['resend']).toMatchObject({ at: expect.any(Date) });
      const early = await browser.land('post', on(uid, '/challenge/resend'));
      expect(early.page?.faults).toEqual({ '': { key: 'fault.too_soon' } });
      for (let sent = 1; sent < 5; sent += 1) {
        house.clock.advance(30_000);
        await browser.land('post', on(uid, '/challenge/resend'));
      }
      house.clock.advance(30_000);
      const code = await mailedCode(house);
      const last = await browser.land('post', on(uid, '/challenge/resend'));
      expect(last.page?.faults).toEqual({ '': { key: 'factor.email.fault.unavailable' } });
      expect(modelOf(last)['resend']).toBeUndefined();
      expect(await mailedCode(house)).toBe(code);
      if (old !== code) {
        const dead = await browser.land('post', on(uid, '/challenge'), { code: old });
        expect(dead.page?.faults).toEqual({ code: { key: 'fault.code_wrong' } });
      }
      expect((await browser.land('post', on(uid, '/challenge'), { code })).to).toContain('/auth/');
    });

    it('are sent again once, however many ask at the same moment', async () => {
      await enrolled();
      const { uid } = await asked();
      const before = (await mails()).length;
      house.clock.advance(30_000);
      await Promise.all(Array.from({ length: 20 }, () => browser.land('post', on(uid, '/challenge/resend'))));
      expect(await mails()).toHaveLength(before + 1);
    });

    it.each([
      [10 * 60_000 - 1, true],
      [10 * 60_000, false],
    ])('N3: after %i ms: good is %s', async (ms, isGood) => {
      await enrolled();
      const { uid } = await asked();
      const code = await mailedCode(house);
      house.clock.advance(ms);
      const answer = await browser.land('post', on(uid, '/challenge'), { code });
      if (isGood) expect(answer.to).toContain('/auth/');
      else expect(answer.page?.faults).toEqual({ code: { key: 'factor.email.fault.expired' } });
    });

    it('N4: are good in the sign-in they were sent for alone', async () => {
      await enrolled();
      const { uid: one } = await asked();
      const code = await mailedCode(house);
      const { uid: another } = await asked();
      if ((await mailedCode(house)) === code) return;
      const refused = await browser.land('post', on(another, '/challenge'), { code });
      expect(refused.page?.faults).toEqual({ code: { key: 'fault.code_wrong' } });
      expect((await browser.land('post', on(one, '/challenge'), { code })).to).toContain('/auth/');
    });

    it('of 50 parallel uses complete one sign-in, with one proof', async () => {
      await enrolled();
      const before = house.completed.length;
      const { uid } = await asked();
      const code = await mailedCode(house);
      await Promise.all(Array.from({ length: 50 }, () => browser.land('post', on(uid, '/challenge'), { code })));
      expect(house.completed).toHaveLength(before + 1);
      expect(house.completed.at(-1)?.amr).toEqual(['pwd', 'otp']);
    });

    it.each([
      ['bring back no tries at a second factor when right', true, 1],
      ['bring tries back where there is nothing else to guess at', false, 0],
    ])('faults 16, 45: are counted when wrong, and %s', async (_, hasApp, left) => {
      const mia = await house.people.find('web1', 'mia');
      await enrolled();
      if (hasApp && mia !== undefined) {
        const { id } = await anApp(house, mia);
        // Until somebody switches it on again.
        await house.factors.methods.update(id, (method) => ({ ...method, state: 'disabled' }));
      }
      const { uid } = await asked();
      const code = await mailedCode(house);
      await browser.land('post', on(uid, '/challenge'), { code: other(code) });
      await browser.land('post', on(uid, '/challenge'), { code });
      if (mia === undefined) throw new Error('nobody');
      expect((await house.tally(mia))?.wrong ?? 0).toBe(left);
    });

    it('flood no mailbox: ten an hour, whatever the number of sign-ins', async () => {
      await enrolled();
      const before = (await mails()).length;
      for (let n = 0; n < 12; n += 1) {
        const { page } = await asked();
        // One went out to set it up.
        expect(modelOf(page)['factor']).toMatchObject({ isSent: n < 9 });
      }
      expect(await mails()).toHaveLength(before + 9);
    });

    it('flood no mailbox while they are set up: to begin anew, or in another sign-in, brings no more of them', async () => {
      let uid = await setUp();
      for (let n = 1; n < 10; n += 1) {
        if (n % 3 === 0) uid = await setUp();
        else {
          await browser.land('post', on(uid, '/enrol/email/again'));
          await browser.land('post', on(uid, '/enrol/email'));
        }
      }
      expect(await mails()).toHaveLength(10);
      await browser.land('post', on(uid, '/enrol/email/again'));
      const refused = await browser.land('post', on(uid, '/enrol/email'));
      expect(refused.page).toMatchObject({
        view: 'factors/email/enrol',
        faults: { '': { key: 'factor.email.fault.unavailable' } },
      });
      expect(await mails()).toHaveLength(10);
      house.clock.advance(60 * 60_000);
      await setUp();
      expect(await mails()).toHaveLength(11);
    });

    it('that cannot be sent leave a way on: who has no address is told, and chooses another', async () => {
      const mia = await house.people.find('web1', 'mia');
      if (mia === undefined) throw new Error('nobody');
      await house.people.update('web1', mia.id, ({ email: _email, ...rest }) => rest);
      const uid = await setUp();
      const page = await browser.land('get', on(uid));
      expect(page.page).toMatchObject({ view: 'factors/email/enrol', model: { factor: { to: undefined } } });
      expect(modelOf(page)['chooseAction']).toContain('/choose-method');
    });
  });
});
