import { decodeProtectedHeader } from 'jose';
import type { Endpoints } from './endpoints.ts';
import type { Answer, Lane } from './lane.ts';
import { signIn, type Tokens } from './sign-in.ts';
import { type Client, resource, resourceScope, type Target } from './target.ts';

export const operationNames = [
  'discovery',
  'token_es256',
  'token_rs256',
  'refresh',
  'introspection',
  'userinfo',
  'sign_in',
] as const;

export type OperationName = (typeof operationNames)[number];

/** Does it once; throws when the answer is not what it should be. */
export type Operation = () => Promise<void>;

/** The operations of one connection. */
export type Operations = Readonly<Record<OperationName, Operation>>;

export interface OperationParts {
  readonly target: Target;
  readonly endpoints: Endpoints;
  readonly lane: Lane;
  /** Of somebody whom this connection signed in. */
  readonly tokens: Tokens;
  /** Another person each time. */
  readonly nextPerson: () => number;
}

export function createOperations({ target, endpoints, lane, tokens, nextPerson }: OperationParts): Operations {
  let refreshToken = tokens.refresh_token ?? '';

  async function requestToken(client: Client, form: Record<string, string>): Promise<Tokens> {
    return json(await lane.ask(endpoints.token, { headers: basic(client), form }), 'token') as unknown as Tokens;
  }

  async function clientCredentials(alg: 'ES256' | 'RS256'): Promise<void> {
    if (!endpoints.grantTypes.includes('client_credentials')) throw new Error('client credentials are not offered');
    const form = { grant_type: 'client_credentials', resource, scope: resourceScope };
    const { access_token: token } = await requestToken(target.machines[alg], form);
    expect(decodeProtectedHeader(token).alg, alg, 'the token is signed by');
  }

  return {
    async discovery() {
      expect(json(await lane.ask(endpoints.discovery), 'discovery')['issuer'], target.issuer, 'the issuer is');
    },
    token_es256: () => clientCredentials('ES256'),
    token_rs256: () => clientCredentials('RS256'),
    async refresh() {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      const fresh = await requestToken(target.portal, form);
      refreshToken = fresh.refresh_token ?? refreshToken;
    },
    async introspection() {
      if (endpoints.introspection === undefined) throw new Error('introspection is not offered');
      const asked = { headers: basic(target.portal), form: { token: tokens.access_token } };
      const answer = json(await lane.ask(endpoints.introspection, asked), 'introspection');
      expect(answer['active'], true, 'active is');
    },
    async userinfo() {
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      const answer = json(await lane.ask(endpoints.userinfo, { headers }), 'userinfo');
      expect(typeof answer['email'], 'string', 'the email is a');
    },
    async sign_in() {
      const signed = await signIn(lane, target, endpoints, nextPerson());
      expect(typeof signed.refresh_token, 'string', 'the refresh token is a');
    },
  };
}

function json({ status, body }: Answer, what: string): Record<string, unknown> {
  if (status !== 200) throw new Error(`${what}: ${status} ${body.slice(0, 300)}`);
  return JSON.parse(body) as Record<string, unknown>;
}

function expect(found: unknown, wanted: unknown, what: string): void {
  if (found !== wanted) throw new Error(`${what} ${String(found)}, not ${String(wanted)}`);
}

function basic({ clientId, clientSecret }: Client): Record<string, string> {
  const given = [clientId, clientSecret].map(encodeURIComponent).join(':');
  return { authorization: `Basic ${Buffer.from(given).toString('base64')}` };
}
