import { createBinding } from '../../src/binding/index.ts';
import { createJudgeSession } from '../../src/sign-in/index.ts';
import { aHouse, type House, type JudgeSession } from './house.ts';

describe('a session', () => {
  let house: House;
  let judge: JudgeSession;
  beforeEach(async () => {
    house = await aHouse({ secondFactor: 'optional' });
    judge = createJudgeSession({
      realms: house.realms,
      people: house.people,
      factors: house.factors,
      binding: createBinding({ realms: house.realms, tenancy: house.people.tenancy, clock: house.clock }),
      browsers: house.signIn.browsers,
      clock: house.clock,
    });
  });
  afterEach(() => house.close());

  const plain = { clientId: 'mail', acrValues: [], essentialAcr: [] };
  const here = { address: '192.0.2.1', cookie: () => undefined };
  const sessionOf = (userId: string, acr = 'single', amr = ['pwd']) => ({
    userId,
    acr,
    amr,
    authTime: house.clock.now(),
  });

  it('is enough where nothing more is wanted, and does not bring back the offer of a second factor', async () => {
    const mia = await house.aPerson({ withApp: false });
    expect(await judge('web1', sessionOf(mia.id), plain, here)).toBe(true);
  });

  it('is not enough once policy wants more, and is again when more was proven', async () => {
    const mia = await house.aPerson();
    house.setPolicy({ secondFactor: 'required' });
    expect(await judge('web1', sessionOf(mia.id), plain, here)).toBe(false);
    expect(await judge('web1', sessionOf(mia.id, 'mfa', ['pwd', 'otp', 'mfa']), plain, here)).toBe(true);
  });

  it('is not enough for a person who is disabled or locked since', async () => {
    const mia = await house.aPerson({ withApp: false });
    await house.people.disable('web1', mia.id, { kind: 'operator' });
    expect(await judge('web1', sessionOf(mia.id), plain, here)).toBe(false);
  });

  it('is not enough for another person than the one asked for', async () => {
    const mia = await house.aPerson({ withApp: false });
    expect(await judge('web1', sessionOf(mia.id), { ...plain, mustBe: 'somebody' }, here)).toBe(false);
  });

  it('is over after the hours that policy gives', async () => {
    const mia = await house.aPerson({ withApp: false });
    const session = sessionOf(mia.id);
    house.clock.advance(24 * 3_600_000);
    expect(await judge('web1', session, plain, here)).toBe(false);
  });
});
