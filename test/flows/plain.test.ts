import { type RunningApp, runApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';

describe('the plain portal', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  async function toPassword(visitor: Visitor): Promise<void> {
    await visitor.visit(`${app.demoOrigin}/plain-notes`);
    await visitor.click(/^sign in$/i);
    expect(visitor.page.step).toBe('password');
  }

  it('asks for a password and consent, nothing else, and not for consent twice', async () => {
    const paula = new Visitor();
    await toPassword(paula);
    await paula.fill({ identifier: 'paula@plain.example', password: 'seventeen paper boats' }).submit();
    expect(paula.page.step).toBe('consent');
    await paula.submit();
    expect(paula.page.url.origin).toBe(app.demoOrigin);
    expect(paula.page.text).toContain('Paula Winter');
    expect(paula.page.text).toMatch(/single/);

    await paula.visit(`${app.demoOrigin}/plain-notes/sign-in`);
    expect(paula.page.url.origin).toBe(app.demoOrigin);
  });

  it('lets a person decline, and tells the portal so', async () => {
    const emil = new Visitor();
    await toPassword(emil);
    await emil.fill({ identifier: 'emil@plain.example', password: 'marble fox on tuesday' }).submit();
    expect(emil.page.step).toBe('consent');
    await emil.submit(/cancel|back|decline|not/i);
    expect(emil.page.url.origin).toBe(app.demoOrigin);
    expect(emil.page.text).toMatch(/access_denied|declined|cancel/i);
  });

  it('signs out at the portal and here, after asking', async () => {
    const paula = new Visitor();
    await toPassword(paula);
    await paula.fill({ identifier: 'paula', password: 'seventeen paper boats' }).submit();
    if (paula.page.step === 'consent') await paula.submit();
    await paula.submit(/sign out/i);
    expect(paula.page.step).toBe('sign-out');
    await paula.submit(/sign out/i);
    await paula.visit(`${app.demoOrigin}/plain-notes/sign-in`);
    expect(paula.page.step).toBe('password');
  });

  it('A2: answers a wrong password and an unknown person with the same status and words', async () => {
    const answers = [];
    for (const identifier of ['paula', 'nobody-of-this-name']) {
      const visitor = new Visitor();
      await toPassword(visitor);
      const page = await visitor.fill({ identifier, password: 'not the right one' }).submit();
      answers.push({ status: page.status, step: page.step, alerts: page.alerts });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.alerts).toHaveLength(1);
  });
});
