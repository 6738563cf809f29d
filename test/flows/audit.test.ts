import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningApp, runApp } from '../support/app.ts';
import { VisitedPage, type Visitor } from '../support/visitor.ts';
import {
  aBrowser,
  givePassword,
  signIn,
  signInOf,
  somebody,
  toChallenge,
  told,
  toPassword,
  wrongCode,
} from './people.ts';

const reference = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/;

describe('what the audit log is told', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  it('a first sign-in: what was refused, set up and completed, each with who, where, which sign-in and a number', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const browser = await toPassword(app, aBrowser(app));
    const uid = signInOf(browser);
    await browser.fill({ identifier: person.username, password: 'not the right one' }).submit();
    await givePassword(browser, person);
    await browser.submit(/get started/i);
    const secret = browser.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
    await browser.fill({ code: wrongCode(app, { ...person, secret }) }).submit();
    await browser.fill({ code: app.code(secret) }).submit();
    expect(browser.page.url.origin).toBe(app.demoOrigin);

    const entries = await told(app, 'web1', { signIn: uid });
    expect(entries.map(({ type }) => type).sort()).toEqual(
      [
        ...['browser.known', 'method.added', 'password.refused', 'second_factor.refused', 'set_up.begun'],
        'sign_in.completed',
      ].sort(),
    );
    for (const entry of entries) {
      expect(entry).toMatchObject({
        subject: person.user.id,
        actor: { kind: 'person', id: person.user.id },
        portal: 'web1-mail',
        address: '127.0.0.1',
        browser: 'Firefox on Linux',
        reference: expect.stringMatching(reference),
      });
      expect((await told(app, 'web1', { reference: entry.reference ?? '' })).map(({ seq }) => seq)).toContain(
        entry.seq,
      );
    }
    const completed = entries.find(({ type }) => type === 'sign_in.completed');
    expect(completed?.details).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'], builtOnSession: false });
  });

  it('a guess at nobody: that it was, and nothing of what was typed', async () => {
    const browser = await toPassword(app, aBrowser(app));
    await browser.fill({ identifier: 'planted-identifier@nowhere.example', password: 'planted password' }).submit();
    const entries = await told(app, 'web1', { signIn: signInOf(browser) });
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ type: 'password.refused', actor: { kind: 'system' } });
    expect(JSON.stringify(entries)).not.toMatch(/planted/);
  });

  const errorPages: readonly (readonly [string, (browser: Visitor) => Promise<unknown>])[] = [
    [
      'a portal that nobody knows',
      (browser) => browser.visit(`${app.origin}/realms/web1/auth?client_id=nobody&response_type=code`),
    ],
    [
      'a sign-out to a strange address',
      (browser) =>
        browser.visit(
          `${app.origin}/realms/web1/session/end?client_id=web1-mail&post_logout_redirect_uri=https://evil.example/`,
        ),
    ],
  ];

  it.each(errorPages)('an error page’s number leads to its record: %s', async (_, act) => {
    const browser = aBrowser(app);
    await act(browser);
    expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'error', status: 400 });
    const number = browser.page.textOf('.reference') ?? '';
    expect(number).toMatch(reference);
    const [entry, ...others] = await told(app, 'web1', { reference: number });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      type: 'request.refused',
      actor: { kind: 'system' },
      address: '127.0.0.1',
      details: { code: 'bad_request', status: 400 },
    });
  });

  it('an error page’s number leads to its record: a form with a wrong token, in the sign-in it was sent to', async () => {
    const browser = await toPassword(app, aBrowser(app));
    const uid = signInOf(browser);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'csrf=forged&identifier=owner&password=planted';
    const answer = await browser.request(browser.page.url, { method: 'POST', headers, body, from: browser.page.url });
    expect(answer.status).toBe(403);
    const number = new VisitedPage([answer]).textOf('.reference') ?? '';
    expect(number).toMatch(reference);
    const [entry] = await told(app, 'web1', { reference: number });
    expect(entry).toMatchObject({ type: 'request.refused', signIn: uid, details: { code: 'forbidden', status: 403 } });
    expect(JSON.stringify(entry)).not.toContain('planted');
  });

  it('an address that does not exist shows no number and leaves no record', async () => {
    const before = (await told(app, 'web1', {})).length;
    const browser = aBrowser(app);
    await browser.visit(`${app.origin}/realms/web1/no-such-page`);
    expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'error', status: 404 });
    expect(browser.page.textOf('.reference')).toBeUndefined();
    expect(await told(app, 'web1', {})).toHaveLength(before);
  });

  it('nobody fills the log by asking for nonsense', async () => {
    const browser = aBrowser(app);
    const before = (await told(app, 'plain', {})).length;
    for (let asked = 0; asked < 80; asked += 1) {
      const answer = await browser.request(`${app.origin}/realms/plain/auth?client_id=nobody`);
      expect(answer.status).toBe(400);
    }
    expect((await told(app, 'plain', {})).length - before).toBe(60);
    app.clock.advance(60_000);
    await browser.request(`${app.origin}/realms/plain/auth?client_id=nobody`);
    expect((await told(app, 'plain', {})).length - before).toBe(61);
  });

  it('S2: no record, no log line and no file of the database holds a password, code, seed or secret', async () => {
    const person = await somebody(app);
    const browser = await toChallenge(app, aBrowser(app), person);
    await browser.fill({ code: wrongCode(app, person) }).submit();
    await signIn(app, aBrowser(app), person);
    const entries = JSON.stringify([await told(app, 'web1', {}), await told(app, 'plain', {})]);
    const planted = [
      person.password,
      person.secret,
      'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      'seven green bicycles',
      'web1-mail-development-secret',
      'plain-notes-development-secret',
    ];
    const files = await readdir(app.dataDir);
    const contents = await Promise.all(
      files.map((file) => readFile(join(app.dataDir, file)).catch(() => Buffer.alloc(0))),
    );
    expect(contents.reduce((sum, content) => sum + content.length, 0)).toBeGreaterThan(10_000);
    for (const secret of planted) {
      expect(entries).not.toContain(secret);
      expect(app.log()).not.toContain(secret);
      for (const content of contents)
        expect({ secret, found: content.includes(secret) }).toEqual({ secret, found: false });
    }
  });

  it('S2: no answer to a browser holds a password, a seed or a portal’s secret, not even what was just typed', async () => {
    const person = await somebody(app);
    const browser = aBrowser(app);
    const answers: string[] = [];
    const keep = () => {
      for (const { body, headers } of browser.page.hops) answers.push(body, JSON.stringify(headers));
    };
    await toPassword(app, browser);
    keep();
    await browser.fill({ identifier: person.username, password: 'not the right one' }).submit();
    keep();
    await givePassword(browser, person);
    keep();
    await browser.fill({ code: wrongCode(app, person) }).submit();
    keep();
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    keep();
    await browser.visit(`${app.origin}/realms/web1/auth?client_id=nobody`);
    keep();
    expect(answers.length).toBeGreaterThan(12);
    for (const secret of [person.password, 'not the right one', person.secret, 'web1-mail-development-secret'])
      expect({ secret, found: answers.some((answer) => answer.includes(secret)) }).toEqual({ secret, found: false });
  });

  it('the chain of each realm holds after all of it', async () => {
    for (const realm of ['web1', 'plain']) expect(await app.app.audit.verify(realm)).toMatchObject({ ok: true });
  });
});
