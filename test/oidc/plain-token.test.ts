import { jest } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Provider } from 'oidc-provider';
import { aPortal, aRealm, aUser, claimsIn, Host, Rp, type Tokens } from './host.ts';

const orders = 'https://api.test/orders';
const files = 'https://api.test/files';
const resource = { name: 'Orders', scopes: ['orders:read', 'orders:write'], tokenFormat: 'jwt' } as const;

type Fields = Readonly<Record<string, string>>;
/** A field that oidc-provider passes over; whoever sends it is answered by oidc-provider. */
const byProvider: Fields = { of_no_meaning: 'x' };

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Tokens & { readonly error?: string; readonly [name: string]: unknown };
}

/** What differs between any two answers. */
const neutral = (body: object) => ({ ...body, access_token: '', refresh_token: '', id_token: '' });
const claimsBut = (jwt: string, ...names: string[]) => {
  const claims = { ...claimsIn(jwt) };
  for (const name of names) delete claims[name];
  return claims;
};

describe('what the token endpoint answers plainly', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(
      aRealm('web1', {
        resources: [
          { ...resource, id: orders },
          { ...resource, id: files, name: 'Files', scopes: ['files:read'] },
        ],
      }),
      aPortal('web1', 'mail'),
      aUser('web1', 'mia', { username: 'mia', locale: 'de' }),
    );
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  async function ask(form: Fields, headers: Fields = {}, issuer = rp.issuer): Promise<Answer> {
    const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form), headers });
    const told = Object.fromEntries([...answer.headers].filter(([name]) => !['date', 'content-length'].includes(name)));
    return { status: answer.status, headers: told, body: (await answer.json()) as Answer['body'] };
  }

  const secretOf = (clientId: string): Fields => ({ client_id: clientId, client_secret: `${clientId}-secret` });
  const basicOf = (clientId: string, secret = `${clientId}-secret`): Fields => ({
    authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
  });

  /** The token that is kept for `value`, but for what no two have alike. */
  async function kept(collection: string, value: string) {
    const found = await host.storedPayload(collection, 'web1', value);
    const { exp, iat, iiat, sessionUid, sid, grantId, startedAt, ...rest } = found as Record<string, number>;
    return {
      ...rest,
      lifeS: (exp ?? 0) - (iat ?? 0),
      familyS: iiat === undefined ? undefined : (iat ?? 0) - iiat,
      has: Object.keys(found).toSorted(),
      isBound: [sessionUid, sid, grantId, startedAt].every((each) => each !== undefined),
    };
  }

  describe('for a refresh token', () => {
    const refreshing = (token: string | undefined): Fields => ({
      ...secretOf('mail'),
      grant_type: 'refresh_token',
      refresh_token: token ?? '',
    });
    const wishes: readonly [string, Fields][] = [
      ['everything', {}],
      ['less', { scope: 'openid email offline_access' }],
      ['a session of an organization', { scope: 'openid offline_access' }],
    ];

    it.each(wishes)('is what oidc-provider answers and keeps, of %s', async (what, wish) => {
      if (what.includes('organization')) {
        host.memberships.set('acme', { id: 'acme', name: 'Acme', roles: ['admin'] });
        host.signIn = () => ({ userId: 'mia', organization: 'acme' });
      }
      const [first, second] = [await rp.signIn(wish), await rp.signIn(wish)];
      host.advanceMinutes(10);
      const plain = await ask(refreshing(first.refresh_token));
      const provider = await ask({ ...refreshing(second.refresh_token), ...byProvider });
      expect(neutral(plain.body)).toStrictEqual(neutral(provider.body));
      expect([plain.status, plain.headers]).toStrictEqual([200, provider.headers]);

      const unlike = ['sid'];
      expect(claimsBut(plain.body.id_token, ...unlike)).toStrictEqual(claimsBut(provider.body.id_token, ...unlike));
      expect(decodeProtectedHeader(plain.body.id_token)).toStrictEqual(decodeProtectedHeader(provider.body.id_token));
      for (const [model, name] of [
        ['oidc_refresh_tokens', 'refresh_token'],
        ['oidc_access_tokens', 'access_token'],
      ] as const) {
        expect(await kept(model, plain.body[name] ?? '')).toStrictEqual(await kept(model, provider.body[name] ?? ''));
      }
      const keys = createRemoteJWKSet(new URL(`${rp.issuer}/jwks`));
      const verify = { issuer: rp.issuer, audience: 'mail', currentDate: host.clock.now() };
      expect((await jwtVerify(plain.body.id_token, keys, verify)).payload.sub).toBe('mia');
      expect((await rp.userinfo(plain.body.access_token)).status).toBe(200);
    });

    it.each(['RS256', 'ES256', 'EdDSA'] as const)('with an ID token by %s', async (alg) => {
      host.add(aPortal('web1', 'mail', { idTokenAlg: alg, changedAt: new Date() }));
      const { refresh_token: token } = await rp.signIn();
      const { body } = await ask(refreshing(token));
      const keys = createRemoteJWKSet(new URL(`${rp.issuer}/jwks`));
      const verify = { issuer: rp.issuer, audience: 'mail', algorithms: [alg], currentDate: host.clock.now() };
      expect((await jwtVerify(body.id_token, keys, verify)).payload).toMatchObject({ sub: 'mia', acr: 'single' });
    });

    it('goes on from one that oidc-provider gave, and the other way round, and the family ends when one is used again', async () => {
      const { refresh_token: token } = await rp.signIn();
      const { body: second } = await ask(refreshing(token));
      const { body: third } = await ask({ ...refreshing(second.refresh_token), ...byProvider });
      const { body: fourth, status } = await ask(refreshing(third.refresh_token));
      expect(status).toBe(200);
      expect(await kept('oidc_refresh_tokens', fourth.refresh_token ?? '')).toMatchObject({
        rotations: 3,
        gty: 'authorization_code refresh_token',
        familyS: 0,
      });
      expect(await ask(refreshing(second.refresh_token))).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
      expect(await ask(refreshing(fourth.refresh_token))).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
      expect((await rp.userinfo(fourth.access_token)).status).toBe(401);
    });

    it('A7: of 25 that come this way and 25 that come the other, together, exactly one wins', async () => {
      const { refresh_token: token } = await rp.signIn();
      const forms = Array.from({ length: 50 }, (_, at) => ({
        ...refreshing(token),
        ...(at % 2 === 0 ? {} : byProvider),
      }));
      const answers = await Promise.all(forms.map((form) => ask(form)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49);
      expect(await ask(refreshing(won[0]?.body.refresh_token))).toMatchObject({ status: 400 });
    });

    const ends: readonly [string, () => unknown][] = [
      ['it expired', () => host.advanceMinutes(15 * 24 * 60)],
      ['the person was disabled', () => host.add(aUser('web1', 'mia', { status: 'disabled' }))],
      ['the second factor was locked', () => host.add(aUser('web1', 'mia', { secondFactorLockedAt: new Date() }))],
      ['the person is gone', () => host.users.clear()],
      [
        'sessions began anew',
        () => host.add(aUser('web1', 'mia', { sessionsValidFrom: new Date(host.clock.now().getTime() + 1_000) })),
      ],
      ['the person signed out everywhere', () => host.oidc.endSessionsOf('web1', 'mia')],
      ['the portal was disabled', () => host.add(aPortal('web1', 'mail', { enabled: false, changedAt: new Date() }))],
      [
        'the client id is of another portal since',
        () => host.add(aPortal('web1', 'mail', { createdAt: new Date(), changedAt: new Date() })),
      ],
      [
        'the portal may refresh no more',
        () => host.add(aPortal('web1', 'mail', { grants: ['authorization_code'], changedAt: new Date() })),
      ],
      [
        'the portal has to bind its tokens to a key',
        () => host.add(aPortal('web1', 'mail', { dpop: 'required', changedAt: new Date() })),
      ],
    ];

    it.each(ends)('is refused as oidc-provider refuses it when %s', async (_, end) => {
      const { refresh_token: token } = await rp.signIn();
      await end();
      const plain = await ask(refreshing(token));
      const provider = await ask({ ...refreshing(token), ...byProvider });
      expect(plain).toStrictEqual(provider);
      expect(plain.status).toBeGreaterThanOrEqual(400);
      expect(plain.body.access_token).toBeUndefined();
    });

    it('ends with the session where the token does', async () => {
      host.add(aPortal('web1', 'mail', { asksConsent: true, changedAt: new Date() }));
      host.signIn = () => ({ userId: 'mia', consented: true });
      const { refresh_token: token } = await rp.signIn({ scope: 'openid offline_access', prompt: 'consent' });
      host.add(aUser('web1', 'bob'));
      host.signIn = () => ({ userId: 'bob', consented: true });
      await rp.signIn({ prompt: 'login consent', scope: 'openid offline_access' });
      const plain = await ask(refreshing(token));
      expect(plain.status).toBe(
        (await ask({ ...refreshing(plain.body.refresh_token ?? token), ...byProvider })).status,
      );
    });

    it('is nothing for another portal, another realm, or somebody without the secret', async () => {
      host.add(aPortal('web1', 'shop'), aRealm('web2'), aPortal('web2', 'mail'), aUser('web2', 'mia'));
      const { refresh_token: token } = await rp.signIn();
      const form = refreshing(token);
      expect(await ask({ ...form, ...secretOf('shop') })).toMatchObject({ status: 400 });
      expect(await ask(form, {}, `${host.origin}/realms/web2`)).toMatchObject({ status: 400 });
      expect(await ask({ ...form, client_secret: 'guess' })).toMatchObject({ status: 401 });
      const { client_secret: _, ...unproven } = form;
      expect(await ask(unproven)).toMatchObject({ status: 401 });
      expect(await ask(unproven, basicOf('mail', 'guess'))).toMatchObject({ status: 401 });
      expect(await ask(form)).toMatchObject({ status: 200 });
    });

    it('leaves what asks for fewer scopes to the provider', async () => {
      const { refresh_token: token } = await rp.signIn();
      const fewer = await ask({ ...refreshing(token), scope: 'openid email' });
      expect(fewer).toMatchObject({ status: 200, body: { scope: 'openid email' } });
      expect(await ask(refreshing(fewer.body.refresh_token))).toMatchObject({ status: 200 });
    });

    const more: readonly [string, Fields, Fields, string][] = [
      ['a resource', { resource: orders }, {}, 'invalid_target'],
      ['a proof that is none', {}, { dpop: 'x' }, 'invalid_dpop_proof'],
      ['for a script from elsewhere', {}, { origin: 'https://elsewhere.example' }, 'invalid_request'],
    ];
    it.each(more)('leaves what asks for more to the provider: %s', async (_, fields, headers, error) => {
      const { refresh_token: token } = await rp.signIn();
      expect(await ask({ ...refreshing(token), ...fields }, headers)).toMatchObject({ status: 400, body: { error } });
    });
  });

  describe('for client credentials', () => {
    const asking = (clientId: string, more: Fields = {}): Fields => ({
      ...secretOf(clientId),
      grant_type: 'client_credentials',
      ...more,
    });
    beforeEach(() => {
      const machine = { kind: 'machine', scopes: ['orders:read', 'files:read'], redirectUris: [] } as const;
      host.add(
        aPortal('web1', 'job', { ...machine, resources: [orders] }),
        aPortal('web1', 'sync', { ...machine, resources: [orders, files], idTokenAlg: 'ES256' }),
        aPortal('web1', 'ed', { ...machine, resources: [orders], idTokenAlg: 'EdDSA' }),
      );
    });

    const wishes: readonly [string, string, Fields][] = [
      ['the only resource it has', 'job', {}],
      ['a resource by its name', 'sync', { resource: files, scope: 'files:read' }],
      ['a scope', 'job', { scope: 'orders:read' }],
      ['a resource that wants EdDSA', 'ed', { resource: orders }],
    ];
    it.each(wishes)('is what oidc-provider answers, of %s', async (_, clientId, wish) => {
      const plain = await ask(asking(clientId, wish));
      const provider = await ask({ ...asking(clientId, wish), ...byProvider });
      expect(neutral(plain.body)).toStrictEqual(neutral(provider.body));
      expect([plain.status, plain.headers]).toStrictEqual([200, provider.headers]);
      const [ours, theirs] = [plain.body.access_token, provider.body.access_token];
      expect(claimsBut(ours, 'jti')).toStrictEqual(claimsBut(theirs, 'jti'));
      expect(Object.keys(claimsIn(ours))).toStrictEqual(Object.keys(claimsIn(theirs)));
      expect(decodeProtectedHeader(ours)).toStrictEqual(decodeProtectedHeader(theirs));
      const keys = createRemoteJWKSet(new URL(`${rp.issuer}/jwks`));
      const verify = { issuer: rp.issuer, typ: 'at+jwt', currentDate: host.clock.now() };
      const { payload } = await jwtVerify(ours, keys, verify);
      expect(payload).toMatchObject({ sub: clientId, client_id: clientId, iss: rp.issuer });
      expect(claimsIn((await ask(asking(clientId, wish))).body.access_token)['jti']).not.toBe(payload.jti);
    });

    const refused: readonly [string, string, Fields, string][] = [
      ['a resource it may not have', 'job', { resource: files }, 'invalid_target'],
      ['a resource that nobody has', 'job', { resource: 'https://nowhere.test/' }, 'invalid_target'],
      ['no resource where it has two', 'sync', {}, 'invalid_target'],
      ['a scope it may not have', 'job', { scope: 'orders:write' }, 'invalid_scope'],
      ['a scope that is none', 'job', { scope: 'a\\b' }, 'invalid_scope'],
      ['another grant', 'job', { grant_type: 'password' }, 'unsupported_grant_type'],
    ];
    it.each(refused)('is refused as oidc-provider refuses it, of %s', async (_, clientId, wish, error) => {
      const plain = await ask(asking(clientId, wish));
      expect(plain).toStrictEqual(await ask({ ...asking(clientId, wish), ...byProvider }));
      expect(plain.body.error).toBe(error);
    });

    it('drops scopes that the portal may not have beside others, as oidc-provider does', async () => {
      const { body } = await ask(asking('job', { scope: 'orders:read orders:write' }));
      expect(body).toMatchObject({ scope: 'orders:read' });
    });

    it('takes the secret from the header, encoded as RFC 6749 has it, and never from two places', async () => {
      const form = { grant_type: 'client_credentials' };
      expect(await ask(form, basicOf('job'))).toMatchObject({ status: 200 });
      expect(await ask({ ...form, client_id: 'job' }, basicOf('job'))).toMatchObject({ status: 200 });
      expect(await ask(form, basicOf('j%6Fb', 'job%2Dsecret'))).toMatchObject({ status: 200 });
      expect(await ask({ ...form, client_id: 'sync' }, basicOf('job'))).toMatchObject({ status: 400 });
      expect(await ask(asking('job'), basicOf('job'))).toMatchObject({ status: 400 });
      expect(await ask(form, basicOf('job', 'guess'))).toMatchObject({ status: 401 });
      expect(await ask(form, basicOf('nobody'))).toMatchObject({ status: 401 });
      expect(await ask(form, basicOf('j%zzb'))).toMatchObject({ status: 400 });
      expect(await ask(form, { authorization: 'Basic ???' })).toMatchObject({ status: 400 });
    });

    it('is for no portal that proves itself otherwise, and for no grant it does not have', async () => {
      host.add(aPortal('web1', 'app', { kind: 'browser', resources: [orders] }));
      const form = { grant_type: 'client_credentials', client_id: 'app', resource: orders };
      expect(await ask(form)).toMatchObject({ status: 400 });
      expect(await ask({ ...form, client_secret: 'app-secret' })).toMatchObject({ body: { error: 'invalid_client' } });
      expect(await ask({ ...asking('mail'), resource: orders })).toMatchObject({ status: 400 });
    });

    it('signs with the new keys once they do, and with the old ones until then', async () => {
      const kidOf = async () => decodeProtectedHeader((await ask(asking('job'))).body.access_token).kid;
      const before = await kidOf();
      await host.oidc.keys.rotate('web1', { actor: { kind: 'system' } });
      host.advance(3_000);
      expect(await kidOf()).toBe(before);
      host.advanceMinutes(61);
      const after = await kidOf();
      expect(after).not.toBe(before);
      expect(decodeProtectedHeader((await ask({ ...asking('job'), ...byProvider })).body.access_token).kid).toBe(after);
    });
  });

  it('asks oidc-provider nothing, and asks it where it is not plain', async () => {
    const { refresh_token: token = '', access_token: accessToken } = await rp.signIn();
    host.add(
      aPortal('web1', 'job', { kind: 'machine', scopes: ['orders:read'], resources: [orders], redirectUris: [] }),
    );
    const machine = { ...secretOf('job'), grant_type: 'client_credentials' };
    const person = { ...secretOf('mail'), grant_type: 'refresh_token', refresh_token: token };
    // The provider is made anew for the new portal.
    await ask(machine);
    const asked = jest.spyOn(Provider.prototype as unknown as { createContext: () => unknown }, 'createContext');
    try {
      expect((await rp.userinfo(accessToken)).status).toBe(200);
      expect(await ask(machine)).toMatchObject({ status: 200 });
      expect(await ask({ grant_type: 'client_credentials' }, basicOf('job'))).toMatchObject({ status: 200 });
      const next = await ask(person);
      expect(next).toMatchObject({ status: 200 });
      expect(asked).not.toHaveBeenCalled();
      expect(await ask({ ...machine, ...byProvider })).toMatchObject({ status: 200 });
      expect(await ask({ ...person, refresh_token: next.body.refresh_token ?? '', ...byProvider })).toMatchObject({
        status: 200,
      });
      expect(asked).toHaveBeenCalledTimes(2);
    } finally {
      asked.mockRestore();
    }
  });

  describe('of a form', () => {
    it('asks the provider about one that comes in pieces, without a length, too long, twice or empty', async () => {
      const { refresh_token: token = '' } = await rp.signIn();
      const form = new URLSearchParams({ ...secretOf('mail'), grant_type: 'refresh_token', refresh_token: token });
      const url = `${rp.issuer}/token`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const post = async (body: string | ReadableStream<Uint8Array>, more: Fields = {}) => {
        const request = { method: 'POST', body, headers: { ...headers, ...more }, duplex: 'half' } as RequestInit;
        const answer = await fetch(url, request);
        return { status: answer.status, body: (await answer.json()) as Answer['body'] };
      };
      const twice = await post(`${form.toString()}&grant_type=refresh_token`);
      expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect(await post('')).toMatchObject({ status: 400 });
      expect(await post(form.toString(), { 'content-type': 'text/plain' })).toMatchObject({ status: 400 });
      expect(await post(`${form.toString()}&more=${'x'.repeat(60_000)}`)).toMatchObject({ status: 400 });
      const pieces = form.toString().match(/.{1,9}/g) ?? [];
      const slowly = new ReadableStream<Uint8Array>({
        async pull(out) {
          const piece = pieces.shift();
          if (piece === undefined) return out.close();
          await new Promise((resolve) => setImmediate(resolve));
          out.enqueue(new TextEncoder().encode(piece));
        },
      });
      const answered = await post(slowly);
      expect(answered).toMatchObject({ status: 200 });
      const longer = new URLSearchParams({
        ...Object.fromEntries(form),
        refresh_token: answered.body.refresh_token ?? '',
      });
      expect(await post(`${longer.toString()}&more=${'x'.repeat(5_000)}`)).toMatchObject({ status: 200 });
    });
  });
});
