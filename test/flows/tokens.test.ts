import type { RunningApp } from '../support/app.ts';
import { runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { operator, parts, press, secret, shown, wrong } from '../tokens/tokens-for-tests.ts';
import { aBrowser, givePassword, type Somebody, somebody, toPassword } from './people.ts';

describe('tokens by Credential ID', () => {
  let app: RunningApp;
  let made = 0;
  beforeAll(async () => {
    app = await runApp();
    await app.app.realms.set('web1', 'policy.methods', ['token'], { kind: 'system' });
  });
  afterAll(() => app.close());
  beforeEach(() => app.clock.advance(24 * 3_600_000));
  afterEach(async () => {
    for (const rule of ['tokenCodes', 'preassignedTokensOnly'])
      await app.app.realms.set('web1', `policy.${rule}`, undefined, { kind: 'system' });
  });

  /** A new token in the inventory; its Credential ID. */
  async function aToken(kind: 'totp' | 'hotp' = 'totp'): Promise<string> {
    made += 1;
    const id = `GHST${String(made).padStart(8, '0')}`;
    const file = `credential_id,kind,seed_base64\n${id},${kind},${secret}\n`;
    const imported = await app.app.tokens.import({ realm: 'web1', source: parts(file) }, operator);
    expect(imported.ok).toBe(true);
    return id;
  }
  const now = (steps = 0) => shown(app.clock.now(), steps);
  const say = (rule: string, value: unknown) => app.app.realms.set('web1', `policy.${rule}`, value, { kind: 'system' });

  async function toEnrolment(person: Somebody): Promise<Visitor> {
    const visitor = await givePassword(await toPassword(app, aBrowser(app)), person);
    await visitor.submit(/get started/i);
    expect(visitor.page.step).toBe('enrol-token');
    return visitor;
  }
  async function toChallenge(person: Somebody): Promise<Visitor> {
    const visitor = await givePassword(await toPassword(app, aBrowser(app)), person);
    expect(visitor.page.step).toBe('challenge');
    return visitor;
  }
  async function withToken(kind: 'totp' | 'hotp' = 'totp'): Promise<Somebody & { readonly id: string }> {
    const [person, id] = [await somebody(app, 'web1', { hasApp: false }), await aToken(kind)];
    const visitor = await toEnrolment(person);
    await visitor.fill({ credential_id: id, security_code_1: kind === 'totp' ? now() : press(0) }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
    app.clock.advance(120_000);
    return { ...person, id };
  }
  const isSignedIn = (visitor: Visitor) => visitor.page.url.origin === app.demoOrigin;

  it('are registered with id and code, and asked for at the next sign-in', async () => {
    const [person, id] = [await somebody(app, 'web1', { hasApp: false }), await aToken()];
    const visitor = await toEnrolment(person);
    const typed = {
      credential_id: id.toLowerCase().replace('ghst', 'ghst - '),
      security_code_1: now(),
      name: 'Key ring',
    };
    await visitor.fill(typed).submit();
    expect(isSignedIn(visitor)).toBe(true);
    expect(visitor.page.text).toMatch(/mfa/);

    const again = await toChallenge(person);
    expect(again.page.text).toContain('Key ring');
    await again.fill({ code: now() }).submit();
    expect(again.page.alerts.join()).toContain('used before');
    app.clock.advance(30_000);
    await again.fill({ code: now() }).submit();
    expect(isSignedIn(again)).toBe(true);
  });

  it('A2: that are unknown, somebody else’s or shown with a wrong code are answered by the very same page', async () => {
    const theirs = (await withToken()).id;
    const mine = await aToken();
    const pages: string[] = [];
    for (const [id, code] of [
      [mine, wrong(app.clock.now())],
      ['GHST99999999', now()],
      [theirs, now()],
      ['?', now()],
    ] as const) {
      const visitor = await toEnrolment(await somebody(app, 'web1', { hasApp: false }));
      await visitor.fill({ credential_id: id, security_code_1: code }).submit();
      expect(visitor.page.status).toBe(200);
      expect(visitor.page.attribute('[name=credential_id]', 'value')).toBe(id);
      expect(visitor.page.attribute('[name=security_code_1]', 'value')).toBeUndefined();
      pages.push([visitor.page.step, visitor.page.title, ...visitor.page.alerts].join());
    }
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain('cannot be registered');
  });

  it('N2: five wrong ones end the sign-in that registers, whichever ids were tried', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const visitor = await toEnrolment(person);
    for (let tries = 0; tries < 5; tries += 1) {
      expect(visitor.page.step).toBe('enrol-token');
      await visitor.fill({ credential_id: `GHST9999000${tries}`, security_code_1: now() }).submit();
    }
    expect(visitor.page.step).toBe('refused');
  });

  it('faults 16, 18: five wrong codes end a sign-in; at ten the person is held', async () => {
    const person = await withToken();
    for (let round = 0; round < 2; round += 1) {
      const visitor = await toChallenge(person);
      for (let tries = 0; tries < 5; tries += 1) await visitor.fill({ code: wrong(app.clock.now(), tries) }).submit();
      expect(visitor.page.step).toBe('refused');
    }
    const held = await givePassword(await toPassword(app, aBrowser(app)), person);
    expect(held.page.step).toBe('held');
  });

  it('R2: that fell out of step are brought back with two codes, offered after two misses', async () => {
    const person = await withToken('hotp');
    const visitor = await toChallenge(person);
    await visitor.fill({ code: press(40) }).submit();
    expect(visitor.page.all('[name=next_code]')).toHaveLength(0);
    await visitor.fill({ code: press(41) }).submit();
    expect(visitor.page.all('[name=next_code]')).toHaveLength(1);
    expect(visitor.page.text).toContain('help@web1.example');
    await visitor.fill({ code: press(42), next_code: press(43) }).submit();
    expect(isSignedIn(visitor)).toBe(true);

    const later = await toChallenge(person);
    expect(later.page.all('[name=next_code]')).toHaveLength(0);
    await later.fill({ code: press(44) }).submit();
    expect(isSignedIn(later)).toBe(true);
  });

  it('N1: 50 parallel posts of one right code sign in exactly once', async () => {
    const person = await withToken();
    const visitor = await givePassword(
      await toPassword(app, aBrowser(app, { stopAt: [app.demoOrigin, `${app.origin}/realms/web1/auth/`] })),
      person,
    );
    const pages = await visitor.submitTogether(Array.from({ length: 50 }, () => ({ code: now() })));
    expect(pages.every((page) => page.status < 500)).toBe(true);
    await app.app.drain();
    const { items } = await app.app.audit.list('web1', { type: 'sign_in.completed', limit: 50 });
    const uid = visitor.page.url.pathname.split('/')[4];
    expect(items.filter((entry) => entry.signIn === uid)).toHaveLength(1);
  });

  it('may be wanted with two consecutive codes, and only if assigned beforehand', async () => {
    await say('tokenCodes', 'two');
    await say('preassignedTokensOnly', 'yes');
    const person = await somebody(app, 'web1', { hasApp: false });
    const [other, id] = [await aToken(), await aToken()];
    const refused = await givePassword(await toPassword(app, aBrowser(app)), person);
    expect(refused.page.step).toBe('refused');

    await app.app.tokens.assign('web1', id, person.user.id, 1, operator);
    const visitor = await toEnrolment(person);
    const two = { security_code_1: now(-1), security_code_2: now() };
    await visitor.fill({ credential_id: other, ...two }).submit();
    expect(visitor.page.alerts.join()).toContain('cannot be registered');
    await visitor.fill({ credential_id: id, ...two }).submit();
    expect(isSignedIn(visitor)).toBe(true);
  });

  it('that are set aside for an organization are for its members', async () => {
    const { tenancy } = app.app.people;
    const added = await tenancy.organizations.add({ realm: 'web1', name: 'Acme' }, operator);
    if (!added.ok) throw new Error(added.why);
    const organization = added.organization.id;
    const file = `credential_id,seed_base64,organization\nACME12345678,${secret},${organization}\n`;
    await app.app.tokens.import({ realm: 'web1', source: parts(file) }, operator);
    const form = { credential_id: 'ACME12345678', security_code_1: now() };
    const stranger = await toEnrolment(await somebody(app, 'web1', { hasApp: false }));
    await stranger.fill(form).submit();
    expect(stranger.page.alerts.join()).toContain('cannot be registered');
    const person = await somebody(app, 'web1', { hasApp: false });
    const membership = {
      realm: 'web1',
      organization,
      userId: person.user.id,
      role: 'member',
      isAccepted: true,
    } as const;
    expect((await tenancy.memberships.add(membership, operator)).ok).toBe(true);
    const member = await toEnrolment(person);
    await member.fill(form).submit();
    expect(isSignedIn(member)).toBe(true);
  });

  it('that are lost let nobody in, and say so when the code is right', async () => {
    const person = await withToken();
    await app.app.tokens.block('web1', person.id, 'lost', operator);
    const visitor = await toChallenge(person);
    await visitor.fill({ code: now() }).submit();
    expect(visitor.page.step).toBe('challenge');
    expect(visitor.page.alerts.join()).toContain('can no longer be used');
  });

  it('are offered where every kind is allowed only if the realm has any', async () => {
    await app.app.realms.set('plain', 'policy.methods', ['*'], { kind: 'system' });
    await app.app.realms.set('plain', 'policy.secondFactor', 'required', { kind: 'system' });
    const toMethods = async () => {
      const visitor = aBrowser(app);
      await visitor.visit(`${app.demoOrigin}/plain-notes/sign-in`);
      await visitor.fill({ identifier: 'emil@plain.example', password: 'marble fox on tuesday' }).submit();
      await visitor.submit(/get started|los|start/i);
      return visitor.page.html;
    };
    expect(await toMethods()).not.toContain('token');
    const file = `credential_id,seed_base64\nGHST12345678,${secret}\n`;
    await app.app.tokens.import({ realm: 'plain', source: parts(file) }, operator);
    expect(await toMethods()).toContain('token');
  });

  it('S2: leave no seed in the log', () => {
    expect(app.log()).not.toContain(secret);
    expect(app.log()).not.toContain('12345678901234567890');
  });
});
