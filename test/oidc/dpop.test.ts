import { DpopKey } from './dpop.ts';
import { aPortal, aRealm, aUser, Host, portalOrigin, Rp, type Tokens } from './host.ts';

describe('DPoP', () => {
  let host: Host;
  let key: DpopKey;
  let other: DpopKey;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aUser('web1', 'mia'), aPortal('web1', 'mail'));
    host.add(aPortal('web1', 'app', { kind: 'browser' }), aPortal('web1', 'strict', { dpop: 'required' }));
    [key, other] = [await DpopKey.make(), await DpopKey.make()];
  });
  afterEach(() => host.stop());

  const at = (rp: Rp) => `${rp.issuer}/token`;
  async function send(rp: Rp, proof: string | undefined, form: Readonly<Record<string, string>>) {
    const isPublic = host.portals.get(`web1/${rp.clientId}`)?.kind !== 'web';
    const secret = isPublic ? {} : { client_secret: `${rp.clientId}-secret` };
    const body = new URLSearchParams({ client_id: rp.clientId, ...secret, ...form });
    const headers = proof === undefined ? {} : { dpop: proof };
    const response = await fetch(at(rp), { method: 'POST', body, headers });
    const answer = (await response.json()) as Tokens & { readonly token_type?: string };
    return { status: response.status, body: answer, nonce: response.headers.get('dpop-nonce') };
  }
  const redeem = async (rp: Rp, proof: string | undefined, code?: string) =>
    send(rp, proof, {
      grant_type: 'authorization_code',
      code: code ?? (await rp.code()),
      redirect_uri: `${portalOrigin}/callback`,
      code_verifier: rp.verifier,
    });
  const refresh = (rp: Rp, proof: string | undefined, token: string) =>
    send(rp, proof, { grant_type: 'refresh_token', refresh_token: token });

  it('binds an access token to the key: it is worth nothing without a fresh proof of it', async () => {
    const rp = new Rp(host, 'web1', 'mail');
    const { body } = await redeem(rp, await key.proof(at(rp)));
    expect(body.token_type).toBe('DPoP');
    const token = body.access_token;
    const me = `${rp.issuer}/me`;
    const ask = async (scheme: string, proof?: string) =>
      (await fetch(me, { headers: { authorization: `${scheme} ${token}`, ...(proof && { dpop: proof }) } })).status;
    const good = await key.proof(me, { method: 'GET', accessToken: token });
    expect(await ask('DPoP', good)).toBe(200);
    expect(await ask('DPoP', good)).toBe(401);
    expect(await ask('Bearer')).toBe(401);
    expect(await ask('DPoP')).not.toBe(200);
    expect(await ask('DPoP', await other.proof(me, { method: 'GET', accessToken: token }))).toBe(401);
    expect(await ask('DPoP', await key.proof(me, { method: 'GET' }))).not.toBe(200);
    expect(await ask('DPoP', await key.proof(at(rp), { method: 'GET', accessToken: token }))).not.toBe(200);
  });

  it('binds the refresh tokens of a public portal to its key', async () => {
    const rp = new Rp(host, 'web1', 'app');
    const first = (await redeem(rp, await key.proof(at(rp)))).body;
    const stolen = await refresh(rp, await other.proof(at(rp)), first.refresh_token!);
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(rp, undefined, first.refresh_token!)).status).toBe(400);
    const second = await refresh(rp, await key.proof(at(rp)), first.refresh_token!);
    expect([second.status, second.body.token_type]).toEqual([200, 'DPoP']);
  });

  it('a public portal keeps a bound refresh token for its days, an unbound one for a day', async () => {
    const rp = new Rp(host, 'web1', 'app');
    const bound = (await redeem(rp, await key.proof(at(rp)))).body;
    let unbound = (await redeem(rp, undefined)).body;
    host.advanceMinutes(12 * 60);
    unbound = (await refresh(rp, undefined, unbound.refresh_token!)).body;
    host.advanceMinutes(12 * 60 - 1);
    unbound = (await refresh(rp, undefined, unbound.refresh_token!)).body;
    expect(unbound.refresh_token).toBeDefined();
    host.advanceMinutes(1);
    expect((await refresh(rp, undefined, unbound.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await refresh(rp, await key.proof(at(rp)), bound.refresh_token!)).status).toBe(200);
  });

  it('of 50 uses of one proof exactly one gets a token', async () => {
    const rp = new Rp(host, 'web1', 'mail');
    const codes: string[] = [];
    const verifiers: string[] = [];
    for (let index = 0; index < 50; index += 1) {
      codes.push(await rp.code());
      verifiers.push(rp.verifier);
    }
    const proof = await key.proof(at(rp));
    const answers = await Promise.all(
      codes.map((code, index) =>
        send(rp, proof, {
          grant_type: 'authorization_code',
          code,
          redirect_uri: `${portalOrigin}/callback`,
          code_verifier: verifiers[index]!,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49);
  });

  it('a proof from a clock that is off gets a nonce, and works with it; the nonce of nobody does not', async () => {
    const rp = new Rp(host, 'web1', 'mail');
    const code = await rp.code();
    const iat = Math.floor(Date.now() / 1000) - 86_400;
    const off = await redeem(rp, await key.proof(at(rp), { iat }), code);
    expect([off.status, off.body.error]).toEqual([400, 'use_dpop_nonce']);
    const invented = await redeem(rp, await key.proof(at(rp), { iat, nonce: 'x'.repeat(43) }), code);
    expect([invented.status, invented.body.error]).toEqual([400, 'use_dpop_nonce']);
    expect((await redeem(rp, await key.proof(at(rp), { iat, nonce: off.nonce! }), code)).status).toBe(200);
    const late = await key.proof(at(rp), { iat, nonce: off.nonce! });
    host.advanceMinutes(10);
    expect((await redeem(rp, late)).body.error).toBe('use_dpop_nonce');
  });

  it('a proof that is dated ahead works once in all the time in which it is good', async () => {
    const rp = new Rp(host, 'web1', 'mail');
    const proof = await key.proof(at(rp), { iat: Math.floor(Date.now() / 1000) + 299 });
    const sweep = () => host.storage.store.removeExpired('oidc_replay', host.clock.now(), 100);
    expect((await redeem(rp, proof)).status).toBe(200);
    host.advanceMinutes(9.9);
    await sweep();
    expect((await redeem(rp, proof)).body.error).toBe('invalid_grant');
    host.advanceMinutes(0.1);
    await sweep();
    expect((await redeem(rp, proof)).body.error).toBe('use_dpop_nonce');
  });

  it('a portal that must bind its tokens gets none without a proof', async () => {
    const rp = new Rp(host, 'web1', 'strict');
    const code = await rp.code();
    expect((await redeem(rp, undefined, code)).body.error).toBe('invalid_grant');
    expect((await redeem(rp, await key.proof(at(rp)))).body.token_type).toBe('DPoP');
  });
});
