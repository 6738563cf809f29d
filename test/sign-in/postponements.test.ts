import { onBothEngines } from '../support/both-engines.ts';
import { aHouse, Browser, type House, pastPassword } from './house.ts';

onBothEngines((open) => {
  let house: House;
  beforeEach(async () => {
    const grace = { postponements: 3 };
    house = await aHouse({ secondFactor: 'required', methods: ['totp', 'passkey'], grace }, open);
    await house.aPerson({ withApp: false });
  });
  afterEach(() => house.close());

  const on = (uid: string, path = '') => `/sign-in/${uid}${path}`;
  const postponed = async () => (await house.people.find('web1', 'mia'))?.postponed;

  it('of many sign-ins that put the set-up off at once, as many get through as a grace allows', async () => {
    const under = [];
    for (let n = 0; n < 6; n += 1) {
      const browser = new Browser(house, `192.0.2.${n}`);
      const uid = await pastPassword(browser);
      expect((await browser.land('get', on(uid))).page).toMatchObject({
        step: 'protect-account',
        model: { canPostpone: true, postponementsLeft: 3 },
      });
      under.push({ browser, uid });
    }
    // Each of them twice: a form that is posted twice counts once.
    const answers = await Promise.all(
      [...under, ...under].map(({ browser, uid }) => browser.land('post', on(uid, '/postpone'))),
    );
    const through = new Set(answers.flatMap(({ to }) => (to?.includes('/auth/') === true ? [to] : [])));
    expect(through.size).toBe(3);
    expect(house.completed).toHaveLength(3);
    expect((await postponed())?.times).toBe(3);
    for (const { page } of answers.filter(({ to }) => to === undefined)) {
      expect(page).toMatchObject({ step: 'protect-account', model: { canPostpone: false } });
    }
  });

  it('a sign-in whose process died after counting is counted once, and goes on', async () => {
    const browser = new Browser(house);
    const uid = await pastPassword(browser);
    await browser.land('get', on(uid));
    const mia = await house.people.find('web1', 'mia');
    await house.people.update('web1', mia?.id ?? '', (user) => ({
      ...user,
      postponed: { times: 3, since: house.clock.now(), in: ['another', 'yet-another', uid] },
    }));
    expect((await browser.land('post', on(uid, '/postpone'))).to).toContain('/auth/');
    expect((await postponed())?.times).toBe(3);
  });
});
