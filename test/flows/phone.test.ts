import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningApp, runApp } from '../support/app.ts';
import { TwilioServer } from '../support/twilio.ts';
import { aBrowser, somebody, told } from './people.ts';
import { aNumber, otherThan, somebodyPhoned, toCode, toEnrolment } from './phones.ts';

const system = { kind: 'system' } as const;

describe('codes by text message', () => {
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

  it('are set up in two pages, and asked for at the next sign-in: amr sms, acr mfa', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const number = aNumber();
    const visitor = await toEnrolment(app, person);
    await visitor
      .fill({ phone: ` ${number.slice(0, 3)} ${number.slice(3, 6)}-${number.slice(6)} `, channel: 'sms' })
      .submit();
    expect(visitor.page.step).toBe('enrol-phone');
    expect(visitor.page.text).toContain(`ending in ${number.slice(-2)}`);
    expect(visitor.page.html).not.toContain(number.slice(1));
    expect(twilio.last).toMatchObject({ kind: 'Messages', to: number });
    // WICG origin-bound one-time codes: the last line.
    expect(twilio.last.body.split('\n').at(-1)).toBe(`@localhost #${twilio.code}`);

    await visitor.fill({ code: otherThan(twilio.code) }).submit();
    expect(visitor.page.step).toBe('enrol-phone');
    expect(visitor.page.alerts.join()).toMatch(/not the code/i);
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);

    app.clock.advance(3_600_000);
    const before = twilio.asked.length;
    const later = await toCode(app, person);
    expect(twilio.asked).toHaveLength(before + 1);
    await later.reload();
    expect(twilio.asked).toHaveLength(before + 1);
    await later.fill({ code: twilio.code }).submit();
    expect(later.page.url.origin).toBe(app.demoOrigin);
    expect(later.page.text).toMatch(/mfa/);
    const [done] = await told(app, 'web1', { type: 'sign_in.completed', subject: person.user.id });
    expect(done?.details).toMatchObject({ acr: 'mfa', amr: ['pwd', 'sms', 'mfa'] });
  });

  it('N7: come with a warning before a number is bound, and with better ways on the same page', async () => {
    const visitor = await toEnrolment(app, await somebody(app, 'web1', { hasApp: false }));
    expect(visitor.page.text).toMatch(/protect less than other ways/i);
    expect(visitor.page.text).toMatch(/authenticator app or a passkey protects you better/i);
    await visitor.submit(/choose another/i);
    expect(visitor.page.step).toBe('choose-method');
    await visitor.submit(/authenticator app/i);
    expect(visitor.page.step).toBe('enrol-app');
  });

  it.each([
    ['letters', 'call me'],
    ['too few digits', '+49 12'],
    ['a country that is none', '+999 1234567'],
    ['nothing', ' '],
    ['an operator', '{"$ne":null}'],
  ])('refuse a number of %s, and send nothing', async (_, phone) => {
    const before = twilio.requests;
    const visitor = await toEnrolment(app, await somebody(app, 'web1', { hasApp: false }));
    await visitor.fill({ phone, channel: 'sms' }).submit();
    expect(visitor.page.step).toBe('enrol-phone');
    expect(visitor.page.alerts.join()).toMatch(/country code/i);
    expect(twilio.requests).toBe(before);
  });

  it('go to another number when the person starts over, and the first code is worth nothing then', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const visitor = await toEnrolment(app, person);
    await visitor.fill({ phone: aNumber(), channel: 'sms' }).submit();
    const first = twilio.code;
    await visitor.submit(/start over/i);
    const number = aNumber();
    await visitor.fill({ phone: number, channel: 'sms' }).submit();
    expect(twilio.last.to).toBe(number);
    if (twilio.code !== first) {
      await visitor.fill({ code: first }).submit();
      expect(visitor.page.step).toBe('enrol-phone');
    }
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it.each([
    [10 * 60 - 1, true],
    [10 * 60, false],
    [10 * 60 + 1, false],
  ])('N3, fault 36: after %i seconds a code is taken: %s', async (seconds, isTaken) => {
    const person = await somebodyPhoned(app, twilio);
    const visitor = await toCode(app, person);
    app.clock.advance(seconds * 1000);
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin === app.demoOrigin).toBe(isTaken);
    if (isTaken) return;
    expect(visitor.page.alerts.join()).toMatch(/too old/i);
    // No guess, and a new one can be asked for.
    expect((await told(app, 'web1', { type: 'second_factor.refused', subject: person.user.id })).length).toBe(0);
    await visitor.submit('channel=sms');
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('A4: are good only in the sign-in that asked for them', async () => {
    const person = await somebodyPhoned(app, twilio);
    const one = await toCode(app, person);
    const code = twilio.code;
    const other = await toCode(app, person);
    const others = twilio.code;
    if (code !== others) {
      await other.fill({ code }).submit();
      expect(other.page.step).toBe('challenge');
    }
    await other.fill({ code: others }).submit();
    expect(other.page.url.origin).toBe(app.demoOrigin);
    await one.fill({ code }).submit();
    expect(one.page.url.origin).toBe(app.demoOrigin);
  });

  it('N1: of 50 parallel posts of a right code one signs in', async () => {
    const person = await somebodyPhoned(app, twilio);
    const stopAt = [app.demoOrigin, `${app.origin}/realms/web1/auth/`];
    const visitor = await toCode(app, person, aBrowser(app, { stopAt: [...stopAt] }));
    const uid = visitor.page.url.pathname.split('/')[4] ?? '';
    const pages = await visitor.submitTogether(Array.from({ length: 50 }, () => ({ code: twilio.code })));
    expect(pages.filter((page) => page.status >= 500)).toEqual([]);
    expect(await told(app, 'web1', { type: 'sign_in.completed', signIn: uid })).toHaveLength(1);
  });

  it('fault 16: end the sign-in after five wrong ones, whichever way they were sent', async () => {
    const person = await somebodyPhoned(app, twilio);
    const visitor = await toCode(app, person);
    for (let wrong = 0; wrong < 3; wrong += 1) await visitor.fill({ code: otherThan(twilio.code) }).submit();
    app.clock.advance(31_000);
    await visitor.submit('channel=voice');
    await twilio.listen();
    for (let wrong = 0; wrong < 2; wrong += 1) await visitor.fill({ code: otherThan(twilio.code) }).submit();
    expect(visitor.page.step).toBe('refused');
  });

  it('are sent again after a while, and the old one is dead', async () => {
    const person = await somebodyPhoned(app, twilio);
    const visitor = await toCode(app, person);
    const first = twilio.code;
    const sent = twilio.asked.length;
    await visitor.submit('channel=sms');
    expect(visitor.page.alerts.join()).toMatch(/only just sent/i);
    expect(twilio.asked).toHaveLength(sent);
    app.clock.advance(31_000);
    await visitor.reload();
    const pages = await visitor.submitTogether(10, 'channel=sms');
    expect(pages.every((page) => page.status < 400)).toBe(true);
    expect(twilio.asked).toHaveLength(sent + 1);
    if (first !== twilio.code) {
      await visitor.fill({ code: first }).submit();
      expect(visitor.page.step).toBe('challenge');
    }
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('are sent once for a page that is loaded by many tabs at the same moment', async () => {
    const person = await somebodyPhoned(app, twilio);
    const sent = twilio.asked.length;
    const visitor = aBrowser(app);
    await visitor.visit(`${app.demoOrigin}/web1-mail/sign-in`);
    await visitor.fill({ identifier: person.username, password: person.password }).submitOnce();
    const address = visitor.page.location ?? '';
    await Promise.all(Array.from({ length: 10 }, () => visitor.tab().visit(address)));
    expect(twilio.asked).toHaveLength(sent + 1);
  });

  it('say whether they arrived, as the provider tells it, signed and in any order', async () => {
    const visitor = await toCode(app, await somebodyPhoned(app, twilio));
    expect(visitor.page.text).toMatch(/on its way/i);
    expect((await twilio.status(twilio.last, 'delivered')).status).toBe(204);
    expect((await visitor.reload()).text).toMatch(/was delivered/i);
    // Late, and twice.
    await twilio.status(twilio.last, 'sent');
    await twilio.status(twilio.last, 'delivered');
    expect((await visitor.reload()).text).toMatch(/was delivered/i);

    const other = await toCode(app, await somebodyPhoned(app, twilio));
    await twilio.status(twilio.last, 'undelivered');
    expect((await other.reload()).text).toMatch(/not reachable: try a call|not reachable\. Try a call/i);
    expect(other.page.forms.some((form) => form.buttons.some(({ value }) => value === 'voice'))).toBe(true);
  });

  it('believe no callback that Twilio did not sign for this very address', async () => {
    const visitor = await toCode(app, await somebodyPhoned(app, twilio));
    const address = twilio.last.fields.get('StatusCallback') ?? '';
    const fields = { MessageStatus: 'delivered' };
    expect((await twilio.post(address, fields, 'another-token-of-thirty-two-chars')).status).toBe(403);
    expect((await fetch(address, { method: 'POST', body: new URLSearchParams(fields) })).status).toBe(403);
    const elsewhere = address.replace(/status\/.*/, 'status/AAAAAAAAAAAAAAAAAAAAAA');
    const signed = await twilio.post(elsewhere, fields);
    expect(signed).toEqual({ status: 204, text: '' });
    expect((await visitor.reload()).text).toMatch(/on its way/i);
  });

  it('fault 42: do not tell whose number somebody types', async () => {
    const taken = await somebodyPhoned(app, twilio);
    const pageAfter = async (phone: string) => {
      const visitor = await toEnrolment(app, await somebody(app, 'web1', { hasApp: false }));
      await visitor.fill({ phone, channel: 'sms' }).submit();
      return { status: visitor.page.status, step: visitor.page.step, text: visitor.page.textOf('form') };
    };
    const [known, fresh] = [await pageAfter(taken.number), await pageAfter(taken.number.replace(/.(..)$/, '7$1'))];
    expect(known).toEqual(fresh);
  });

  it('are not sent where a level forbids text messages, nor where it forbids both', async () => {
    const person = await somebodyPhoned(app, twilio);
    await app.app.realms.set('web1', 'policy.sms', 'not', system);
    const called = await toCode(app, person);
    expect(twilio.last.kind).toBe('Calls');
    expect(called.page.forms.some((form) => form.buttons.some(({ value }) => value === 'sms'))).toBe(false);
    await app.app.realms.set('web1', 'policy.voice', 'not', system);
    const sent = twilio.requests;
    const nobody = aBrowser(app);
    await nobody.visit(`${app.demoOrigin}/web1-mail/sign-in`);
    await nobody.fill({ identifier: person.username, password: person.password }).submit();
    expect(twilio.requests).toBe(sent);
    expect(nobody.page.text).not.toMatch(/text message to the number/i);
    await app.app.realms.set('web1', 'policy.sms', 'allowed', system);
    await app.app.realms.set('web1', 'policy.voice', 'allowed', system);
  });

  it('go to several numbers of one person, told apart by their last digits', async () => {
    const person = await somebodyPhoned(app, twilio);
    const other = aNumber();
    const data = { hash: 'of another', lastTwo: other.slice(-2), way: 'sms' };
    const secret = JSON.stringify({ number: other });
    const about = { realm: 'web1', userId: person.user.id, kind: 'phone', data, secret };
    await app.app.factors.methods.add(about, { actor: system });
    const visitor = await toCode(app, person);
    expect(twilio.last.to).toBe(person.number);
    const first = twilio.code;
    await visitor.submit(new RegExp(`codes by phone… ${other.slice(-2)}`, 'i'));
    expect(twilio.last.to).toBe(other);
    if (first !== twilio.code) {
      await visitor.fill({ code: first }).submit();
      expect(visitor.page.step).toBe('challenge');
    }
    await visitor.fill({ code: twilio.code }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('come by call to somebody who switched text messages off', async () => {
    const person = await somebodyPhoned(app, twilio);
    const [method] = await app.app.factors.methods.of('web1', person.user.id);
    const off = { allowsSms: false };
    await app.app.factors.methods.update(method?.id ?? '', (now) => ({ ...now, data: { ...now.data, ...off } }));
    const visitor = await toCode(app, person);
    expect(twilio.last.kind).toBe('Calls');
    expect(visitor.page.forms.some((form) => form.buttons.some(({ value }) => value === 'sms'))).toBe(false);
  });

  it('fault 19, S2: stand in no answer, no log line, no audit entry and no file', async () => {
    const person = await somebodyPhoned(app, twilio);
    const visitor = await toCode(app, person);
    const { code } = twilio;
    const shown = [visitor.page.html, JSON.stringify(visitor.page.hops.map(({ headers }) => headers))].join();
    await visitor.fill({ code }).submit();
    await told(app, 'web1', {});
    const entries = JSON.stringify((await app.app.audit.list('web1', { limit: 500 })).items);
    const digits = person.number.slice(1);
    const files = await readdir(app.dataDir, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes(digits)).toBe(false);
    }
    for (const text of [shown, app.log(), entries]) expect(text).not.toContain(digits);
    for (const text of [shown, app.log()]) expect(text).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)`));
  });
});
