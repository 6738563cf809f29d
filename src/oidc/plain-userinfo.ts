import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Portal } from '../realm/index.ts';
import type { FindAccount } from './accounts.ts';
import { scopeClaims } from './claims.ts';

export interface PlainUserinfoParts {
  readonly adapter: (model: string) => Adapter;
  readonly findAccount: FindAccount;
  readonly portalOf: (clientId: string) => Portal | undefined;
}

/** True: it answered. False: nothing was written, and the provider is to judge. */
export type AnswerUserinfo = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export const userinfoPath = '/me';

const bearer = /^Bearer ([\w-]{20,512})$/;

/** Of a token or grant that has more to it than who, for whom, until when and what. */
const particulars = ['aud', 'claims', 'format', 'jkt', 'x5t#S256', 'rejected'] as const;

/**
 * The userinfo endpoint (OIDC Core §5.3) for what it is asked nearly always: a GET with a bearer token, good for these
 * scopes of a person who may still be there. Says what oidc-provider would say, at a fraction of the cost, and nothing
 * in any doubt: whatever is refused, bound to a key, asked for by name, or asked by a script, is the provider's.
 */
export function createPlainUserinfo({ adapter, findAccount, portalOf }: PlainUserinfoParts): AnswerUserinfo {
  const [tokens, grants, sessions] = [adapter('AccessToken'), adapter('Grant'), adapter('Session')];

  async function isItsSessionThere({ sessionUid, accountId, clientId, grantId }: AdapterPayload): Promise<boolean> {
    const session = await sessions.findByUid(String(sessionUid));
    if (!isPlain(session, 'Session') || session.accountId !== accountId) return false;
    return session.authorizations?.[clientId ?? '']?.grantId === grantId;
  }

  async function claimsBehind(token: string): Promise<Record<string, unknown> | undefined> {
    const found = await tokens.find(token);
    if (!isPlain(found, 'AccessToken')) return undefined;
    const { accountId, clientId, grantId, scope, expiresWithSession } = found;
    if (accountId === undefined || clientId === undefined || grantId === undefined) return undefined;
    if (portalOf(clientId)?.enabled !== true) return undefined;
    if (expiresWithSession === true && !(await isItsSessionThere(found))) return undefined;
    // Of a request that comes with a token it reads nothing.
    const account = await findAccount(undefined as never, accountId, found as never);
    const grant = account && (await grants.find(grantId));
    if (account === undefined || !isPlain(grant, 'Grant')) return undefined;
    if (grant.accountId !== accountId || grant.clientId !== clientId) return undefined;

    const { scope: granted = '' } = (grant['openid'] ?? {}) as { readonly scope?: string };
    const asked = scope?.split(' ') ?? [];
    const scopes = granted.split(' ').filter((each) => asked.includes(each));
    return scopes.includes('openid') ? claimsOfScopes(scopes, await account.claims('userinfo', '', {}, [])) : undefined;
  }

  return async (request, response) => {
    const token = tokenOf(request);
    // What fails here fails again when the provider is asked, which says so as it says everything.
    const claims = token === undefined ? undefined : await claimsBehind(token).catch(() => undefined);
    if (claims === undefined) return false;
    answer(response, JSON.stringify(claims));
    return true;
  };
}

function tokenOf({ method, headers, url }: IncomingMessage): string | undefined {
  if (method !== 'GET' || url?.includes('?') === true) return undefined;
  const { authorization = '', origin, dpop } = headers;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (origin !== undefined || dpop !== undefined || hasBody) return undefined;
  return bearer.exec(authorization)?.[1];
}

function isPlain(
  found: AdapterPayload | undefined | void,
  kind: 'AccessToken' | 'Grant' | 'Session',
): found is AdapterPayload {
  if (found === undefined || found === null || found.kind !== kind) return false;
  const now = Math.floor(Date.now() / 1000);
  return typeof found.exp === 'number' && found.exp > now && !particulars.some((name) => found[name] !== undefined);
}

function claimsOfScopes(scopes: readonly string[], all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = scopes.flatMap((scope) => scopeClaims[scope] ?? []);
  return Object.fromEntries(names.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]));
}

function answer(response: ServerResponse, body: string): void {
  response.statusCode = 200;
  response.setHeader('Vary', 'Origin');
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'DPoP-Nonce,WWW-Authenticate');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
