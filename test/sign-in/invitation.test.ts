import { aHouse, Browser, type House } from './house.ts';

describe('an invitation', () => {
  let house: House;
  let browser: Browser;
  let token: string;
  beforeEach(async () => {
    house = await aHouse();
    browser = new Browser(house);
    const invited = await house.people.invite(
      { realm: 'web1', name: 'Ann', email: 'ann@example.com' },
      { kind: 'operator' },
    );
    if (!invited.ok) throw new Error(invited.why);
    token = house.links.at(-1) ?? '';
  });
  afterEach(() => house.close());

  const form = (text: string) => ({ new_password: text, confirm_password: text });

  it('is used up by setting a password, not by opening the link', async () => {
    for (let clicks = 0; clicks < 3; clicks += 1) {
      expect((await browser.get(`/invitation/${token}`)).page).toMatchObject({
        step: 'invitation',
        model: { stage: 'password' },
      });
    }
    const refused = await browser.post(`/invitation/${token}`, form('short'));
    expect(refused.page?.faults).toMatchObject({ new_password: { key: 'fault.new_password_too_short' } });
    const done = await browser.land('post', `/invitation/${token}`, form('eleven quiet lighthouses in a row'));
    expect(done.page?.model).toMatchObject({
      stage: 'done',
      portals: [{ name: 'Mail', homeUrl: 'https://mail.example/' }],
    });
    expect((await browser.get(`/invitation/${token}`)).page).toMatchObject({
      status: 410,
      model: { stage: 'invalid' },
    });
    const again = await browser.post(`/invitation/${token}`, form('another eleven lighthouses in a row'));
    expect(again.page?.model).toMatchObject({ stage: 'invalid' });
  });

  it('is over after its time', async () => {
    house.clock.advance(8 * 24 * 3_600_000);
    expect((await browser.get(`/invitation/${token}`)).page?.model).toMatchObject({ stage: 'expired' });
  });

  it('of nobody opens nothing', async () => {
    expect((await browser.get('/invitation/none')).page?.model).toMatchObject({ stage: 'invalid' });
  });
});
