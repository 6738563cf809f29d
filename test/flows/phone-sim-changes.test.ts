import { type RunningApp, runApp } from '../support/app.ts';
import { type Behaviour, type SimSwap, TwilioServer } from '../support/twilio.ts';
import { told } from './people.ts';
import { aNumber, type Phoned, somebodyPhoned, toCode } from './phones.ts';

const system = { kind: 'system' } as const;
const hour = 3_600_000;

describe('codes to numbers whose SIM card was changed', () => {
  let app: RunningApp;
  let twilio: TwilioServer;
  beforeAll(async () => {
    twilio = await TwilioServer.start();
    app = await runApp({ env: twilio.env });
    await app.app.realms.set('web1', 'policy.methods', ['phone', 'totp'], system);
  });
  afterAll(async () => {
    await app.close();
    await twilio.close();
  });
  beforeEach(() => {
    twilio.lookup = 'accept';
    app.clock.advance(24 * hour);
  });

  const ask = async (withinHours: number, unknown: 'send' | 'withhold' = 'send') => {
    for (const [name, value] of Object.entries({ withinHours, unknown })) {
      const set = await app.app.realms.set('web1', `messages.simChanges.${name}`, value, system);
      expect(set.ok).toBe(true);
    }
  };
  const swapped = (at: Date | null, isInPeriod: boolean | null = null): SimSwap => ({
    last_sim_swap: {
      last_sim_swap_date: at === null ? null : at.toISOString(),
      ...{ swapped_period: isInPeriod === null ? null : 'PT72H', swapped_in_period: isInPeriod },
    },
    error_code: null,
  });
  const ago = (ms: number) => new Date(app.clock.now().getTime() - ms);
  const recorded = ({ user }: Phoned, type: string) => told(app, 'web1', { type, subject: user.id });

  it('N7: nobody is asked where the realm does not say so', async () => {
    await toCode(app, await somebodyPhoned(app, twilio));
    expect(twilio.lookups).toEqual([]);
  });

  it('N7: go nowhere where it was changed since the number was bound; the page says so, and the log', async () => {
    await ask(72);
    const person = await somebodyPhoned(app, twilio);
    twilio.sims.set(person.number, swapped(ago(2 * hour)));
    const requests = twilio.requests;
    const visitor = await toCode(app, person);
    expect(visitor.page.text).toMatch(/SIM card of this number was changed lately/i);
    // Neither does a call.
    app.clock.advance(5_000);
    await visitor.submit('channel=voice');
    expect(visitor.page.text).toMatch(/SIM card of this number was changed lately/i);
    expect(twilio.requests).toBe(requests);
    expect(await recorded(person, 'phone.sim_changed')).toHaveLength(2);
    expect(await recorded(person, 'second_factor.refused')).toEqual([]);
    // Days later it is as good as another.
    app.clock.advance(73 * hour);
    const later = await toCode(app, person);
    await later.fill({ code: twilio.code }).submit();
    expect(later.page.url.origin).toBe(app.demoOrigin);
  });

  it('N7: are sent where it was changed before the number was bound, or not at all', async () => {
    await ask(8_760);
    const person = await somebodyPhoned(app, twilio);
    for (const answer of [swapped(ago(30 * hour)), swapped(null, false)]) {
      twilio.sims.set(person.number, answer);
      const visitor = await toCode(app, person);
      await visitor.fill({ code: twilio.code }).submit();
      expect(visitor.page.url.origin).toBe(app.demoOrigin);
      app.clock.advance(hour);
    }
  });

  it('N7: nobody is asked about a number that is only about to be bound: there is nothing to take over', async () => {
    await ask(72, 'withhold');
    const lookups = twilio.lookups.length;
    await somebodyPhoned(app, twilio);
    expect(twilio.lookups).toHaveLength(lookups);
  });

  it.each<[string, Behaviour]>([
    ['does not know', 'accept'],
    ['refuses', { status: 403 }],
    ['answers garbage', 'garbage'],
    ['hangs up', 'drop'],
  ])('N7: where Twilio %s, the realm says what happens', async (_, behaviour) => {
    const person = await somebodyPhoned(app, twilio);
    twilio.lookup = behaviour;
    await ask(72, 'withhold');
    const refused = await toCode(app, person);
    expect(refused.page.text).toMatch(/did not tell whether its SIM card was changed/i);
    expect(await recorded(person, 'phone.sim_unknown')).toHaveLength(1);
    app.clock.advance(hour);
    await ask(72, 'send');
    const visitor = await toCode(app, person);
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('N7, F4: a lookup that hangs keeps no page: it says that the message is being sent, and it is, late', async () => {
    const person = await somebodyPhoned(app, twilio);
    await ask(72, 'send');
    twilio.lookup = 'hang';
    const sent = twilio.nextAsked();
    const visitor = await toCode(app, person);
    expect(visitor.page.text).toMatch(/is being sent/i);
    await sent;
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('N7: the second number is not called either where its card was changed', async () => {
    const backup = aNumber();
    const person = await somebodyPhoned(app, twilio, { channel: 'voice', backup_phone: backup });
    await ask(72);
    twilio.sims.set(person.number, swapped(null, false));
    twilio.sims.set(backup, swapped(null, true));
    const visitor = await toCode(app, person);
    const calls = twilio.asked.length;
    await twilio.status(twilio.last, 'no-answer');
    expect(twilio.asked).toHaveLength(calls);
    expect((await visitor.reload()).text).toMatch(/nobody answered/i);
    expect(await recorded(person, 'phone.sim_changed')).toHaveLength(1);
  });

  it('S2: what is asked and answered leaves no number in the log', () => {
    expect(twilio.lookups.length).toBeGreaterThan(5);
    for (const number of twilio.lookups) expect(app.log()).not.toContain(number.slice(1));
  });
});
