import { type RunningApp, runApp } from '../support/app.ts';
import { openingKey, spokenCode, TwilioServer } from '../support/twilio.ts';
import { givePassword, somebody, told, toPassword } from './people.ts';
import { aNumber, otherThan, type Phoned, somebodyPhoned, toCode, toEnrolment } from './phones.ts';

describe('codes by call', () => {
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

  const called = (fields: Readonly<Record<string, string>> = {}) =>
    somebodyPhoned(app, twilio, { channel: 'voice', ...fields });

  /** Somebody who keys in the number of the page. */
  async function keying(): Promise<Phoned> {
    const person = await somebody(app, 'web1', { hasApp: false });
    const number = aNumber();
    const visitor = await toEnrolment(app, person);
    await visitor.fill({ phone: number, channel: 'key' }).submit();
    expect(visitor.page.step).toBe('enrol-phone');
    const shown = visitor.page.attribute('[data-number]', 'data-number') ?? '';
    await twilio.press(twilio.last.twiml, shown);
    await visitor.reload();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
    app.clock.advance(24 * 3_600_000);
    return { ...person, number };
  }

  it('read six digits one by one, twice, and say tel in amr', async () => {
    const person = await called();
    const visitor = await toCode(app, person);
    expect(twilio.last).toMatchObject({ kind: 'Calls', to: person.number });
    const twiml = await twilio.listen();
    const digits = [...twiml.matchAll(/<Say[^>]*>(\d)<\/Say><Pause length="1"\/>/g)].map(([, digit]) => digit).join('');
    expect(digits).toBe(twilio.code + twilio.code);
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
    const [done] = await told(app, 'web1', { type: 'sign_in.completed', subject: person.user.id });
    expect(done?.details).toMatchObject({ acr: 'mfa', amr: ['pwd', 'tel', 'mfa'] });
  });

  it('speak the language of the person', async () => {
    const person = await called();
    await app.app.people.update('web1', person.user.id, (user) => ({ ...user, locale: 'de' }));
    await toCode(app, person);
    expect(twilio.last.twiml).toContain('language="de-DE"');
    expect(twilio.last.twiml).toContain('Um Ihren Code zu hören');
    expect(await twilio.listen()).toContain('Ihr Code lautet');
  });

  it('read no code to a mailbox: nothing before the key that the call asks for was pressed', async () => {
    const visitor = await toCode(app, await called());
    const { twiml } = twilio.last;
    expect(spokenCode(twiml)).toBeUndefined();
    // The mailbox listens to the end, and records.
    await twilio.status(twilio.last, 'in-progress');
    expect((await visitor.reload()).text).toMatch(/we are calling/i);
    await twilio.status(twilio.last, 'completed');
    expect((await visitor.reload()).text).toMatch(/no key was pressed/i);
    expect(openingKey(twiml)).toMatch(/^[1-9]$/);
  });

  it('ask once more for another key where a wrong one was pressed, and then end: a recorded greeting cannot guess on', async () => {
    await toCode(app, await called());
    const another = (key: string) => (key === '9' ? '8' : '9');
    const { twiml } = twilio.last;
    const once = (await twilio.press(twiml, another(openingKey(twiml)))).text;
    expect(once).toMatch(/another key/i);
    expect(spokenCode(once)).toBeUndefined();
    const twice = (await twilio.press(once, another(openingKey(once)))).text;
    expect(twice).not.toMatch(/<Gather/);
    expect(spokenCode(twice)).toBeUndefined();
  });

  it('read the code after the second key that was asked for, too', async () => {
    await toCode(app, await called());
    const { twiml } = twilio.last;
    const once = (await twilio.press(twiml, openingKey(twiml) === '9' ? '8' : '9')).text;
    const read = (await twilio.press(once, openingKey(once))).text;
    expect(spokenCode(read)).toMatch(/^\d{6}$/);
  });

  it('repeat the code at a star, and end after a while', async () => {
    await toCode(app, await called());
    let twiml = await twilio.listen();
    const { code } = twilio;
    for (let times = 0; times < 2; times += 1) {
      const before = twiml;
      twiml = (await twilio.press(before, '*')).text;
      expect(spokenCode(twiml)).toBe(code);
      // The same answer given twice by a network counts once.
      expect((await twilio.press(before, '*')).text).not.toMatch(/<Say/);
    }
    expect((await twilio.press(twiml, '*')).text).not.toMatch(/<Gather/);
  });

  it('N3: say nothing any more once the code is too old', async () => {
    await toCode(app, await called());
    const twiml = await twilio.listen();
    const { code } = twilio;
    app.clock.advance(10 * 60_000);
    const late = (await twilio.press(twiml, '*')).text;
    expect(spokenCode(late)).toBeUndefined();
    expect(late).not.toContain(code);
  });

  it('keep the code out of the addresses they are called back at', async () => {
    await toCode(app, await called());
    const action = /action="([^"]+)"/.exec(await twilio.listen())?.[1] ?? '';
    const { code } = twilio;
    expect(decodeURIComponent(action)).not.toContain(code);
    // Made for another send, a script is none.
    const mixed = action.replace(/voice\/[^?]+/, 'voice/AAAAAAAAAAAAAAAAAAAAAA').replaceAll('&amp;', '&');
    const answer = await twilio.post(mixed, { Digits: '*' });
    expect(answer.text).not.toMatch(/<Say/);
    expect(
      (await twilio.post(action.replaceAll('&amp;', '&'), { Digits: '*' }, 'somebody-elses-token-of-32-chars')).status,
    ).toBe(403);
  });

  it('press an extension with its pauses, and call the second number when nobody answers, once', async () => {
    const backup = aNumber();
    const person = await called({ extension: '12,,34#', backup_phone: backup });
    const visitor = await toCode(app, person);
    const first = twilio.last;
    expect(first.to).toBe(person.number);
    expect(first.fields.get('SendDigits')).toBe('ww12wwww34#');
    const calls = twilio.asked.length;
    await Promise.all(Array.from({ length: 5 }, () => twilio.status(first, 'no-answer')));
    expect(twilio.asked).toHaveLength(calls + 1);
    expect(twilio.last.to).toBe(backup);
    expect(twilio.last.fields.get('SendDigits')).toBeNull();
    expect((await visitor.reload()).text).toMatch(/we are calling/i);
    // Nobody there either.
    await twilio.status(twilio.last, 'no-answer');
    expect((await visitor.reload()).text).toMatch(/nobody answered/i);
    expect(twilio.asked).toHaveLength(calls + 1);
  });

  it('call the second number where a mailbox answers at the first, and read the code there', async () => {
    const person = await called({ backup_phone: aNumber() });
    const visitor = await toCode(app, person);
    const first = twilio.last;
    await twilio.status(first, 'in-progress');
    await twilio.status(first, 'completed');
    expect(twilio.last.to).not.toBe(person.number);
    await twilio.listen();
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('call no second number where somebody pressed a key at the first', async () => {
    await toCode(app, await called({ backup_phone: aNumber() }));
    const first = twilio.last;
    await twilio.listen();
    await twilio.status(first, 'completed');
    expect(twilio.last).toBe(first);
  });

  it.each([
    ['abc', 'extension', { extension: 'abc' }],
    ['a second number that is the first', 'backup_phone', {}],
    ['a second number that is none', 'backup_phone', { backup_phone: '12' }],
  ])('refuse %s beside its field', async (_, field, given: Readonly<Record<string, string>>) => {
    const visitor = await toEnrolment(app, await somebody(app, 'web1', { hasApp: false }));
    const number = aNumber();
    const fields = { backup_phone: field === 'backup_phone' ? number : '', ...given };
    await visitor.fill({ phone: number, channel: 'voice', ...fields }).submit();
    expect(visitor.page.step).toBe('enrol-phone');
    expect(visitor.page.attribute(`[name=${field}]`, 'aria-invalid')).toBe('true');
  });

  it('keep what was typed where a page is refused', async () => {
    const visitor = await toEnrolment(app, await somebody(app, 'web1', { hasApp: false }));
    await visitor.fill({ phone: '+49 12', channel: 'voice', extension: '12' }).submit();
    expect(visitor.page.attribute('[name=phone]', 'value')).toBe('+49 12');
    expect(visitor.page.attribute('[name=extension]', 'value')).toBe('12');
    expect(visitor.page.attribute('[name=channel][checked]', 'value')).toBe('voice');
  });

  it('N5: in which the number of the page is keyed in let the page go on by itself', async () => {
    const person = await keying();
    const visitor = await toCode(app, person);
    const shown = visitor.page.attribute('[data-number]', 'data-number') ?? '';
    expect(shown).toMatch(/^[1-9]\d{5}$/);
    expect(twilio.last.twiml).not.toContain(shown);
    expect(visitor.page.all('[name=code]')).toEqual([]);
    // Nothing yet: the page stays, and its button says so.
    await visitor.submit();
    expect(visitor.page.step).toBe('challenge');
    expect(visitor.page.alerts.join()).toMatch(/not been keyed in/i);
    await visitor.visit(visitor.page.url.pathname);
    expect(visitor.page.step).toBe('challenge');

    const answer = await twilio.press(twilio.last.twiml, shown);
    expect(answer.text).toMatch(/thank you/i);
    await visitor.visit(visitor.page.url.pathname);
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
    const [done] = await told(app, 'web1', { type: 'sign_in.completed', subject: person.user.id });
    expect(done?.details).toMatchObject({ acr: 'mfa', amr: ['pwd', 'tel', 'mfa'] });
  });

  it('have a browser remembered where the box is ticked while the page waits for the number', async () => {
    const set = (days: number) => app.app.realms.set('web1', 'policy.rememberBrowserDays', days, { kind: 'system' });
    await set(30);
    try {
      const person = await keying();
      const visitor = await toCode(app, person);
      expect(visitor.page.all('[name=remember_browser]')).toHaveLength(1);
      // Without scripts a link says so, and the page keeps it whenever it looks again.
      const links = () => visitor.page.all('a[href*=remember_browser]').map((link) => link.getAttribute('href') ?? '');
      const refresh = () => visitor.page.attribute('meta[http-equiv=refresh]', 'content') ?? '';
      expect([links().length > 0, refresh().includes('remember_browser')]).toEqual([true, false]);
      await visitor.visit(links()[0] ?? '');
      expect(visitor.page.step).toBe('challenge');
      await visitor.visit(refresh().replace(/^5; url=/, ''));
      expect(visitor.page.attribute('[name=remember_browser]', 'checked')).toBeDefined();
      await twilio.press(twilio.last.twiml, visitor.page.attribute('[data-number]', 'data-number') ?? '');
      await visitor.visit(refresh().replace(/^5; url=/, ''));
      expect(visitor.page.url.origin).toBe(app.demoOrigin);
      visitor.cookies.forget(/-session/);
      await givePassword(await toPassword(app, visitor), person);
      expect(visitor.page.url.origin).toBe(app.demoOrigin);
    } finally {
      await set(0);
    }
  });

  it('N5: never take a bare key, nor part of the number', async () => {
    const visitor = await toCode(app, await keying());
    const shown = visitor.page.attribute('[data-number]', 'data-number') ?? '';
    let { twiml } = twilio.last;
    for (const digits of ['#', shown.slice(0, 5)]) {
      twiml = (await twilio.press(twiml, digits)).text;
      await visitor.visit(visitor.page.url.pathname);
      expect(visitor.page.step).toBe('challenge');
    }
  });

  it('N2: count what is keyed in wrongly as guesses in that sign-in', async () => {
    const person = await keying();
    const visitor = await toCode(app, person);
    const shown = visitor.page.attribute('[data-number]', 'data-number') ?? '';
    const first = await twilio.press(twilio.last.twiml, otherThan(shown));
    expect(first.text).toMatch(/not the number on the page/i);
    const second = await twilio.press(first.text, otherThan(shown));
    const third = await twilio.press(second.text, otherThan(shown));
    expect(third.text).not.toMatch(/<Gather/);
    await visitor.visit(visitor.page.url.pathname);
    expect(visitor.page.text).toMatch(/2 more wrong codes/i);
    const refused = await told(app, 'web1', { type: 'second_factor.refused', subject: person.user.id });
    expect(refused).toHaveLength(3);
  });

  it('N1: one of 50 parallel answers approves, and it is used once', async () => {
    const person = await keying();
    const visitor = await toCode(app, person);
    const shown = visitor.page.attribute('[data-number]', 'data-number') ?? '';
    const answers = await Promise.all(Array.from({ length: 50 }, () => twilio.press(twilio.last.twiml, shown)));
    expect(answers.filter(({ text }) => /thank you/i.test(text))).toHaveLength(1);
    const uid = visitor.page.url.pathname.split('/')[4] ?? '';
    await Promise.all(Array.from({ length: 10 }, () => visitor.tab().visit(visitor.page.url)));
    expect(await told(app, 'web1', { type: 'sign_in.completed', signIn: uid })).toHaveLength(1);
  });

  it.each(['voice', 'key', 'voice, before the code is read'])(
    'report fraud by a 0 (%s): no code counts, nothing more goes there, the person is told',
    async (way) => {
      const person = way === 'key' ? await keying() : await called();
      const visitor = await toCode(app, person);
      const before = way === 'voice' ? await twilio.listen() : twilio.last.twiml;
      const said = (await twilio.press(before, '0')).text;
      expect(said).toMatch(/not call again/i);
      const shown = visitor.page.attribute('[data-number]', 'data-number');
      if (way === 'voice') {
        await visitor.fill({ code: twilio.code }).submit();
        expect(visitor.page.step).toBe('challenge');
      } else if (shown !== undefined) {
        await twilio.press(twilio.last.twiml, shown);
        await visitor.visit(visitor.page.url.pathname);
        expect(visitor.page.step).toBe('challenge');
      }
      app.clock.advance(5 * 60_000);
      const calls = twilio.requests;
      await visitor.visit(visitor.page.url.pathname);
      await visitor.submit('channel=sms');
      expect(twilio.requests).toBe(calls);
      expect(visitor.page.text).toMatch(/reported from this phone/i);

      expect(await told(app, 'web1', { type: 'phone.fraud_reported', subject: person.user.id })).toHaveLength(1);
      while ((await app.app.messaging.workOnce()) > 0);
      const { items } = await app.app.messaging.outbox.list({ limit: 200 });
      expect(
        items.filter(({ to, text }) => to === person.user.email && /reported that you are not/.test(text)),
      ).toHaveLength(1);
      // After an hour it can be called again.
      app.clock.advance(60 * 60_000);
      await toCode(app, person);
      expect(twilio.requests).toBe(calls + 1);
    },
  );
});
