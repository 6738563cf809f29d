import { type RunningApp, runApp } from '../support/app.ts';
import { somebody } from './people.ts';
import { aNumber, toCode, toEnrolment } from './phones.ts';
import { type ProductionApp, runProduction } from './production.ts';

describe('codes by telephone without a provider', () => {
  describe('in development', () => {
    let app: RunningApp;
    beforeAll(async () => {
      app = await runApp();
      await app.app.realms.set('web1', 'policy.methods', ['phone', 'totp'], { kind: 'system' });
    });
    afterAll(() => app.close());

    /** Of those to `number`: what goes to others may be of the same moment. */
    const newest = async (number: string) => {
      const { items } = await app.app.messaging.outbox.list({ limit: 20 });
      const entry = items.find(({ to }) => to === number);
      if (entry === undefined) throw new Error(`the outbox has nothing for ${number}`);
      return entry;
    };

    it.each(['sms', 'voice'] as const)('are shown at /dev/outbox (%s)', async (channel) => {
      const person = await somebody(app, 'web1', { hasApp: false });
      const visitor = await toEnrolment(app, person);
      const number = aNumber();
      expect(visitor.page.all('[name=channel]').map((one) => one.getAttribute('value'))).toEqual([
        'sms',
        'voice',
        'key',
      ]);
      await visitor.fill({ phone: number, channel }).submit();
      const sent = await newest(number);
      expect(sent).toMatchObject({ channel, to: number, realm: 'web1' });
      const listed = JSON.parse((await visitor.request(`${app.origin}/dev/outbox.json`)).body) as { text: string }[];
      expect(listed.map(({ text }) => text)).toContain(sent.text);
      await visitor.fill({ code: /\b\d{6}\b/.exec(sent.text)?.[0] ?? '' }).submit();
      expect(visitor.page.url.origin).toBe(app.demoOrigin);

      app.clock.advance(3_600_000);
      const later = await toCode(app, person);
      await later.fill({ code: /\b\d{6}\b/.exec((await newest(number)).text)?.[0] ?? '' }).submit();
      expect(later.page.url.origin).toBe(app.demoOrigin);
    });

    it('have no callbacks', async () => {
      const answer = await fetch(`${app.origin}/webhooks/twilio/status/a`, { method: 'POST' });
      expect(answer.status).toBe(404);
    });
  });

  describe('in production', () => {
    let running: ProductionApp;
    beforeAll(async () => {
      running = await runProduction();
    });
    afterAll(() => running.close());

    it('are known as a kind, and offered to nobody', () => {
      expect(running.app.factors.kinds.get('phone')?.isSelfService).toBe(false);
    });
  });
});
