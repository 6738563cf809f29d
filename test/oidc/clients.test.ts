import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Portal } from '../../src/realm/index.ts';
import { aPortal, aRealm, aUser, type Exchange, Host, portalOrigin, Rp } from './host.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

interface Signer {
  readonly alg: string;
  readonly kid: string;
  readonly key: PrivateKey;
  readonly jwk: NonNullable<Portal['jwks']>['keys'][number];
}

async function aSigner(alg: string, kid = alg): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg } as Signer['jwk'];
  return { alg, kid, key: privateKey, jwk };
}

describe('portals that prove themselves with a key', () => {
  let host: Host;
  let rp: Rp;
  let signer: Signer;
  let other: Signer;
  beforeAll(async () => {
    [signer, other] = await Promise.all([aSigner('ES256'), aSigner('ES256', 'other')]);
  });
  const withKey = (clientId: string, by: Signer, more: Partial<Portal> = {}) => {
    const { secrets: _, ...portal } = aPortal('web1', clientId, { authentication: 'private_key_jwt', ...more });
    return more.jwksUri === undefined ? { ...portal, jwks: { keys: [by.jwk] } } : portal;
  };
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aUser('web1', 'mia'));
    host.add(withKey('bank', signer), withKey('shop', other), aPortal('web1', 'mail'));
    rp = new Rp(host, 'web1', 'bank');
  });
  afterEach(() => host.stop());

  const nowS = () => Math.floor(host.clock.now().getTime() / 1000);
  let serial = 0;

  /** A client assertion of `bank`; what is undefined in `claims` is left out. */
  async function assertion(claims: Readonly<Record<string, unknown>> = {}, by = signer, header: object = {}) {
    serial += 1;
    const usual = { iss: 'bank', sub: 'bank', aud: rp.issuer, jti: `a${serial}`, iat: nowS(), exp: nowS() + 60 };
    const payload = Object.fromEntries(
      Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined),
    );
    return new SignJWT(payload).setProtectedHeader({ alg: by.alg, kid: by.kid, ...header }).sign(by.key);
  }

  /** What the token endpoint says to a right code, sent with exactly these credentials. */
  async function redeem(credentials: Readonly<Record<string, string>>, portal = rp): Promise<Exchange> {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: await portal.code(),
      code_verifier: portal.verifier,
      redirect_uri: `${portalOrigin}/callback`,
      ...credentials,
    });
    const response = await fetch(`${portal.issuer}/token`, { method: 'POST', body });
    return { status: response.status, body: (await response.json()) as Exchange['body'] };
  }

  const withAssertion = (client_assertion: string) => ({ client_assertion, client_assertion_type: assertionType });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('are known by an assertion signed with %s', async (alg) => {
    const by = await aSigner(alg);
    host.add(withKey('bank', by, { changedAt: host.clock.now() }));
    expect((await redeem(withAssertion(await assertion({}, by)))).status).toBe(200);
  });

  it.each([
    ['the token endpoint', () => `${rp.issuer}/token`],
    ['a list with the issuer in it', () => ['https://elsewhere.example', rp.issuer]],
  ])('may address it to %s', async (_, aud) => {
    expect((await redeem(withAssertion(await assertion({ aud: aud() })))).status).toBe(200);
  });

  it.each<[string, () => Promise<string>]>([
    ['for somebody else', () => assertion({ aud: 'https://elsewhere.example' })],
    ['for another realm', () => assertion({ aud: `${host.origin}/realms/other` })],
    ['for nobody', () => assertion({ aud: undefined })],
    ['that expired', () => assertion({ exp: nowS() - 60 })],
    ['that never expires', () => assertion({ exp: undefined })],
    ['that lives for more than an hour', () => assertion({ exp: nowS() + 3_602 })],
    ['from the future', () => assertion({ nbf: nowS() + 3_600 })],
    ['without an id', () => assertion({ jti: undefined })],
    ['signed by another key', () => assertion({}, other)],
    ['signed by another key under the name of its own', () => assertion({}, { ...other, kid: signer.kid })],
    ['of another portal', () => assertion({ iss: 'shop', sub: 'shop' }, other)],
    ['issued by another portal', () => assertion({ iss: 'shop' })],
    ['without a subject', () => assertion({ sub: undefined })],
    [
      'signed with nothing',
      async () => {
        const [, payload] = (await assertion()).split('.');
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
      },
    ],
    [
      'signed with the public key as a secret',
      () =>
        new SignJWT({ iss: 'bank', sub: 'bank', aud: rp.issuer, jti: 'hs', exp: nowS() + 60 })
          .setProtectedHeader({ alg: 'HS256', kid: signer.kid })
          .sign(Buffer.from(JSON.stringify(signer.jwk))),
    ],
    ['that is none', async () => 'x.y.z'],
  ])('are refused with an assertion %s', async (_, make) => {
    const answer = await redeem(withAssertion(await make()));
    expect([400, 401]).toContain(answer.status);
    expect(['invalid_client', 'invalid_request', 'invalid_grant']).toContain(answer.body.error);
  });

  it('are refused with a secret, or with nothing; and portals with a secret are refused with an assertion', async () => {
    expect((await redeem({ client_id: 'bank', client_secret: 'bank-secret' })).status).toBe(401);
    expect((await redeem({ client_id: 'bank' })).status).toBe(401);
    const mail = new Rp(host, 'web1', 'mail');
    expect((await redeem(withAssertion(await assertion({ iss: 'mail', sub: 'mail' })), mail)).status).toBe(401);
    expect((await redeem({ client_id: 'mail' }, mail)).status).toBe(401);
  });

  it('A7: of 50 that use one assertion at once exactly one passes', async () => {
    const credentials = withAssertion(await assertion());
    // A code that is none: whoever passes client authentication is told so, the others that they are not the client.
    const form = { grant_type: 'authorization_code', code: 'none', redirect_uri: `${portalOrigin}/callback` };
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const body = new URLSearchParams({ ...form, code_verifier: 'v'.repeat(43), ...credentials });
        const response = await fetch(`${rp.issuer}/token`, { method: 'POST', body });
        return ((await response.json()) as Exchange['body']).error;
      }),
    );
    expect(answers.filter((error) => error === 'invalid_grant')).toHaveLength(1);
    expect(answers.filter((error) => error === 'invalid_client')).toHaveLength(49);
  });

  it('are refused with an assertion that was used before the portal was changed', async () => {
    const credentials = withAssertion(await assertion());
    expect((await redeem(credentials)).status).toBe(200);
    host.add(withKey('bank', signer, { changedAt: host.clock.now() }));
    expect((await redeem(credentials)).status).toBe(401);
  });

  describe('published at an address', () => {
    let server: Server;
    let published: readonly Signer[];
    let fetched: number;
    let jwksUri: string;
    beforeEach(async () => {
      [published, fetched] = [[signer], 0];
      server = createServer((_request, response) => {
        fetched += 1;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      jwksUri = `${origin}/keys`;
      host.allowOrigins = [origin];
      host.add(withKey('bank', signer, { jwksUri, changedAt: host.clock.now() }));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it('are known by it, and it is not asked each time', async () => {
      expect((await redeem(withAssertion(await assertion()))).status).toBe(200);
      expect((await redeem(withAssertion(await assertion()))).status).toBe(200);
      expect(fetched).toBe(1);
    });

    it('take up a new key, and lose one they took away, within a minute', async () => {
      expect((await redeem(withAssertion(await assertion()))).status).toBe(200);
      published = [other];
      host.advance(61_000);
      expect((await redeem(withAssertion(await assertion()))).status).toBe(401);
      expect((await redeem(withAssertion(await assertion({}, other)))).status).toBe(200);
    });

    it('are not asked at an internal address that is not allowed', async () => {
      host.allowOrigins = [];
      const answer = await redeem(withAssertion(await assertion()));
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(fetched).toBe(0);
    });
  });

  it('FAPI 2.0: address the issuer alone, and sign with anything but RS256', async () => {
    const rsa = await aSigner('RS256');
    const withoutAlg = (key: typeof rsa.jwk) => {
      const { alg: _, ...jwk } = key;
      return jwk;
    };
    const keys = { keys: [signer.jwk, rsa.jwk].map(withoutAlg) };
    const fapi = { ...withKey('bank', signer), profile: 'fapi2', requirePar: false, dpop: 'allowed' } as const;
    host.add({ ...fapi, jwks: keys, changedAt: host.clock.now() });
    expect((await redeem(withAssertion(await assertion()))).status).toBe(200);
    for (const aud of [`${rp.issuer}/token`, [rp.issuer]])
      expect((await redeem(withAssertion(await assertion({ aud })))).status).toBe(401);
    expect((await redeem(withAssertion(await assertion({}, rsa)))).status).toBe(401);
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('get ID tokens signed with the %s they chose', async (idTokenAlg) => {
    host.add(aPortal('web1', 'mail', { idTokenAlg, changedAt: host.clock.now() }));
    const { id_token: token } = await new Rp(host, 'web1', 'mail').signIn();
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { alg: string };
    expect(header.alg).toBe(idTokenAlg);
  });
});
