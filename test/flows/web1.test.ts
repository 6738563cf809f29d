import { type RunningApp, runApp, shippedRealms } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';

/** Portal 5 of the product's five: an authenticator app for everybody, asked for each time a password is. */
describe('the web1 portal', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp({ realms: shippedRealms });
  });
  afterAll(() => app.close());

  const ownersSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

  async function toPassword(visitor: Visitor): Promise<void> {
    await visitor.visit(`${app.demoOrigin}/web1-mail`);
    await visitor.click(/^sign in$/i);
    expect(visitor.page.step).toBe('password');
  }

  it('leads somebody without a second factor to set up an authenticator app, once, and signs them in', async () => {
    const mia = new Visitor();
    await toPassword(mia);
    await mia.fill({ identifier: 'mia@web1.example', password: 'quiet lantern harbour' }).submit();
    expect(mia.page.step).toBe('protect-account');
    await mia.submit(/get started/i);
    expect(mia.page.step).toBe('enrol-app');
    const secret = mia.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);

    await mia.fill({ code: '000000' }).submit();
    expect(mia.page.step).toBe('enrol-app');
    expect(mia.page.alerts.join()).not.toBe('');
    expect(mia.page.textOf('[data-secret]')?.replaceAll(' ', '')).toBe(secret);

    await mia.fill({ code: app.code(secret) }).submit();
    expect(mia.page.url.origin).toBe(app.demoOrigin);
    expect(mia.page.text).toContain('mia@web1.example');

    // The next sign-in, from another browser, asks for the app's code.
    app.clock.advance(60_000);
    const later = new Visitor();
    await toPassword(later);
    await later.fill({ identifier: 'mia', password: 'quiet lantern harbour' }).submit();
    expect(later.page.step).toBe('challenge');
    await later.fill({ code: app.code(secret) }).submit();
    expect(later.page.url.origin).toBe(app.demoOrigin);
    expect(later.page.text).toMatch(/mfa/);
  });

  it('N1: never takes a code twice, from another browser either (faults 1, 3)', async () => {
    app.clock.advance(90_000);
    const code = app.code(ownersSecret);
    const first = new Visitor();
    await toPassword(first);
    await first.fill({ identifier: 'owner', password: 'seven green bicycles' }).submit();
    await first.fill({ code }).submit();
    expect(first.page.url.origin).toBe(app.demoOrigin);

    const second = new Visitor();
    await toPassword(second);
    await second.fill({ identifier: 'owner', password: 'seven green bicycles' }).submit();
    await second.fill({ code }).submit();
    expect(second.page.step).toBe('challenge');
    expect(second.page.alerts.join()).not.toBe('');
  });

  it('N1: 50 parallel posts of one right code sign in exactly once (fault 4)', async () => {
    app.clock.advance(90_000);
    const owner = new Visitor({ stopAt: [app.demoOrigin, `${app.origin}/realms/web1/auth/`] });
    await toPassword(owner);
    await owner.fill({ identifier: 'owner', password: 'seven green bicycles' }).submit();
    expect(owner.page.step).toBe('challenge');
    const pages = await owner.submitTogether(Array.from({ length: 50 }, () => ({ code: app.code(ownersSecret) })));
    expect(pages.every((page) => page.status < 500)).toBe(true);
    await app.app.drain();
    const { items } = await app.app.audit.list('web1', { type: 'sign_in.completed', limit: 50 });
    const uid = owner.page.url.pathname.split('/')[4];
    expect(items.filter((entry) => entry.signIn === uid)).toHaveLength(1);
  });

  it('keeps somebody signed in until 24 hours after sign-in, however often they come', async () => {
    app.clock.advance(90_000);
    const owner = new Visitor({ now: () => app.clock.now() });
    await toPassword(owner);
    await owner.fill({ identifier: 'owner', password: 'seven green bicycles' }).submit();
    await owner.fill({ code: app.code(ownersSecret) }).submit();
    expect(owner.page.url.origin).toBe(app.demoOrigin);
    const signInAgain = () => owner.visit(`${app.demoOrigin}/web1-mail/sign-in`);

    for (const hours of [8, 8, 7]) {
      app.clock.advance(hours * 3_600_000);
      await signInAgain();
      expect(owner.page.url.origin).toBe(app.demoOrigin);
    }
    app.clock.advance(3_600_000 + 1000);
    await signInAgain();
    expect(owner.page.step).toBe('password');
  });

  it('S2: leaves no password, code or secret in the log', () => {
    for (const secret of ['quiet lantern harbour', 'seven green bicycles', ownersSecret]) {
      expect(app.log()).not.toContain(secret);
    }
  });
});
