import type { IncomingMessage } from 'node:http';
import { scopeClaims } from '../claims.ts';
import { answerJson } from './answer.ts';
import { isGrantOf, isPlain, lasts, scopesGranted } from './kept.ts';
import type { AnswerPlainly, PlainParts } from './parts.ts';

export type UserinfoParts = Pick<PlainParts, 'adapter' | 'findAccount' | 'portalOf'>;

const bearer = /^Bearer ([\w-]{20,512})$/;

/**
 * The userinfo endpoint (OIDC Core §5.3) for what it is asked nearly always: a GET with a bearer token, good for these
 * scopes of a person who may still be there. Says what oidc-provider would say, at a fraction of the cost, and nothing
 * in any doubt: whatever is refused, bound to a key, asked for by name, or asked by a script, is the provider's.
 */
export function createPlainUserinfo({ adapter, findAccount, portalOf }: UserinfoParts): AnswerPlainly {
  const [tokens, grants, sessions] = [adapter('AccessToken'), adapter('Grant'), adapter('Session')];

  async function claimsBehind(value: string): Promise<Record<string, unknown> | undefined> {
    const token = await tokens.find(value);
    if (!isPlain(token, 'AccessToken')) return undefined;
    const { accountId, clientId, grantId, scope } = token;
    if (accountId === undefined || clientId === undefined || grantId === undefined) return undefined;
    if (portalOf(clientId)?.enabled !== true) return undefined;
    if (!(await lasts(sessions, token))) return undefined;
    // Of a request that comes with a token it reads nothing.
    const account = await findAccount(undefined as never, accountId, token as never);
    const grant = account && (await grants.find(grantId));
    if (account === undefined || !isGrantOf(grant, token)) return undefined;
    const scopes = scopesGranted(grant, scope);
    return scopes.includes('openid') ? claimsOfScopes(scopes, await account.claims('userinfo', '', {}, [])) : undefined;
  }

  return async (request, response) => {
    const token = tokenOf(request);
    // What fails here fails again when the provider is asked, which says so as it says everything.
    const claims = token === undefined ? undefined : await claimsBehind(token).catch(() => undefined);
    if (claims === undefined) return false;
    answerJson(response, 200, claims);
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

function claimsOfScopes(scopes: readonly string[], all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = scopes.flatMap((scope) => scopeClaims[scope] ?? []);
  return Object.fromEntries(names.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]));
}
