import { type RunningApp, runApp } from '../support/app.ts';
import { type Behaviour, TwilioServer } from '../support/twilio.ts';
import { aBrowser, told, toPassword } from './people.ts';
import { type Phoned, somebodyPhoned, toCode } from './phones.ts';

/** Three seconds (F4) on a machine of its own, where two of them are waited for the provider; more where others work too. */
const withinMs = 6_000;

describe('a provider of telephony that fails', () => {
  let app: RunningApp;
  let twilio: TwilioServer;
  let person: Phoned;
  beforeAll(async () => {
    twilio = await TwilioServer.start();
    app = await runApp({ env: twilio.env });
    await app.app.realms.set('web1', 'policy.methods', ['phone', 'totp'], { kind: 'system' });
  });
  afterAll(async () => {
    await app.close();
    await twilio.close();
  });
  // Sends a code that arrives, so that no failure of the test before counts.
  beforeEach(async () => {
    twilio.always = 'accept';
    person = await somebodyPhoned(app, twilio);
  });

  it.each<[string, Behaviour, RegExp]>([
    ['answers 500', { status: 500 }, /nothing was sent/i],
    ['answers 503', { status: 503 }, /nothing was sent/i],
    ['does not know our token (401)', { status: 401 }, /nothing was sent/i],
    ['has too much to do (429)', { status: 429 }, /nothing was sent/i],
    ['hangs', 'hang', /do not know whether it went out/i],
    ['drips', 'drip', /do not know whether it went out/i],
    ['answers garbage', 'garbage', /do not know whether it went out/i],
    ['hangs up', 'drop', /do not know whether it went out/i],
  ])('F4: that %s leaves a page with the other ways, in time, and counts nothing', async (_, behaviour, says) => {
    twilio.always = behaviour;
    const requests = twilio.requests;
    const visitor = await toPassword(app, aBrowser(app));
    await visitor.fill({ identifier: person.username, password: person.password }).submitOnce();
    const begun = performance.now();
    await visitor.visit(visitor.page.location ?? '');
    expect(performance.now() - begun).toBeLessThan(withinMs);
    expect(visitor.page.step).toBe('challenge');
    expect(visitor.page.text).toMatch(says);
    expect(visitor.page.forms.some((form) => form.buttons.some(({ value }) => value === 'voice'))).toBe(true);
    expect(twilio.requests).toBe(requests + 1);
    // Looked at again, by several tabs: still sent once.
    await Promise.all(Array.from({ length: 5 }, () => visitor.tab().visit(visitor.page.url)));
    expect(twilio.requests).toBe(requests + 1);
    expect(await told(app, 'web1', { type: 'second_factor.refused', subject: person.user.id })).toEqual([]);
  });

  it('F4: that was slow and took it after all lets the code be used', async () => {
    twilio.always = 'hang';
    const visitor = await toCode(app, person);
    expect(visitor.page.text).toMatch(/do not know whether it went out/i);
    await twilio.status(twilio.last, 'delivered');
    expect((await visitor.reload()).text).toMatch(/was delivered/i);
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('F4: is left alone after five failures in a row, and asked once half a minute later', async () => {
    const others = [
      await somebodyPhoned(app, twilio),
      await somebodyPhoned(app, twilio),
      await somebodyPhoned(app, twilio),
    ];
    twilio.always = { status: 500 };
    const requests = twilio.requests;
    for (let failures = 0; failures < 5; failures += 1) {
      // Slowly enough for the limits.
      app.clock.advance(60 * 60_000);
      await toCode(app, person);
    }
    expect(twilio.requests).toBe(requests + 5);
    const refused = await toCode(app, others[0]!);
    expect(refused.page.text).toMatch(/nothing was sent/i);
    expect(twilio.requests).toBe(requests + 5);
    app.clock.advance(30_000);
    await toCode(app, others[1]!);
    await toCode(app, others[2]!);
    expect(twilio.requests).toBe(requests + 6);
    twilio.always = 'accept';
    app.clock.advance(60 * 60_000);
    const visitor = await toCode(app, person);
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('is not blamed for a number that it does not send to', async () => {
    twilio.refuse(person.number);
    const requests = twilio.requests;
    for (let times = 0; times < 6; times += 1) {
      const visitor = await toCode(app, person);
      expect(visitor.page.text).toMatch(/cannot go to this number/i);
      app.clock.advance(3_600_000);
    }
    expect(twilio.requests).toBe(requests + 6);
  });

  it('that sent nothing need not be waited for before another way is taken', async () => {
    twilio.plan.push({ status: 500 });
    const visitor = await toCode(app, person);
    app.clock.advance(4_000);
    await visitor.submit('channel=voice');
    expect(twilio.last).toMatchObject({ kind: 'Calls', to: person.number });
  });
});
