import { createLocalJWKSet, type JWK, type JWTPayload, errors as joseErrors, jwtVerify } from 'jose';
import type {
  AccessToken,
  Client,
  ClientCredentials,
  Configuration,
  KoaContextWithOIDC,
  RefreshToken,
} from 'oidc-provider';
import type { Clock } from '../../kernel/index.ts';
import type { Portal, Realm } from '../../realm/index.ts';
import type { RealmKeys } from '../keys.ts';
import { text } from '../params.ts';

type FindAccount = NonNullable<Configuration['findAccount']>;
type Stored = AccessToken | ClientCredentials | RefreshToken;

export interface IntrospectionParts {
  readonly realm: Pick<Realm, 'resources'>;
  readonly issuer: string;
  readonly keys: Pick<RealmKeys, 'jwks'>;
  readonly findAccount: FindAccount;
  readonly portalOf: (clientId: string) => Pick<Portal, 'enabled'> | undefined;
  readonly clock: Clock;
}

/** What is asked of a token before anything about it is told. */
interface Told {
  readonly clientId: string | undefined;
  readonly audience: unknown;
  readonly accountId: string | undefined;
}

export interface Introspection {
  readonly feature: {
    enabled: true;
    allowedPolicy(ctx: KoaContextWithOIDC, client: Client, token: Stored): Promise<boolean>;
  };
  /** To be called when the response is made. */
  answerForJwt(ctx: KoaContextWithOIDC): Promise<void>;
}

/**
 * Token introspection (RFC 7662): of a token a client learns when it is its own, a resource server when it is for it;
 * to everybody else there is no such token. Public clients learn nothing: anybody could be one (§2.1, §4).
 */
export function createIntrospection(parts: IntrospectionParts): Introspection {
  const { realm, issuer, keys, findAccount, portalOf, clock } = parts;
  const jwks = createLocalJWKSet({ keys: keys.jwks.keys.map(publicPart) });

  const isServer = (client: Client, audience: unknown): boolean =>
    (realm.resources ?? []).some(
      ({ id, introspectedBy }) => id === audience && introspectedBy?.includes(client.clientId) === true,
    );

  async function maySee(ctx: KoaContextWithOIDC, client: Client, about: Told, token: object): Promise<boolean> {
    if (client.clientAuthMethod === 'none') return false;
    if (about.clientId !== client.clientId && !isServer(client, about.audience)) return false;
    // Nothing is worth anything any more that a portal was given which is gone or disabled.
    if (portalOf(about.clientId ?? '')?.enabled !== true) return false;
    if (about.accountId === undefined) return true;
    return (await findAccount(ctx, about.accountId, token as Parameters<FindAccount>[2])) !== undefined;
  }

  async function verify(token: string): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, jwks, { issuer, typ: 'at+jwt', currentDate: clock.now() });
      return payload;
    } catch (error) {
      if (error instanceof joseErrors.JOSEError) return undefined;
      throw error;
    }
  }

  return {
    feature: {
      enabled: true,
      allowedPolicy(ctx, client, token) {
        const { clientId, accountId, aud } = token as { clientId?: string; accountId?: string; aud?: unknown };
        return maySee(ctx, client, { clientId, accountId, audience: aud }, token);
      },
    },

    /** oidc-provider knows only what it stored. A JWT access token we can judge by our signature on it. */
    async answerForJwt(ctx) {
      if (ctx.oidc?.route !== 'introspection' || ctx.status !== 400) return;
      const { error } = (ctx.body ?? {}) as { readonly error?: unknown };
      const token = text(ctx.oidc.params?.['token']);
      const { client } = ctx.oidc;
      if (error !== 'unsupported_token_type' || token === undefined || client === undefined) return;
      ctx.status = 200;
      const claims = await verify(token);
      const clientId = text(claims?.['client_id']);
      const accountId = claims?.sub === clientId ? undefined : claims?.sub;
      const about = { clientId, accountId, audience: claims?.aud };
      const isActive = claims !== undefined && (await maySee(ctx, client, about, claims));
      ctx.body = isActive ? { active: true, ...claims, token_type: tokenTypeOf(claims) } : { active: false };
    },
  };
}

/** RFC 7518 §6: what verifies. */
const publicPart = ({ kty, kid, alg, use, crv, x, y, n, e }: JWK): JWK =>
  Object.fromEntries(
    Object.entries({ kty, kid, alg, use, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  );

const tokenTypeOf = (claims: JWTPayload) => (claims['cnf'] === undefined ? 'Bearer' : 'DPoP');
