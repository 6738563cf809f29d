import { type RunningApp, runApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';

describe('R5: an API that is particular about how people signed in (RFC 9470)', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  const ownersSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

  async function prove(visitor: Visitor): Promise<void> {
    expect(visitor.page.step).toBe('password');
    const fields = visitor.page.forms.flatMap(({ names }) => [...names]);
    const identifier: Record<string, string> = fields.includes('identifier') ? { identifier: 'owner' } : {};
    await visitor.fill({ ...identifier, password: 'seven green bicycles' }).submit();
    expect(visitor.page.step).toBe('challenge');
    await visitor.fill({ code: app.code(ownersSecret) }).submit();
  }

  it('opens to a fresh sign-in with two factors, later asks for another, and opens to that', async () => {
    const owner = new Visitor();
    await owner.visit(`${app.demoOrigin}/web1-mail/sign-in`);
    await prove(owner);
    expect((await owner.click(/vault/i)).step).toBe('vault');

    app.clock.advance(6 * 60_000);
    await owner.visit(`${app.demoOrigin}/web1-mail`);
    await owner.click(/vault/i);
    expect(owner.page.url.origin).toBe(app.origin);
    const asked = owner.page.hops.find(({ url }) => String(url).includes('/auth?'));
    const { searchParams } = new URL(String(asked?.url));
    expect([searchParams.get('acr_values'), searchParams.get('max_age')]).toEqual(['mfa phr', '300']);
    await prove(owner);
    expect(owner.page.step).toBe('vault');
    expect(owner.page.textOf('[data-vault]')).toContain('well done');
  });

  it('leads somebody with one factor to set up another, and opens then', async () => {
    const paula = new Visitor();
    await paula.visit(`${app.demoOrigin}/plain-notes/sign-in`);
    await paula.fill({ identifier: 'paula', password: 'seventeen paper boats' }).submit();
    if (paula.page.step === 'consent') await paula.submit('/consent');
    await paula.click(/vault/i);
    // Who adds a factor gives the password for it, however fresh the session is.
    expect(paula.page.step).toBe('password');
    await paula.fill({ password: 'seventeen paper boats' }).submit();
    expect(paula.page.step).toBe('protect-account');
    await paula.submit(/get started/i);
    expect(paula.page.step).toBe('choose-method');
    await paula.submit(/authenticator app/i);
    const secret = paula.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
    await paula.fill({ code: app.code(secret) }).submit();
    expect(paula.page.step).toBe('recovery-codes');
    await paula.submit('kept=yes');
    expect(paula.page.step).toBe('vault');
  });

  it.each([
    [{}, 'Bearer realm="vault"'],
    [{ authorization: 'Bearer not-one-of-ours' }, 'Bearer realm="vault", error="invalid_token"'],
  ])('answers %j by the challenge %s', async (headers, challenge) => {
    const answer = await fetch(`${app.demoOrigin}/web1-mail/api/vault`, { headers });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
  });
});
