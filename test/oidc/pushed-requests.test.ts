import { aPortal, aRealm, aUser, Host, portalOrigin, Rp } from './host.ts';

interface Pushed {
  readonly status: number;
  readonly body: { readonly request_uri: string; readonly expires_in: number; readonly error?: string };
}

describe('a pushed authorization request', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aRealm('plain'), aUser('web1', 'mia'));
    host.add(
      aPortal('web1', 'mail', { scopes: ['openid', 'email', 'offline_access'] }),
      aPortal('web1', 'shop'),
      aPortal('plain', 'mail'),
      aPortal('web1', 'spa', { kind: 'browser' }),
    );
    host.add(aPortal('web1', 'strict', { requirePar: true }));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  type More = Readonly<Record<string, string | undefined>>;

  async function push(more: More = {}, portal = rp): Promise<Pushed> {
    const body = portal.authorizationUrl({
      scope: 'openid email',
      client_secret: `${portal.clientId}-secret`,
      ...more,
    }).searchParams;
    const response = await fetch(`${portal.issuer}/request`, { method: 'POST', body });
    return { status: response.status, body: (await response.json()) as Pushed['body'] };
  }

  const addressOf = ({ body }: Pushed, clientId = rp.clientId) =>
    `${rp.issuer}/auth?${new URLSearchParams({ client_id: clientId, request_uri: body.request_uri }).toString()}`;

  /** What comes back to the portal, or the page that the browser stays on. */
  async function open(address: string, portal = rp) {
    const page = await portal.browser.visit(address);
    return page.location === undefined ? page.json : Object.fromEntries(page.location.searchParams);
  }

  it('is answered by an address of a minute, with which a sign-in ends like any other', async () => {
    const pushed = await push({ state: 'pushed', scope: 'openid offline_access' });
    expect(pushed).toEqual({
      status: 201,
      body: { expires_in: 60, request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:.{20,}$/) },
    });
    const answer = (await open(addressOf(pushed))) as { code: string };
    expect(answer).toMatchObject({ state: 'pushed', iss: rp.issuer });
    const { status, body } = await rp.redeem(answer.code);
    expect(status).toBe(200);
    expect(body.refresh_token).toBeDefined();
  });

  it('asks for what was pushed, whatever else the address says', async () => {
    const pushed = await push({ scope: 'openid' });
    const more = '&scope=openid+email+offline_access&state=other&redirect_uri=https%3A%2F%2Fevil.example%2F';
    const answer = (await open(`${addressOf(pushed)}${more}`)) as { code: string };
    expect(answer).toMatchObject({ state: 's' });
    const { body } = await rp.redeem(answer.code);
    expect(body.refresh_token).toBeUndefined();
    expect(await (await rp.userinfo(body.access_token)).json()).toEqual({ sub: 'mia' });
  });

  it.each<[string, number, string, More]>([
    ['without a secret', 401, 'invalid_client', { client_secret: undefined }],
    ['with a wrong secret', 401, 'invalid_client', { client_secret: 'wrong' }],
    ['to an address that is not registered', 400, 'invalid_request', { redirect_uri: `${portalOrigin}/other` }],
    ['without a challenge', 400, 'invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['for a scope that is not its own', 400, 'invalid_scope', { scope: 'openid profile' }],
    [
      'with an address of one pushed before',
      400,
      'request_uri_not_supported',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
    ],
    ['with a request object', 400, 'request_not_supported', { request: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['for tokens in the address', 400, 'unsupported_response_type', { response_type: 'id_token' }],
  ])('%s is refused: %d %s', async (_, status, error, more) => {
    const answer = await push(more);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  it('begins no sign-in after a minute', async () => {
    const [early, late] = [await push(), await push()];
    host.advance(58_000);
    expect(await open(addressOf(early))).toHaveProperty('code');
    host.advance(2_000);
    expect(await open(addressOf(late))).toMatchObject({ error: 'invalid_request_uri' });
  });

  it('is of one portal, in one realm', async () => {
    const shop = new Rp(host, 'web1', 'shop');
    const pushed = await push();
    expect(await open(addressOf(pushed, 'shop'), shop)).toMatchObject({ kind: 'error' });
    const elsewhere = new Rp(host, 'plain', 'mail');
    expect(await open(addressOf(pushed).replace('/web1/', '/plain/'), elsewhere)).toMatchObject({
      error: 'invalid_request_uri',
    });
  });

  it('works once: of 50 browsers that are signed in and come with it together, one gets a code', async () => {
    await rp.signIn({ scope: 'openid email' });
    const address = addressOf(await push());
    const answers = await Promise.all(Array.from({ length: 50 }, () => rp.browser.request(address)));
    const codes = answers.filter(({ location }) => location?.searchParams.has('code') === true);
    expect(codes).toHaveLength(1);
    const refused = answers.filter(
      ({ status, location }) => status === 400 || location?.searchParams.get('error') === 'invalid_request_uri',
    );
    expect(refused).toHaveLength(49);
    expect(await open(address)).toMatchObject({ error: 'invalid_request_uri' });
  });

  it('works once also for sign-ins begun with it in two browsers that end long after its minute', async () => {
    host.signIn = () => undefined;
    const browsers = [rp, new Rp(host, 'web1', 'mail')];
    const address = addressOf(await push());
    const pages = [];
    for (const { browser } of browsers) pages.push(await browser.visit(address));
    host.advanceMinutes(20);
    host.signIn = () => ({ userId: 'mia' });
    const answers = [];
    for (const [index, { browser }] of browsers.entries()) {
      const { location } = await browser.visit(pages[index]!.url);
      answers.push(location?.searchParams.has('code') === true ? 'code' : location?.searchParams.get('error'));
    }
    expect(answers).toEqual(['code', 'invalid_request_uri']);
  });

  it('may be demanded of a portal: then nothing else begins a sign-in', async () => {
    const strict = new Rp(host, 'web1', 'strict');
    expect((await strict.authorize()).get('error')).toBe('invalid_request');
    const pushed = await push({}, strict);
    expect(await open(addressOf(pushed, 'strict'), strict)).toHaveProperty('code');
  });

  it('may be pushed by a public portal, which proves nothing by it', async () => {
    const spa = new Rp(host, 'web1', 'spa');
    const pushed = await push({ client_secret: undefined }, spa);
    expect(pushed.status).toBe(201);
    expect(await open(addressOf(pushed, 'spa'), spa)).toHaveProperty('code');
  });
});
