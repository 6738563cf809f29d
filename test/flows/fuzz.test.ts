import fc from 'fast-check';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Answer, Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, toChallenge, toPassword } from './people.ts';

const runs = 300;

/** Comes back unescaped only where a page reflects markup. */
const marker = '"\'><xss onfocus=x>';

const fieldNames = fc.constantFrom(
  ...['identifier', 'password', 'new_password', 'confirm_password', 'code', 'method', 'credential_id', 'name', 'xsrf'],
  ...[
    'logout',
    'csrf',
    '_method',
    '__proto__',
    'constructor',
    'code[]',
    'code[$ne]',
    'a.b',
    '$where',
    '',
    'x'.repeat(70),
  ],
);
const texts = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    marker,
    `${marker}123456`,
    '\0',
    '%',
    '%zz',
    '%c0%ae',
    '{{7*7}}',
    '${7*7}',
    '../../etc/passwd',
    '-1',
    '1e999',
  ),
  fc.constantFrom('\ud800', '\u202e', '🧨'.repeat(300), 'x'.repeat(3000), "' OR 1=1 --", '{"$gt":""}'),
);
const fields = fc.array(fc.tuple(fieldNames, texts), { maxLength: 8 });
const bodies = fc.oneof(
  { weight: 4, arbitrary: fields.map((pairs) => ({ type: 'application/x-www-form-urlencoded', body: encode(pairs) })) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom(
        'application/x-www-form-urlencoded',
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
        '',
        '%',
      ),
      body: fc.oneof(
        fc.string({ maxLength: 200 }),
        fc.json(),
        fc.constantFrom('&&&', '=', '&=&=', 'a=%', 'a=%ff', 'a=1&'.repeat(200)),
      ),
    }),
  },
);

function encode(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');
}

function expectUnharmed(answer: Answer): void {
  expect(answer.status).toBeLessThan(500);
  expect(answer.body).not.toContain('<xss');
  expect(JSON.stringify(answer.headers)).not.toContain('<xss');
  if (answer.location !== undefined) expect(answer.location.hostname).toBe('localhost');
}

describe('B3: whatever is posted, forms neither fail nor reflect it', () => {
  let app: RunningApp;
  let person: Somebody;
  let fresh: Somebody;
  beforeAll(async () => {
    app = await runApp();
    [person, fresh] = [await somebody(app), await somebody(app, 'web1', { hasApp: false })];
  });
  afterAll(() => app.close());

  /** A browser on the page of this form. */
  const atPassword = () => toPassword(app, aBrowser(app));
  const atChallenge = () => toChallenge(app, aBrowser(app), person);
  const atProtect = async () => givePassword(await toPassword(app, aBrowser(app)), fresh);
  const atEnrol = async () => {
    const browser = await atProtect();
    await browser.submit(/get started/i);
    return browser;
  };
  // Whoever agreed is not asked again.
  const atConsent = async () => {
    const reader = await somebody(app, 'plain', { hasApp: false });
    return givePassword(await toPassword(app, aBrowser(app), 'plain-notes'), reader);
  };
  const atInvitation = async () => {
    const actor = { kind: 'operator' } as const;
    await app.app.people.invite({ realm: 'web1', name: 'Ina Vited', email: 'ina@web1.example' }, actor);
    while ((await app.app.drain()) > 0);
    while ((await app.app.messaging.workOnce()) > 0);
    const { items } = await app.app.messaging.outbox.list({ limit: 50 });
    const mail = items.find(({ to }) => to === 'ina@web1.example');
    const [link = ''] = /http:\S+\/invitation\/\S+/.exec(mail?.text ?? '') ?? [];
    const browser = aBrowser(app);
    await browser.visit(link);
    expect(browser.page.step).toBe('invitation');
    return browser;
  };
  const atSignOut = async () => {
    const browser = await atConsent();
    await browser.submit('/consent');
    await browser.submit(/sign out/i);
    return browser;
  };

  const forms: readonly (readonly [string, string, () => Promise<Visitor>])[] = [
    ['password', '/password', atPassword],
    ['restart', '/restart', atPassword],
    ['challenge', '/challenge', atChallenge],
    ['another method', '/challenge/method', atChallenge],
    ['protect-account', '/protect-account', atProtect],
    ['postpone', '/postpone', atProtect],
    ['new-password', '/new-password', atProtect],
    ['enrol-app', '/enrol/totp', atEnrol],
    ['an unknown kind to enrol', '/enrol/__proto__', atEnrol],
    ['consent', '/consent', atConsent],
    ['cancel', '/cancel', atConsent],
    ['invitation', '', atInvitation],
    ['sign-out', '', atSignOut],
  ];

  it.each(forms)('%s', async (_, path, arrive) => {
    const browser = await arrive();
    const { url } = browser.page;
    // What makes a form ours: the tokens of the page it stands on.
    const hidden = browser.page.all('main [name=csrf], main [name=xsrf], main [name=made_for]');
    const tokens = [
      ...new Map(hidden.map((field) => [field.getAttribute('name') ?? '', field.getAttribute('value') ?? ''])),
    ];
    const base = /^(.*\/sign-in\/[^/]+)/.exec(url.href)?.[1];
    const target = base === undefined ? browser.page.forms.find(({ isInMain }) => isInMain)?.action : base + path;
    const statuses = new Set<number>();
    const post = fc.asyncProperty(bodies, fc.boolean(), async ({ type, body }, isOurs) => {
      const sent = isOurs ? [encode(tokens), body].filter((part) => part !== '').join('&') : body;
      const headers = type === '' ? {} : { 'content-type': type };
      const answer = await browser.request(target ?? '', { method: 'POST', headers, body: sent, from: url });
      statuses.add(answer.status);
      expectUnharmed(answer);
    });
    await fc.assert(post, { numRuns: runs });
    // It was this form that was tried: some posts were refused as malformed, some were not.
    expect(statuses.size).toBeGreaterThan(1);
    expect(statuses).not.toContain(404);
  });

  it.each([
    ['authorization requests', '/realms/web1/auth'],
    ['sign-out requests', '/realms/web1/session/end'],
  ])('%s, by GET and by POST', async (_, path) => {
    const names = fc.constantFrom(
      ...[
        'client_id',
        'response_type',
        'redirect_uri',
        'scope',
        'state',
        'nonce',
        'prompt',
        'max_age',
        'acr_values',
        'claims',
      ],
      ...[
        'login_hint',
        'ui_locales',
        'id_token_hint',
        'code_challenge',
        'code_challenge_method',
        'response_mode',
        'request',
      ],
      ...['post_logout_redirect_uri', 'request_uri', 'posted_request', '__proto__'],
    );
    const usual = fc.constantFrom(
      'web1-mail',
      'code',
      'openid',
      'S256',
      'none',
      'form_post',
      `${app.demoOrigin}/web1-mail/callback`,
      '{"id_token":{"acr":{"essential":true}}}',
    );
    const browser = aBrowser(app);
    const ask = fc.asyncProperty(
      fc.array(fc.tuple(names, fc.oneof(texts, usual)), { maxLength: 10 }),
      fc.boolean(),
      async (pairs, isPost) => {
        const query = encode(pairs.map(([name, value]) => [name, value.slice(0, 400)]));
        const url = `${app.origin}${path}`;
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        expectUnharmed(
          isPost
            ? await browser.request(url, { method: 'POST', headers, body: query, isBare: true })
            : await browser.request(`${url}?${query}`, { isBare: true }),
        );
      },
    );
    await fc.assert(ask, { numRuns: runs });
  });
});
