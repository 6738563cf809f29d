import { createHash, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Portal } from '../../src/realm/index.ts';
import { aPortal, aRealm, aUser, claimsIn, Host, portalOrigin, Rp, type Tokens } from './host.ts';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

interface Signer {
  readonly alg: string;
  readonly key: PrivateKey;
  readonly jwk: NonNullable<Portal['jwks']>['keys'][number];
}

async function aSigner(alg: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, key: privateKey, jwk: (await exportJWK(publicKey)) as Signer['jwk'] };
}

interface Answer {
  readonly status: number;
  readonly body: Tokens & { readonly request_uri: string; readonly token_type?: string };
}

describe('R7: a portal of the FAPI 2.0 Security Profile', () => {
  let host: Host;
  let rp: Rp;
  let signer: Signer;
  let proofKey: Signer;
  let otherKey: Signer;
  beforeAll(async () => {
    [signer, proofKey, otherKey] = await Promise.all([aSigner('ES256'), aSigner('ES256'), aSigner('ES256')]);
  });
  beforeEach(async () => {
    host = await new Host().start();
    const { secrets: _, ...bank } = aPortal('web1', 'bank', {
      profile: 'fapi2',
      authentication: 'private_key_jwt',
      jwks: { keys: [signer.jwk] },
    });
    host.add(aRealm('web1'), aUser('web1', 'mia'), bank);
    rp = new Rp(host, 'web1', 'bank');
  });
  afterEach(() => host.stop());

  const nowS = () => Math.floor(host.clock.now().getTime() / 1000);

  async function credentials(claims: Readonly<Record<string, unknown>> = {}, by = signer) {
    const payload = { iss: 'bank', sub: 'bank', aud: rp.issuer, jti: randomUUID(), exp: nowS() + 60, ...claims };
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT(payload).setProtectedHeader({ alg: by.alg }).sign(by.key),
    };
  }

  async function proof(method: string, path: string, by = proofKey, more: Readonly<Record<string, string>> = {}) {
    const payload = { htm: method, htu: `${rp.issuer}${path}`, jti: randomUUID(), iat: nowS(), ...more };
    const { kty, crv, x, y } = by.jwk;
    return new SignJWT(payload)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: by.alg, jwk: { kty, crv, x, y } as Record<string, string> })
      .sign(by.key);
  }

  async function post(path: string, form: Readonly<Record<string, string>>, dpop?: string): Promise<Answer> {
    const response = await fetch(`${rp.issuer}${path}`, {
      method: 'POST',
      headers: dpop === undefined ? {} : { dpop },
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  type More = Readonly<Record<string, string | undefined>>;

  async function push(more: More = {}, by?: Readonly<Record<string, string>>, dpop?: string): Promise<Answer> {
    const request = Object.fromEntries(rp.authorizationUrl(more).searchParams);
    return post('/request', { ...request, ...(by ?? (await credentials())) }, dpop);
  }

  async function code(dpop?: string): Promise<string> {
    const { body } = await push({}, undefined, dpop);
    const query = new URLSearchParams({ client_id: 'bank', request_uri: body.request_uri });
    const { location } = await rp.browser.visit(`${rp.issuer}/auth?${query.toString()}`);
    expect(location?.searchParams.get('iss')).toBe(rp.issuer);
    return location?.searchParams.get('code') ?? '';
  }

  async function redeem(value: string, dpop?: string): Promise<Answer> {
    const form = { grant_type: 'authorization_code', code: value, code_verifier: rp.verifier };
    return post('/token', { ...form, redirect_uri: `${portalOrigin}/callback`, ...(await credentials()) }, dpop);
  }

  const ask = (token: string, scheme: string, dpop?: string) =>
    fetch(`${rp.issuer}/me`, {
      headers: { authorization: `${scheme} ${token}`, ...(dpop === undefined ? {} : { dpop }) },
    });

  it('gets tokens bound to its key, for a request it pushed and proved to be its own', async () => {
    const { status, body } = await redeem(await code(), await proof('POST', '/token'));
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(decodeProtectedHeader(body.id_token).alg).toBe('ES256');
    expect(claimsIn(body.id_token)).toMatchObject({ sub: 'mia', aud: 'bank', iss: rp.issuer });
    const ath = createHash('sha256').update(body.access_token).digest('base64url');
    expect((await ask(body.access_token, 'DPoP', await proof('GET', '/me', proofKey, { ath }))).status).toBe(200);
    expect((await ask(body.access_token, 'DPoP', await proof('GET', '/me', otherKey, { ath }))).status).toBe(401);
    expect((await ask(body.access_token, 'DPoP')).status).not.toBe(200);
    expect((await ask(body.access_token, 'Bearer')).status).not.toBe(200);
  });

  it('§5.3.2.2: begins no sign-in with a request that it did not push', async () => {
    expect((await rp.authorize()).get('error')).toBe('invalid_request');
  });

  it.each<[string, () => Promise<Answer>]>([
    ['without PKCE', () => push({ code_challenge: undefined, code_challenge_method: undefined })],
    ['with another method than S256', () => push({ code_challenge_method: 'plain' })],
    ['without a redirect address', () => push({ redirect_uri: undefined })],
    ['without credentials', () => push({}, {})],
    ['with a secret', () => push({}, { client_secret: 'bank-secret' })],
    [
      'with an assertion for the token endpoint',
      async () => push({}, await credentials({ aud: `${rp.issuer}/token` })),
    ],
    ['with an assertion for a list of audiences', async () => push({}, await credentials({ aud: [rp.issuer] }))],
    ['with an assertion by another key', async () => push({}, await credentials({}, otherKey))],
    ['with an assertion of two minutes ahead', async () => push({}, await credentials({ iat: nowS() + 120 }))],
    ['for a token in the address', () => push({ response_type: 'code id_token' })],
  ])('§5.3.2: pushes nothing %s', async (_, act) => {
    const { status, body } = await act();
    expect([400, 401]).toContain(status);
    expect(body.request_uri).toBeUndefined();
  });

  it('§5.3.2.1: may have a clock that is ten seconds fast', async () => {
    const { status } = await push({}, await credentials({ iat: nowS() + 10, nbf: nowS() + 10 }));
    expect(status).toBe(201);
  });

  it('§5.4.1: cannot prove itself with RS256', async () => {
    const rsa = await aSigner('RS256');
    const portal = host.portals.get('web1/bank');
    host.add({ ...portal!, jwks: { keys: [rsa.jwk] }, changedAt: host.clock.now() });
    expect((await push({}, await credentials({}, rsa))).status).toBe(401);
  });

  it('§5.3.2.1: gets no tokens that anybody could use', async () => {
    expect((await redeem(await code())).status).toBe(400);
  });

  it('RFC 9449 §10: a code asked for with one key is worth nothing with another', async () => {
    const own = await code(await proof('POST', '/request'));
    expect((await redeem(own, await proof('POST', '/token', otherKey))).body.error).toBe('invalid_grant');
    const again = await code(await proof('POST', '/request'));
    expect((await redeem(again, await proof('POST', '/token'))).status).toBe(200);
  });

  it('§5.3.2.1: has a minute for its code', async () => {
    const value = await code();
    host.advance(60_000);
    expect((await redeem(value, await proof('POST', '/token'))).body.error).toBe('invalid_grant');
  });

  it('§5.3.2.1: keeps its refresh token, so that a lost answer costs no sign-in', async () => {
    const { body } = await redeem(await code(), await proof('POST', '/token'));
    const { refresh_token: token = '' } = body;
    for (let time = 0; time < 2; time++) {
      const form = { grant_type: 'refresh_token', refresh_token: token, ...(await credentials()) };
      const answer = await post('/token', form, await proof('POST', '/token'));
      expect([answer.status, answer.body.token_type]).toEqual([200, 'DPoP']);
      expect(answer.body.refresh_token).toBe(token);
    }
  });
});
