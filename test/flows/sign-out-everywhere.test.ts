import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, signIn, somebody } from './people.ts';

describe('signing out everywhere', () => {
  let app: RunningApp;
  let portal: Server;
  let told: string[];
  beforeAll(async () => {
    told = [];
    portal = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      told.push(new URLSearchParams(body).get('logout_token') ?? '');
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    app = await runApp({ env: { GATEHOUSE_ALLOW_ORIGINS: address } });
    const path = 'portals.web1-mail.backchannelLogoutUri';
    const set = await app.app.realms.set('web1', path, `${address}/out`, { kind: 'operator' });
    if (!set.ok) throw new Error(set.faults.join());
  });
  afterAll(async () => {
    await app.close();
    await new Promise((resolve) => portal.close(resolve));
  });

  it('A6: disabling somebody ends their sessions in every browser, and tells the portal of each', async () => {
    const person = await somebody(app);
    const [desk, phone] = [aBrowser(app), aBrowser(app)];
    await signIn(app, desk, person);
    app.clock.advance(60_000);
    await signIn(app, phone, person);
    await app.app.drain();
    expect(await app.app.oidc.logoutDelivery.workOnce()).toBe(0);
    await app.app.people.disable('web1', person.user.id, { kind: 'operator' });
    await app.app.drain();
    await app.app.oidc.logoutDelivery.workOnce();
    expect(told.map((token) => decodeJwt(token).sub)).toEqual([person.user.id, person.user.id]);
    expect(new Set(told.map((token) => decodeJwt(token)['sid'])).size).toBe(2);
    await app.app.people.enable('web1', person.user.id, { kind: 'operator' });
    for (const browser of [desk, phone]) {
      await browser.visit(`${app.demoOrigin}/web1-mail/sign-in`);
      expect(browser.page.step).toBe('password');
    }
  });
});
