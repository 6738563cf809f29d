import { auditEvent } from '../../src/audit/index.ts';
import { policyCommandsOf } from '../../src/policy-commands.ts';
import { type Circumstances, replay } from '../../src/simulator/index.ts';
import { aBrowser, givePassword, type Somebody, somebody } from '../flows/people.ts';
import { aPortal, type TestPortal } from '../flows/portal.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { operator } from '../tokens/tokens-for-tests.ts';

describe('the simulator, where a sign-in is out of the ordinary', () => {
  let app: RunningApp;
  let notes: TestPortal;
  beforeAll(async () => {
    app = await runApp();
    notes = await aPortal(app, 'plain-notes');
  });
  afterAll(() => app.close());

  const rooms = () => policyCommandsOf(app.app, undefined, app.clock);

  const usual = (): Circumstances => ({
    ...{ at: app.clock.now(), acrValues: [], essentialAcr: [], isKnown: false, needsConsent: false },
    ...{ uses: [], postpones: false },
  });

  async function simulated(person: Somebody, portal: string, more: Partial<Circumstances> = {}) {
    const whom = { realm: person.user.realm, portal, userId: person.user.id };
    const played = await rooms().simulator.simulate(whom, { ...usual(), ...more });
    if (!played.ok) throw new Error(played.why);
    return { pages: played.steps.map(({ step }) => step as string), end: played.end };
  }

  it('has consent asked for after everything else, as the provider does, and once', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    const visitor = aBrowser(app, { stopAt: [app.demoOrigin] });
    const said = await simulated(person, 'plain-notes', { needsConsent: true });
    await visitor.visit((await notes.begin()).address);
    const pages = [visitor.page.step];
    await givePassword(visitor, person);
    pages.push(visitor.page.step);
    await visitor.submit('/consent');
    notes.answer(visitor);
    expect(said).toMatchObject({ pages, end: { end: 'done', acr: 'single', amr: ['pwd'] } });
    expect(await simulated(person, 'plain-notes')).toMatchObject({ pages: ['password'], end: { end: 'done' } });
  });

  it('cannot begin for who has no password yet', async () => {
    const invited = await somebody(app, 'web1', { hasApp: false });
    await app.app.people.update('web1', invited.user.id, ({ password: _password, ...user }) => user);
    expect(await simulated(invited, 'web1-mail')).toMatchObject({ pages: [], end: { end: 'cannot_begin' } });
  });

  it('plays nothing at a portal that is disabled, or for an organization that cannot be chosen', async () => {
    const person = await somebody(app);
    const { simulator } = rooms();
    const whom = { realm: 'web1', portal: 'web1-mail', userId: person.user.id };
    expect(await simulator.simulate(whom, { ...usual(), organization: 'none' })).toEqual({
      ok: false,
      why: 'not_a_choice',
    });
    expect(await simulator.simulate({ ...whom, portal: 'none' }, usual())).toEqual({ ok: false, why: 'no_portal' });
    expect(await simulator.simulate({ ...whom, realm: 'none' }, usual())).toEqual({ ok: false, why: 'no_realm' });
    expect(await simulator.simulate({ ...whom, userId: 'none' }, usual())).toEqual({ ok: false, why: 'no_person' });
    await app.app.realms.set('web1', 'portals.web1-mail.enabled', false, operator);
    expect(await simulator.simulate(whom, usual())).toEqual({ ok: false, why: 'portal_disabled' });
    await app.app.realms.set('web1', 'portals.web1-mail.enabled', true, operator);
  });

  it('forgets a remembered browser where the password must be another first, as the sign-in does', async () => {
    const person = await somebody(app);
    const rules = { secondFactor: 'optional', rememberBrowserDays: 30, passwordMinLength: 30 };
    await app.app.realms.setRules({ realm: 'web1' }, rules, operator);
    const remembered = { isKnown: true, rememberedAt: new Date(app.clock.now().getTime() - 60_000) };
    const short = await simulated(person, 'web1-mail', { ...remembered, passwordLength: 20 });
    const long = await simulated(person, 'web1-mail', { ...remembered, passwordLength: 30 });
    const before = { secondFactor: 'required', rememberBrowserDays: null, passwordMinLength: null };
    await app.app.realms.setRules({ realm: 'web1' }, before, operator);
    expect(short.pages).toEqual(['password', 'new-password', 'challenge']);
    expect(long.pages).toEqual(['password']);
  });

  it.each(['sms', 'voice'] as const)('foresees what a code by %s alone will say', async (way) => {
    const other = way === 'sms' ? 'voice' : 'sms';
    const rules = { methods: ['phone'], [other]: 'not', [way]: null };
    await app.app.realms.setRules({ realm: 'web1' }, rules, operator);
    const person = await somebody(app, 'web1', { hasApp: false });
    const said = await simulated(person, 'web1-mail');
    await app.app.realms.setRules({ realm: 'web1' }, { methods: ['totp'], sms: null, voice: null }, operator);
    const amr = ['pwd', way === 'sms' ? 'sms' : 'tel', 'mfa'];
    expect(said).toMatchObject({ pages: ['password', 'protect-account', 'enrol'], end: { end: 'done', amr } });
  });

  it('tells a sign-in from before its facts were recorded, and does not play it', async () => {
    const person = await somebody(app);
    const event = auditEvent(app.clock.now(), {
      ...{ type: 'sign_in.completed', realm: 'web1', actor: { kind: 'person', id: person.user.id } },
      ...{ subject: person.user.id, portal: 'web1-mail', signIn: 'long-ago', reference: 'AAAA-0001' },
      details: {
        acr: 'mfa',
        amr: ['pwd', 'otp', 'mfa'],
        builtOnSession: false,
        reasons: ['always product:product password_proven'],
      },
    });
    await app.app.audit.append([event]);
    const { simulator, audit } = rooms();
    expect(await replay({ simulator, audit }, 'web1', 'AAAA-0001', app.clock.now())).toMatchObject({
      past: { ended: 'completed', acr: 'mfa', reasons: [{ because: 'password_proven' }] },
      today: { ok: false, why: 'not_recorded' },
      isSame: false,
    });
    expect(await replay({ simulator, audit }, 'plain', 'AAAA-0001', app.clock.now())).toBeUndefined();
  });
});
