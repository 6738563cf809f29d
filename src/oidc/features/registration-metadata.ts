import { z } from 'zod';
import type { Portal, Resource } from '../../realm/index.ts';
import { authenticationOf, grantsOf, idTokenAlgOf, requiresDpop, requiresPar } from '../../realm/index.ts';
import { supportedGrants } from '../clients.ts';
import { words } from '../params.ts';

export interface ClientMetadataFault {
  /** RFC 7591 §3.2.2. */
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata';
  readonly description: string;
}

export type Mapped =
  | { readonly ok: true; readonly settings: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly fault: ClientMetadataFault };

const grantNames = new Map(Object.entries(supportedGrants).map(([ours, theirs]) => [theirs, ours]));
const secretMethods = ['client_secret_basic', 'client_secret_post'];
const texts = z.array(z.string().max(2_048)).max(50);

/** RFC 7591 §2: what we do not know is left out (§3.2.1 tells the client what it got). */
const metadataShape = z.object({
  client_name: z.string().trim().min(1).max(80).default('Registered portal'),
  redirect_uris: texts.default([]),
  post_logout_redirect_uris: texts.default([]),
  client_uri: z.string().max(2_048).exactOptional(),
  application_type: z.enum(['web', 'native']).default('web'),
  token_endpoint_auth_method: z.enum([...secretMethods, 'private_key_jwt', 'none']).default('client_secret_basic'),
  grant_types: texts.exactOptional(),
  response_types: z.array(z.literal('code', 'only the authorization code flow')).exactOptional(),
  scope: z.string().max(2_048).exactOptional(),
  jwks: z.looseObject({}).exactOptional(),
  jwks_uri: z.string().max(2_048).exactOptional(),
  id_token_signed_response_alg: z.string().max(16).exactOptional(),
  require_pushed_authorization_requests: z.boolean().exactOptional(),
  dpop_bound_access_tokens: z.boolean().exactOptional(),
  backchannel_logout_uri: z.string().max(2_048).exactOptional(),
});

/** What a client says of itself, as settings of a portal: those of a realm file, judged there. */
export function settingsFrom(metadata: Readonly<Record<string, unknown>>, resources: readonly Resource[]): Mapped {
  const parsed = metadataShape.safeParse(metadata);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { data } = parsed;
  const grants = grantsFrom(data.grant_types);
  if (grants === undefined) return invalid(`grant_types: there are ${[...grantNames.keys()].join(', ')}`);
  const scopes = data.scope === undefined ? scopesFor(grants) : words(data.scope);
  const own = resources.filter((resource) => resource.scopes.some((scope) => scopes.includes(scope)));
  return {
    ok: true,
    settings: present({
      name: data.client_name,
      kind: kindOf(data.token_endpoint_auth_method, data.application_type, grants),
      redirectUris: data.redirect_uris,
      postLogoutRedirectUris: data.post_logout_redirect_uris,
      homeUrl: data.client_uri,
      // Nobody of the realm vouches for it.
      asksConsent: true,
      scopes,
      resources: own.length === 0 ? undefined : own.map(({ id }) => id),
      grants,
      authentication: data.token_endpoint_auth_method === 'private_key_jwt' ? 'private_key_jwt' : undefined,
      jwks: data.jwks,
      jwksUri: data.jwks_uri,
      idTokenAlg: data.id_token_signed_response_alg,
      requirePar: data.require_pushed_authorization_requests,
      dpop: data.dpop_bound_access_tokens === true ? 'required' : undefined,
      backchannelLogoutUri: data.backchannel_logout_uri,
    }),
  };
}

/** The client information response (§3.2.1): what was registered, which may be less than what was asked for. */
export function metadataOf(portal: Portal, secret: string | undefined): Readonly<Record<string, unknown>> {
  const methods = { secret: 'client_secret_basic', private_key_jwt: 'private_key_jwt', none: 'none' };
  const grants = grantsOf(portal);
  return present({
    client_id: portal.clientId,
    client_id_issued_at: Math.floor(portal.createdAt.getTime() / 1000),
    client_secret: secret,
    client_secret_expires_at: secret === undefined ? undefined : 0,
    client_name: portal.name,
    client_uri: portal.homeUrl,
    application_type: portal.kind === 'native' ? 'native' : 'web',
    redirect_uris: portal.redirectUris,
    post_logout_redirect_uris: portal.postLogoutRedirectUris,
    token_endpoint_auth_method: methods[authenticationOf(portal)],
    grant_types: grants.map((grant) => supportedGrants[grant]),
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    scope: portal.scopes.join(' '),
    jwks: portal.jwks,
    jwks_uri: portal.jwksUri,
    id_token_signed_response_alg: idTokenAlgOf(portal),
    require_pushed_authorization_requests: requiresPar(portal),
    dpop_bound_access_tokens: requiresDpop(portal),
    backchannel_logout_uri: portal.backchannelLogoutUri,
  });
}

function grantsFrom(types: readonly string[] = ['authorization_code']): readonly string[] | undefined {
  const grants = types.map((type) => grantNames.get(type));
  return grants.includes(undefined) || grants.length === 0 ? undefined : [...new Set(grants as string[])];
}

function kindOf(method: string, application: 'web' | 'native', grants: readonly string[]): Portal['kind'] {
  if (method === 'none') return application === 'native' ? 'native' : 'browser';
  return grants.every((grant) => grant === 'client_credentials') ? 'machine' : 'web';
}

const scopesFor = (grants: readonly string[]) =>
  grants.every((grant) => grant === 'client_credentials')
    ? []
    : ['openid', 'profile', 'email', ...(grants.includes('refresh_token') ? ['offline_access'] : [])];

const present = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const invalid = (description: string): Mapped => ({
  ok: false,
  fault: { error: 'invalid_client_metadata', description },
});
