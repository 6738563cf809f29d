import { type PortalFacts, startAuthlib } from '../../scripts/foreign-authlib.ts';
import type { ForeignProcess } from '../../scripts/foreign-process.ts';
import { freePort } from '../support/free-port.ts';
import { Visitor } from '../support/visitor.ts';
import { signInAt, signOutElsewhere } from './person.ts';
import { aProduct, type Product } from './product.ts';

const scopes = ['openid', 'profile', 'email', 'offline_access'];

const backChannel = /POST \/back-channel-logout HTTP\/1\.1" 200/;

describe('a portal on Authlib', () => {
  let product: Product;
  let portal: ForeignProcess | undefined;
  let home: string;

  beforeAll(async () => {
    const port = await freePort();
    home = `http://localhost:${port}`;
    product = await aProduct([home]);
    const added = await product.gatehouse(
      ...['portal', 'add', 'harbour', 'authlib', '--name', 'Authlib', '--json'],
      ...['--redirect-uri', `${home}/callback`, '--post-logout-redirect-uri', `${home}/signed-out`],
      ...scopes.flatMap((scope) => ['--scope', scope]),
    );
    await product.gatehouse(
      ...['realm', 'set', 'harbour', 'portals.authlib.backchannelLogoutUri', `${home}/back-channel-logout`],
    );
    await product.start();
    portal = await startAuthlib(port, JSON.parse(added) as PortalFacts);
  });
  afterAll(async () => {
    await portal?.end();
    await product.close();
  });

  it('C2: signs somebody in, and learns who, how surely, by which proofs, and in which session', async () => {
    const person = product.somebody();
    const browser = await signInAt(`${home}/sign-in`, person);
    expect(browser.page.url.href).toBe(`${home}/`);
    expect(browser.page.json).toMatchObject({
      signed_in: true,
      claims: { iss: product.issuer, acr: 'mfa', amr: ['pwd', 'otp', 'mfa'], sid: expect.any(String) },
    });
    await browser.visit('/profile');
    expect(browser.page.json).toMatchObject({ name: person.name, email: person.email });
  });

  it('C2: is told when somebody cancels, and signs nobody in', async () => {
    const browser = new Visitor();
    await browser.visit(`${home}/sign-in`);
    await browser.submit('/cancel');
    expect(browser.page.json).toMatchObject({ error: 'access_denied' });
    await browser.visit(home);
    expect(browser.page.json).toEqual({ signed_in: false });
  });

  it('C2: refreshes by itself when its token has expired', async () => {
    const person = product.somebody();
    const browser = await signInAt(`${home}/sign-in`, person);
    const before = browser.page.json as { access_token: string };
    await browser.visit('/profile?expired');
    expect(browser.page.json).toMatchObject({ name: person.name });
    await browser.visit(home);
    const after = browser.page.json as { access_token: string };
    expect(after.access_token).not.toBe(before.access_token);
    // And again, with the refresh token that it was given instead of the first.
    await browser.visit('/profile?expired');
    expect(browser.page.json).toMatchObject({ name: person.name });
  });

  it('C2: signs somebody out here and there: the next sign-in asks for the password again', async () => {
    const browser = await signInAt(`${home}/sign-in`, product.somebody());
    const told = portal?.hear(backChannel);
    await browser.visit('/sign-out');
    expect(browser.page.step).toBe('sign-out');
    await browser.submit();
    await told;
    expect(browser.page.url.href).toMatch(`${home}/signed-out?`);
    expect(browser.page.json).toEqual({ signed_out: true });
    await browser.visit(`${home}/sign-in`);
    expect(browser.page.step).toBe('password');
  });

  it('C2: lets go of somebody who signed out elsewhere, by a logout token that it verifies', async () => {
    const [browser, other] = [
      await signInAt(`${home}/sign-in`, product.somebody()),
      await signInAt(`${home}/sign-in`, product.somebody()),
    ];
    const told = portal?.hear(backChannel);
    await signOutElsewhere(browser, product.issuer);
    await told;
    await browser.visit(home);
    expect(browser.page.json).toEqual({ signed_in: false });
    await other.visit(home);
    expect(other.page.json).toMatchObject({ signed_in: true });
  });
});
