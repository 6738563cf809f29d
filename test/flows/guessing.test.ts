import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import {
  aBrowser,
  givePassword,
  type Somebody,
  signIn,
  signInOf,
  somebody,
  toChallenge,
  told,
  toPassword,
  wrongCode,
} from './people.ts';

const minutes = 60_000;

describe('guessing', () => {
  let app: RunningApp;
  beforeAll(async () => {
    // The tests speak as a proxy does, so that each visitor comes from an address of its own.
    app = await runApp({ env: { GATEHOUSE_TRUST_PROXY: '127.0.0.1' } });
  });
  afterAll(() => app.close());

  let visitors = 0;
  function aStranger(): Visitor {
    visitors += 1;
    return aBrowser(app, { headers: { 'x-forwarded-for': `10.${visitors >> 8}.${visitors & 255}.7` } });
  }

  async function guessPassword(visitor: Visitor, identifier: string) {
    const { page } = await visitor
      .fill({ identifier, password: 'not the right one' })
      .submit()
      .then(() => visitor);
    return { status: page.status, step: page.step, alerts: page.alerts };
  }

  const refusedCodes = (person: Somebody) =>
    told(app, 'web1', { type: 'second_factor.refused', subject: person.user.id });

  /** Five wrong codes: one sign-in's worth. */
  async function wasteSignIn(person: Somebody): Promise<Visitor> {
    const guesser = await toChallenge(app, aStranger(), person);
    for (let tries = 0; tries < 5; tries += 1) await guesser.fill({ code: wrongCode(app, person) }).submit();
    expect(guesser.page.step).toBe('refused');
    return guesser;
  }

  describe('a password', () => {
    it('A2: brings waits from the fifth on and a hold at the twentieth, alike for nobody at all', async () => {
      const person = await somebody(app);
      const told: unknown[][] = [];
      for (const identifier of [person.username, 'nobody-by-this-name']) {
        const stranger = await toPassword(app, aStranger());
        const answers: unknown[] = [];
        for (let guess = 1; guess <= 20; guess += 1) {
          if (guess % 6 === 0) await toPassword(app, stranger);
          // Within the wait nothing is judged; after it the next guess is.
          if (guess > 5) answers.push(await guessPassword(stranger, identifier));
          app.clock.advance(65_000);
          if (stranger.page.step !== 'password') await toPassword(app, stranger);
          answers.push(await guessPassword(stranger, identifier));
        }
        await toPassword(app, stranger);
        const held = await guessPassword(stranger, identifier);
        expect(held).toMatchObject({ status: 429, step: 'held' });
        answers.push({ ...held, text: stranger.page.text.replaceAll(/\d+/g, '#'), title: stranger.page.title });
        told.push(answers);
      }
      expect(told[0]).toEqual(told[1]);
    });

    it('does not hold the person in a browser that they are known by (fault 44), nor their second factor', async () => {
      const person = await somebody(app);
      const own = aStranger();
      await signIn(app, own, person);
      const stranger = aStranger();
      for (let guess = 1; guess <= 21; guess += 1) {
        await toPassword(app, stranger);
        await guessPassword(stranger, person.username);
        app.clock.advance(65_000);
      }
      const shutOut = await givePassword(await toPassword(app, aStranger()), person);
      expect(shutOut.page.step).toBe('held');

      await own.visit(`${app.demoOrigin}/web1-mail/sign-in?prompt=login`);
      await givePassword(own, person);
      expect(own.page.step).toBe('challenge');
      app.clock.advance(30_000);
      await own.fill({ code: app.code(person.secret) }).submit();
      expect(own.page.url.origin).toBe(app.demoOrigin);
    });

    it('a hold is announced by mail, once', async () => {
      const person = await somebody(app);
      const stranger = aStranger();
      for (let guess = 1; guess <= 24; guess += 1) {
        await toPassword(app, stranger);
        await guessPassword(stranger, person.username);
        app.clock.advance(guess < 20 ? 65_000 : 1000);
      }
      await told(app, 'web1', {});
      while ((await app.app.messaging.workOnce()) > 0);
      const { items } = await app.app.messaging.outbox.list({ limit: 50 });
      const mails = items.filter((mail) => mail.to === person.user.email);
      expect(mails).toHaveLength(1);
    });
  });

  describe('a code', () => {
    it('fault 9: five wrong ones end the sign-in; a right one then comes too late', async () => {
      const person = await somebody(app);
      const guesser = await toChallenge(app, aStranger(), person);
      const { url } = guesser.page;
      const form = guesser.page.forms.find((each) => each.names.has('code'));
      for (let tries = 0; tries < 5; tries += 1) await guesser.fill({ code: wrongCode(app, person) }).submit();
      expect({ step: guesser.page.step, status: guesser.page.status }).toEqual({ step: 'refused', status: 403 });
      app.clock.advance(30_000);
      const body = new URLSearchParams([['code', app.code(person.secret)]]);
      for (const [name, value] of form?.fields ?? []) if (name !== 'code') body.append(name, value);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const late = await guesser.request(url, { method: 'POST', headers, body: body.toString(), from: url });
      expect(late.status).toBe(403);
      expect(late.body).toContain('data-step="refused"');
      expect(await told(app, 'web1', { type: 'sign_in.completed', subject: person.user.id })).toEqual([]);
      const [ended] = await told(app, 'web1', { type: 'sign_in.ended', signIn: signInOf(guesser) });
      expect(ended?.details).toEqual({ because: 'guesses' });
    });

    it('N2, faults 7, 8, 18: logins in between reset nothing: 10 × 5 count 50, 20 × 5 lock, and nothing old goes on', async () => {
      const person = await somebody(app);
      for (let signIns = 1; signIns <= 10; signIns += 1) {
        await wasteSignIn(person);
        expect(await refusedCodes(person)).toHaveLength(signIns * 5);
        app.clock.advance(61 * minutes);
      }
      for (let signIns = 11; signIns <= 19; signIns += 1) {
        await wasteSignIn(person);
        app.clock.advance(61 * minutes);
      }
      const old = await toChallenge(app, aStranger(), person);
      await wasteSignIn(person);
      expect(await refusedCodes(person)).toHaveLength(100);
      expect(await told(app, 'web1', { type: 'user.second_factor_locked', subject: person.user.id })).toHaveLength(1);

      app.clock.advance(30_000);
      await old.fill({ code: app.code(person.secret) }).submit();
      expect({ step: old.page.step, status: old.page.status }).toEqual({ step: 'refused', status: 403 });
      app.clock.advance(24 * 60 * minutes);
      const next = await givePassword(await toPassword(app, aStranger()), person);
      expect({ step: next.page.step, status: next.page.status }).toEqual({ step: 'refused', status: 403 });
      expect(await refusedCodes(person)).toHaveLength(100);

      // Fault 18: an operator's word ends it, on record, and what was locked must be bound anew.
      await app.app.people.unlock('web1', person.user.id, { kind: 'operator' });
      const [unlocked] = await told(app, 'web1', { type: 'user.unlocked', subject: person.user.id });
      expect(unlocked?.actor).toEqual({ kind: 'operator' });
      const anew = await givePassword(await toPassword(app, aStranger()), person);
      expect(anew.page.step).toBe('protect-account');
    });

    it('fault 5: 200 parallel wrong codes are counted exactly: five in each sign-in, ten until the hold', async () => {
      const person = await somebody(app);
      const guessers = await Promise.all([1, 2, 3, 4].map(() => toChallenge(app, aStranger(), person)));
      const code = wrongCode(app, person);
      const pages = await Promise.all(
        guessers.map((guesser) => guesser.submitTogether(Array.from({ length: 50 }, () => ({ code })))),
      );
      expect(pages.flat().filter((page) => page.status >= 500 && page.status !== 503)).toEqual([]);
      const refused = await refusedCodes(person);
      expect(refused).toHaveLength(10);
      for (const guesser of guessers) {
        const uid = signInOf(guesser);
        expect(refused.filter((entry) => entry.signIn === uid).length).toBeLessThanOrEqual(5);
      }
      // And the right one is not judged either, while the hold lasts.
      const right = await givePassword(await toPassword(app, aStranger()), person);
      expect(right.page.step).toBe('held');
      app.clock.advance(16 * minutes);
      await signIn(app, aStranger(), person);
    });

    it.each([
      ['blank', 'code='],
      ['only blanks', 'code=%20%20%20%20%20%20'],
      ['missing', ''],
      ['a single digit', 'code=1'],
      ['five digits', 'code=12345'],
      ['seven digits', 'code=1234567'],
      ['twenty digits', `code=${'1'.repeat(20)}`],
      ['digits of another script', `code=${encodeURIComponent('١٢٣٤٥٦')}`],
      ['a sign', 'code=%2B12345'],
      ['an exponent', 'code=1e5555'],
      ['an array', 'code[]=123456'],
      ['an operator', 'code[$ne]=1'],
      ['an object', 'code.$gt='],
      ['given twice', 'code=111111&code=222222'],
      ['NUL in it', 'code=123%00456'],
      ['__proto__', '__proto__=1&code='],
      ['JSON', '{"code":{"$ne":null}}'],
    ])('faults 33, 34: a code that is %s is refused, counts nothing, and the sign-in goes on', async (_, fields) => {
      const person = await somebody(app);
      const browser = await toChallenge(app, aStranger(), person);
      const hidden = ['csrf', 'made_for'].map((name): [string, string] => [
        name,
        browser.page.attribute(`[name=${name}]`, 'value') ?? '',
      ]);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const body = `${new URLSearchParams(hidden).toString()}&${fields}`.replace(/&$/, '');
      const answer = await browser.request(browser.page.url, { method: 'POST', headers, body, from: browser.page.url });
      expect([400, 303]).toContain(answer.status);
      expect(await refusedCodes(person)).toEqual([]);
      app.clock.advance(30_000);
      await browser.fill({ code: app.code(person.secret) }).submit();
      expect(browser.page.url.origin).toBe(app.demoOrigin);
    });

    it('a JSON body is no form', async () => {
      const person = await somebody(app);
      const browser = await toChallenge(app, aStranger(), person);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ code: { $ne: null } });
      const answer = await browser.request(browser.page.url, { method: 'POST', headers, body, from: browser.page.url });
      expect(answer.status).toBe(400);
    });

    it('fault 19: is in no answer and in no log, and neither are secrets of any kind', async () => {
      const person = await somebody(app, 'web1', { hasApp: false });
      const browser = await givePassword(await toPassword(app, aStranger()), person);
      const seen = [...browser.page.hops];
      await browser.submit(/get started/i);
      const secret = browser.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
      const wrong = '987654';
      await browser.fill({ code: wrong }).submit();
      const right = app.code(secret);
      const used = `${right.slice(0, 3)} ${right.slice(3)}`;
      await browser.fill({ code: used }).submit();
      seen.push(...browser.page.hops);
      expect(browser.page.url.origin).toBe(app.demoOrigin);
      app.clock.advance(60_000);
      const again = await toChallenge(app, aStranger(), person);
      seen.push(...again.page.hops);
      const challenge = app.code(secret);
      await again.fill({ code: challenge }).submit();
      seen.push(...again.page.hops);
      for (const { body, headers } of seen) {
        for (const text of [body, JSON.stringify(headers)]) {
          expect(text).not.toContain(person.password);
          expect(text).not.toContain(secret);
          for (const code of [wrong, right, used, challenge]) expect(text).not.toContain(`"${code}"`);
        }
      }
      for (const text of [person.password, secret, `"${wrong}"`, `"${right}"`, used, `"${challenge}"`]) {
        expect(app.log()).not.toContain(text);
      }
    });
  });
});
