import type { AdapterPayload } from 'oidc-provider';
import { idTokenAlgOf, type Portal } from '../../realm/index.ts';
import { newArtifactId } from '../adapter.ts';
import { scopeClaims } from '../claims.ts';
import { idTokenS, refreshTokenS, userinfoTokenS } from '../lifetimes.ts';
import type { TokenAnswer } from './client-credentials.ts';
import type { Form } from './form.ts';
import { epochS, isGrantOf, isPlain, lasts, scopesGranted } from './kept.ts';
import type { PlainParts } from './parts.ts';
import type { SignJwt } from './sign.ts';

const grantType = 'refresh_token';

/** Once: takes the old token out of use and keeps the new ones. Throws when that fails. */
export type Exchange = () => Promise<TokenAnswer>;

type RefreshParts = Pick<PlainParts, 'issuer' | 'adapter' | 'findAccount' | 'clock'>;

/** A refresh token that is good, of a person who may still be there, and for what it was given. */
interface Presented {
  readonly token: AdapterPayload;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Refreshing (RFC 6749 §6, OIDC Core §12) with a token that is good and unused, bound to nothing, about a person and no
 * resource, for all that was granted. The token is rotated, as every portal's is that comes this way.
 */
export function createRefresh({ issuer, adapter, findAccount, clock }: RefreshParts, signJwt: SignJwt) {
  const [tokens, accessTokens] = [adapter('RefreshToken'), adapter('AccessToken')];
  const [grants, sessions] = [adapter('Grant'), adapter('Session')];

  async function presented(value: string, { clientId }: Portal): Promise<Presented | undefined> {
    const token = await tokens.find(value);
    if (!isPlain(token, 'RefreshToken') || token.clientId !== clientId) return undefined;
    const { accountId, grantId, scope } = token;
    if (accountId === undefined || grantId === undefined || scope === undefined) return undefined;
    // Asked for at once, which costs one transaction.
    const [account, grant, isThere] = await Promise.all([
      findAccount(undefined as never, accountId, token as never),
      grants.find(grantId),
      lasts(sessions, token),
    ]);
    if (account === undefined || account === null || !isThere || !isGrantOf(grant, token)) return undefined;
    const scopes = scopesGranted(grant, scope);
    if (!scopes.includes('openid')) return undefined;
    return { token, scopes, claims: await account.claims('id_token', scope, {}, []) };
  }

  async function idTokenOf({ token, claims }: Presented, portal: Portal, now: number): Promise<string | undefined> {
    const { acr, amr, authTime, nonce, sid } = token;
    const told: Record<string, unknown> = {};
    for (const name of scopeClaims['openid'] ?? []) told[name] = claims[name];
    Object.assign(told, { acr, amr, auth_time: authTime, nonce, sid, aud: portal.clientId });
    return signJwt(idTokenAlgOf(portal), Object.assign(told, { exp: now + idTokenS, iat: now, iss: issuer }));
  }

  async function keep(kind: 'RefreshToken' | 'AccessToken', payload: AdapterPayload, lifeS: number): Promise<string> {
    const [jti, iat] = [newArtifactId(clock.now()), epochS()];
    const kept = { ...payload, kind, jti, iat, exp: iat + lifeS };
    await (kind === 'RefreshToken' ? tokens : accessTokens).upsert(jti, kept, lifeS);
    return jti;
  }

  return async ({ refresh_token: value }: Form, portal: Portal): Promise<Exchange | undefined> => {
    const found = value === undefined ? undefined : await presented(value, portal);
    if (value === undefined || found === undefined) return undefined;
    const { token, scopes } = found;
    const gty = token.gty?.endsWith(grantType) === true ? token.gty : `${token.gty ?? ''} ${grantType}`.trimStart();
    const { accountId, clientId, expiresWithSession, grantId, sessionUid, sid } = token;
    const { startedAt, organization } = token as { startedAt?: number; organization?: string };
    const scope = scopes.join(' ');

    return async () => {
      await tokens.consume(value);
      const rotations = typeof token.rotations === 'number' ? token.rotations + 1 : 1;
      const [idToken, next, accessToken] = await Promise.all([
        idTokenOf(found, portal, epochS()),
        keep('RefreshToken', { ...token, gty, rotations }, refreshTokenS(portal, token, clock.now())),
        keep(
          'AccessToken',
          { accountId, clientId, expiresWithSession, grantId, gty, scope, sessionUid, sid, startedAt, organization },
          userinfoTokenS,
        ),
      ]);
      return {
        ...{ access_token: accessToken, expires_in: userinfoTokenS, id_token: idToken },
        ...{ refresh_token: next, scope, token_type: 'Bearer' },
      };
    };
  };
}
