import { startApache } from '../../scripts/foreign-apache.ts';
import type { ForeignProcess } from '../../scripts/foreign-process.ts';
import { freePort } from '../support/free-port.ts';
import { Visitor } from '../support/visitor.ts';
import { signInAt, signOutElsewhere } from './person.ts';
import { aProduct, type Product } from './product.ts';

const scopes = ['openid', 'profile', 'email', 'offline_access'];

const backChannel = /POST \/protected\/redirect_uri\?logout=backchannel 200/;

/** What mod_auth_openidc says of a session at its redirect address. */
interface Info {
  readonly access_token: string;
  readonly id_token: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
}

describe('Apache with mod_auth_openidc', () => {
  let product: Product;
  let apache: ForeignProcess | undefined;
  let home: string;
  let redirectUri: string;

  beforeAll(async () => {
    const port = await freePort();
    home = `http://localhost:${port}`;
    redirectUri = `${home}/protected/redirect_uri`;
    product = await aProduct([home]);
    const settings = await product.gatehouse(
      ...['portal', 'add', 'harbour', 'apache', '--name', 'Apache', '--for', 'apache'],
      ...['--redirect-uri', redirectUri, '--post-logout-redirect-uri', `${home}/`],
      ...scopes.flatMap((scope) => ['--scope', scope]),
    );
    await product.gatehouse(
      ...['realm', 'set', 'harbour', 'portals.apache.backchannelLogoutUri', `${redirectUri}?logout=backchannel`],
    );
    await product.start();
    apache = await startApache({ port, settings });
  });
  afterAll(async () => {
    await apache?.end();
    await product.close();
  });

  const infoOf = async (browser: Visitor) => (await browser.visit(`${redirectUri}?info=json`)).json as Info;

  it('C2: lets in who signed in, with the settings as `gatehouse portal add` prints them', async () => {
    const person = product.somebody();
    const browser = await signInAt(`${home}/protected/`, person);
    expect(browser.page.url.href).toBe(`${home}/protected/`);
    expect(browser.page.html).toBe('for those who signed in\n');
    expect(await infoOf(browser)).toMatchObject({
      id_token: { iss: product.issuer, acr: 'mfa', amr: ['pwd', 'otp', 'mfa'], sid: expect.any(String) },
      userinfo: { name: person.name, email: person.email },
    });
  });

  it('C2: hears of somebody who cancelled, and lets them in no more than before', async () => {
    // Not to its error page: 2.4.12 sends a second body behind it, which Node's parser refuses.
    const browser = new Visitor({ stopAt: [redirectUri] });
    await browser.visit(`${home}/protected/`);
    await browser.submit('/cancel');
    expect(browser.page.location?.searchParams.get('error')).toBe('access_denied');
    await browser.visit(`${home}/protected/`);
    expect(browser.page.step).toBe('password');
  });

  it('C2: refreshes, with the new refresh token each time', async () => {
    const browser = await signInAt(`${home}/protected/`, product.somebody());
    const tokens = new Set([(await infoOf(browser)).access_token]);
    for (let turn = 0; turn < 2; turn += 1) {
      const wishes = new URLSearchParams({ refresh: `${home}/`, access_token: [...tokens].at(-1) ?? '' });
      await browser.visit(`${redirectUri}?${wishes.toString()}`);
      expect(browser.page.url.href).toBe(`${home}/`);
      tokens.add((await infoOf(browser)).access_token);
    }
    expect(tokens.size).toBe(3);
  });

  it('C2: signs somebody out here and there: the next visit asks for the password again', async () => {
    const browser = await signInAt(`${home}/protected/`, product.somebody());
    const told = apache?.hear(backChannel);
    await browser.visit(`${redirectUri}?logout=${encodeURIComponent(`${home}/`)}`);
    expect(browser.page.step).toBe('sign-out');
    await browser.submit();
    expect(browser.page.html).toBe('for everybody\n');
    await told;
    await browser.visit(`${home}/protected/`);
    expect(browser.page.step).toBe('password');
  });

  it('C2: lets go of somebody who signed out elsewhere, by a logout token that it verifies', async () => {
    const [browser, other] = [
      await signInAt(`${home}/protected/`, product.somebody()),
      await signInAt(`${home}/protected/`, product.somebody()),
    ];
    const told = apache?.hear(backChannel);
    await signOutElsewhere(browser, product.issuer);
    await told;
    await browser.visit(`${home}/protected/`);
    expect(browser.page.step).toBe('password');
    await other.visit(`${home}/protected/`);
    expect(other.page.html).toBe('for those who signed in\n');
  });
});
