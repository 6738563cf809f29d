import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type RunningApp, runApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';

const directory = new URL('../../config/realms-conformance/', import.meta.url);

interface Suite {
  readonly server: { readonly discoveryUrl: string };
  readonly client: Client;
  readonly client2: Client;
  readonly client_secret_post: Client;
}

interface Client {
  readonly client_id: string;
  readonly client_secret: string;
}

/** What the suite does first in each plan, without the suite: docs/conformance.md says what that shows. */
describe('C1: the realm for the conformance suite', () => {
  const suite = JSON.parse(readFileSync(new URL('suite.json', directory), 'utf8')) as Suite;
  const callback = 'https://localhost.emobix.co.uk:8443/test/a/gatehouse/callback';
  let app: RunningApp;
  let issuer: string;
  beforeAll(async () => {
    app = await runApp({ realms: fileURLToPath(directory) });
    issuer = `${app.origin}/realms/conformance`;
  });
  afterAll(() => app.close());

  async function signIn(clientId: string, more: Readonly<Record<string, string>> = {}): Promise<Visitor> {
    const connie = new Visitor({ stopAt: ['https://localhost.emobix.co.uk:8443'] });
    const request = { client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: callback, state: 's' };
    await connie.visit(`${issuer}/auth?${new URLSearchParams({ ...request, ...more }).toString()}`);
    // What the suite clicks on.
    const button = connie.page.textOf('main button.primary') ?? '';
    await connie.fill({ identifier: 'connie', password: 'seven certified otters' }).submit(button);
    if (connie.page.step === 'consent') await connie.submit('/consent');
    return connie;
  }

  const token = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${issuer}/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'authorization_code', redirect_uri: callback, ...form }),
    });
  const basic = ({ client_id: id, client_secret: secret }: Client) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  it('is where the settings of the suite look for it', () => {
    expect(suite.server.discoveryUrl).toBe(
      `https://localhost:4443${new URL(issuer).pathname}/.well-known/openid-configuration`,
    );
  });

  it('basic: signs in without PKCE, with the secret in the header', async () => {
    const { location } = (await signIn(suite.client.client_id)).page;
    const code = location?.searchParams.get('code') ?? '';
    expect((await token({ code }, basic(suite.client))).status).toBe(200);
  });

  it('basic: knows the second client by its own query', async () => {
    const own = `${callback}?dummy1=lorem&dummy2=ipsum`;
    const { location } = (await signIn(suite.client2.client_id, { redirect_uri: own })).page;
    expect(location?.searchParams.get('dummy2')).toBe('ipsum');
    const code = location?.searchParams.get('code') ?? '';
    expect((await token({ code, redirect_uri: own }, basic(suite.client2))).status).toBe(200);
  });

  it('basic: takes the secret by post', async () => {
    const { location } = (await signIn(suite.client_secret_post.client_id)).page;
    const code = location?.searchParams.get('code') ?? '';
    expect((await token({ code, ...suite.client_secret_post })).status).toBe(200);
  });

  it('form_post: answers by a page that posts to the suite', async () => {
    const { page } = await signIn(suite.client.client_id, { response_mode: 'form_post' });
    expect(page.forms.map(({ action }) => String(action))).toEqual([callback]);
  });

  it('an address that is not registered is an error page of ours', async () => {
    const visitor = new Visitor();
    const request = {
      client_id: 'conformance-1',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${callback}2`,
    };
    const page = await visitor.visit(`${issuer}/auth?${new URLSearchParams(request).toString()}`);
    expect([page.status, page.step]).toEqual([400, 'error']);
  });
});
