import { type RunningApp, runApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';

/** People go back, reload, wait too long, come with another browser. Every page then says what to do. */
describe('a sign-in that is left, repeated or tried too often', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  const owner = { identifier: 'owner', password: 'seven green bicycles' };
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

  async function toPassword(portal = 'web1-mail'): Promise<Visitor> {
    app.clock.advance(60_000);
    const visitor = new Visitor();
    await visitor.visit(`${app.demoOrigin}/${portal}`);
    await visitor.click(/^sign in$/i);
    expect(visitor.page.step).toBe('password');
    return visitor;
  }

  async function toChallenge(): Promise<Visitor> {
    const visitor = await toPassword();
    await visitor.fill(owner).submit();
    expect(visitor.page.step).toBe('challenge');
    return visitor;
  }

  it('is over after half an hour', async () => {
    const visitor = await toChallenge();
    app.clock.advance(31 * 60_000);
    await visitor.reload();
    expect(visitor.page.step).toBe('expired');
    expect(visitor.page.text).not.toMatch(/sign-in\.|layout\.|fault\./);
  });

  it('is finished when the back button leads into it again', async () => {
    const visitor = await toChallenge();
    const before = visitor.page.url;
    await visitor.fill({ code: app.code(secret) }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
    await visitor.visit(before);
    expect(visitor.page.step).toBe('finished');
    expect(visitor.page.text).not.toMatch(/sign-in\.|layout\./);
  });

  it('does not open in another browser', async () => {
    const visitor = await toChallenge();
    const other = new Visitor();
    await other.visit(visitor.page.url);
    expect(other.page.step).toBe('cookies-off');
    await other.reload();
    expect(other.page.step).toBe('cookies-off');
  });

  it('ends at five wrong codes and goes back to the portal with an error', async () => {
    const visitor = await toChallenge();
    const right = [-1, 0, 1].map((steps) => app.code(secret, steps));
    const wrong = Array.from({ length: 8 }, (_, n) => `00000${n}`).filter((code) => !right.includes(code));
    for (const code of wrong.slice(0, 5)) await visitor.fill({ code }).submit();
    expect(visitor.page.step).toBe('refused');
    await visitor.submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
    expect(visitor.page.text).toMatch(/access_denied/);
  });

  it('waits after wrong passwords, then is held, alike for somebody and nobody', async () => {
    const seen = async (identifier: string) => {
      const steps: string[] = [];
      for (let n = 0; n < 21; n += 1) {
        const visitor = await toPassword();
        app.clock.advance(65_000);
        await visitor.fill({ identifier, password: 'not the password' }).submit();
        steps.push(`${visitor.page.status} ${visitor.page.step} ${visitor.page.alerts.join()}`);
      }
      return steps;
    };
    const somebody = await seen('mia');
    expect(somebody.at(-1)).toMatch(/^429 held/);
    expect(await seen('nobody-at-all')).toEqual(somebody);
  });
});
