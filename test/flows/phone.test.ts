import { type RunningApp, runApp } from '../support/app.ts';
import { TwilioServer } from '../support/twilio.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, toPassword } from './people.ts';

const number = '+12025550140';

/** Codes by telephone, with a server that speaks for Twilio. */
describe('codes by telephone', () => {
  let app: RunningApp;
  let twilio: TwilioServer;
  beforeAll(async () => {
    twilio = await TwilioServer.start();
    app = await runApp({ env: twilio.env });
    await app.app.realms.set('web1', 'policy.methods', ['phone', 'totp'], { kind: 'system' });
  });
  afterAll(async () => {
    await app.close();
    await twilio.close();
  });

  async function toEnrolment(person: Somebody): Promise<Visitor> {
    const visitor = aBrowser(app);
    await givePassword(await toPassword(app, visitor), person);
    await visitor.submit(/get started/i);
    if (visitor.page.step === 'choose-method') await visitor.submit(/codes by phone/i);
    expect(visitor.page.step).toBe('enrol-phone');
    return visitor;
  }

  it('are set up in two pages, and asked for at the next sign-in', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const visitor = await toEnrolment(person);
    await visitor.fill({ phone: number, channel: 'sms' }).submit();
    expect(twilio.last.to).toBe(number);
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });
});
