import { randomToken } from '../../kernel/index.ts';
import { idTokenAlgOf, type Portal } from '../../realm/index.ts';
import { scopesAt, serverOf } from '../features/resources.ts';
import type { Form } from './form.ts';
import { epochS } from './kept.ts';
import type { PlainParts } from './parts.ts';
import type { SignJwt } from './sign.ts';

/** What the token endpoint answers (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly token_type: 'Bearer';
  readonly id_token?: string | undefined;
  readonly refresh_token?: string;
  readonly scope?: string | undefined;
}

/**
 * Client credentials (RFC 6749 §4.4) for one resource whose tokens are JWTs (RFC 9068): by its name, or the only one the
 * portal has; for scopes it may have there, or none.
 */
export function createClientCredentials({ realm, issuer }: Pick<PlainParts, 'realm' | 'issuer'>, signJwt: SignJwt) {
  const resources = new Map((realm.resources ?? []).map((resource) => [resource.id, resource]));

  return async ({ resource: named, scope }: Form, portal: Portal): Promise<TokenAnswer | undefined> => {
    const open = portal.resources ?? [];
    const id = named ?? (open.length === 1 ? open[0] : undefined);
    const resource = id === undefined || !open.includes(id) ? undefined : resources.get(id);
    if (resource === undefined) return undefined;
    const allowed = scopesAt(resource, portal);
    const asked = scope?.split(' ') ?? [];
    if (new Set(asked).size !== asked.length || !asked.every((each) => allowed.includes(each))) return undefined;

    const { accessTokenFormat: format, accessTokenTTL: lifeS } = serverOf(resource, portal);
    if (format !== 'jwt' || lifeS === undefined) return undefined;
    const now = epochS();
    const { clientId } = portal;
    const claims = {
      ...{ jti: randomToken(16), sub: clientId, iat: now, exp: now + lifeS, scope },
      ...{ client_id: clientId, iss: issuer, aud: resource.id },
    };
    const token = await signJwt(idTokenAlgOf(portal), claims, 'at+jwt');
    return token === undefined ? undefined : { access_token: token, expires_in: lifeS, token_type: 'Bearer', scope };
  };
}
