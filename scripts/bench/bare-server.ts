/**
 * The limit: oidc-provider by itself on a Map, with a sign-in page that believes whatever is typed. Keeps nothing, checks
 * no password and no code, counts no guesses, writes no log. `node bare-server.ts SETTINGS`: a JSON file.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Adapter, type AdapterPayload, type JWK, Provider } from 'oidc-provider';
import { type Client, type Machines, redirectUri, resourceScope, scope } from './target.ts';

export interface BareSettings {
  readonly port: number;
  readonly issuer: string;
  readonly keys: readonly JWK[];
  readonly portal: Client;
  readonly machines: Machines;
}

const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as BareSettings;
const { issuer, portal, machines } = settings;
const stored = new Map<string, AdapterPayload>();

function mapAdapter(model: string): Adapter {
  const key = (id: string) => `${model}:${id}`;
  const absent = () => Promise.resolve(undefined);
  return {
    async upsert(id, payload) {
      stored.set(key(id), payload);
      if (model === 'Session' && payload.uid !== undefined) stored.set(`uid:${payload.uid}`, payload);
    },
    find: async (id) => stored.get(key(id)),
    findByUid: async (uid) => stored.get(`uid:${uid}`),
    findByUserCode: absent,
    async consume(id) {
      const payload = stored.get(key(id));
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      stored.delete(key(id));
    },
    async revokeByGrantId() {},
  };
}

const hourS = 3_600;
const provider = new Provider(issuer, {
  adapter: mapAdapter,
  clients: [
    {
      client_id: portal.clientId,
      client_secret: portal.clientSecret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope,
    },
    ...Object.values(machines).map(({ clientId, clientSecret }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
    })),
  ],
  jwks: { keys: [...settings.keys] },
  cookies: { keys: ['a key for cookies'] },
  claims: {
    openid: ['sub', 'acr', 'amr', 'auth_time'],
    profile: ['name', 'preferred_username', 'locale', 'updated_at'],
    email: ['email', 'email_verified'],
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  // Without asking for consent, as our portal does not ask for it either.
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: hourS,
    AuthorizationCode: 60,
    ClientCredentials: 300,
    Grant: 24 * hourS,
    IdToken: hourS,
    Interaction: hourS,
    RefreshToken: 24 * hourS,
    Session: 24 * hourS,
  },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: 'Somebody', email: sub, email_verified: true, updated_at: 1_700_000_000 }),
  }),
  interactions: { url: (_ctx, { uid }) => `${issuer}/sign-in/${uid}` },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => [],
      getResourceServerInfo: (_ctx, resource, client) => ({
        scope: resourceScope,
        audience: resource,
        accessTokenTTL: 300,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: client.clientId === machines.ES256.clientId ? 'ES256' : 'RS256' } },
      }),
    },
  },
});
provider.proxy = true;
const answer = provider.callback();

async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    const fields = ['identifier', 'password', 'code'].map((name) => `<input name="${name}">`).join('');
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(`<!doctype html><title>Sign in</title><form method="post">${fields}<button>Sign in</button></form>`);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const accountId = new URLSearchParams(Buffer.concat(chunks).toString()).get('identifier') ?? '';
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  const grantId = await grant.save();
  const login = { accountId, acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] };
  await provider.interactionFinished(request, response, { login, consent: { grantId } });
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/sign-in/') === true) void signIn(request, response);
  else void answer(request, response);
});
server.listen(settings.port, '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
