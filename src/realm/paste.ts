import { randomBytes } from 'node:crypto';
import type { PortalFacts } from './portal-facts.ts';

export const softwares = ['generic', 'nextauth', 'spring', 'apache', 'oauth2-proxy'] as const;
export type Software = (typeof softwares)[number];

/** Lines to paste into the settings of `software`; undefined where it cannot do without a secret and there is none. */
export function pasteFor(software: Software, facts: PortalFacts): readonly string[] | undefined {
  if (software === 'generic') return generic(facts);
  if (facts.authentication !== 'secret' || !facts.grants.includes('authorization_code')) return undefined;
  return { nextauth, spring, apache, 'oauth2-proxy': oauth2Proxy }[software](facts);
}

const secretOf = (facts: PortalFacts) => facts.clientSecret ?? '<the client secret>';
const firstRedirect = (facts: PortalFacts) => facts.redirectUris[0] ?? '';

const methods = {
  secret: 'client_secret_basic or client_secret_post',
  private_key_jwt: 'private_key_jwt',
  none: 'none (public)',
} as const;

function generic(facts: PortalFacts): readonly string[] {
  const all: [string, readonly string[]][] = [
    ['issuer', [facts.issuer]],
    ['discovery URL', [facts.discoveryUrl]],
    ['client id', [facts.clientId]],
    ['client secret', facts.clientSecret === null ? [] : [`${facts.clientSecret}   (shown this once)`]],
    ['authentication', [methods[facts.authentication]]],
    ['grants', [facts.grants.join(' ')]],
    ['redirect URIs', facts.redirectUris],
    ['post-logout redirect URIs', facts.postLogoutRedirectUris],
    ['scopes', facts.scopes.length === 0 ? [] : [facts.scopes.join(' ')]],
    ['resources', facts.resources],
    ['ID token algorithm', facts.grants.includes('authorization_code') ? [facts.idTokenAlg] : []],
    ['required', [...required(facts)]],
  ];
  const rows = all.filter(([, values]) => values.length > 0);
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, values]) =>
    values.map((value, index) => `${(index === 0 ? name : '').padEnd(width)}${value}`),
  );
}

function* required(facts: PortalFacts): Iterable<string> {
  if (facts.grants.includes('authorization_code')) yield 'PKCE with S256';
  if (facts.requirePar) yield 'pushed authorization requests (RFC 9126)';
  if (facts.requireDpop) yield 'DPoP (RFC 9449)';
}

/** The part of a redirect address after `marker` is the name by which the software knows us. */
function idBehind(marker: string, facts: PortalFacts): string {
  const [, id] = firstRedirect(facts).split(marker);
  return id !== undefined && /^[a-z0-9-]+$/.test(id) ? id : 'gatehouse';
}

/** Auth.js 5. Its profile is the ID token unless told otherwise, and ours carries no name or address (OIDC Core §5.4). */
function nextauth(facts: PortalFacts): readonly string[] {
  return [
    `// Redirect URI: https://<your host>/api/auth/callback/${idBehind('/api/auth/callback/', facts)}`,
    '{',
    `  id: ${JSON.stringify(idBehind('/api/auth/callback/', facts))},`,
    '  name: "Gatehouse",',
    '  type: "oidc",',
    `  issuer: ${JSON.stringify(facts.issuer)},`,
    `  clientId: ${JSON.stringify(facts.clientId)},`,
    `  clientSecret: ${JSON.stringify(secretOf(facts))},`,
    `  authorization: { params: { scope: ${JSON.stringify(facts.scopes.join(' '))} } },`,
    ...(facts.idTokenAlg === 'RS256' ? [] : [`  client: { id_token_signed_response_alg: "${facts.idTokenAlg}" },`]),
    '  checks: ["pkce", "state", "nonce"],',
    '  idToken: false,',
    '}',
  ];
}

/** Spring Boot. Spring Security sends PKCE for clients with a secret by itself from 7 on. */
function spring(facts: PortalFacts): readonly string[] {
  const id = idBehind('/login/oauth2/code/', facts);
  return [
    '# Spring Security before 7: set an OAuth2AuthorizationRequestResolver with',
    '# OAuth2AuthorizationRequestCustomizers.withPkce(); this realm requires PKCE.',
    'spring:',
    '  security:',
    '    oauth2:',
    '      client:',
    '        registration:',
    `          ${id}:`,
    `            client-id: ${JSON.stringify(facts.clientId)}`,
    `            client-secret: ${JSON.stringify(secretOf(facts))}`,
    '            authorization-grant-type: authorization_code',
    `            redirect-uri: ${JSON.stringify(firstRedirect(facts))}`,
    `            scope: ${JSON.stringify(facts.scopes.join(','))}`,
    '        provider:',
    `          ${id}:`,
    `            issuer-uri: ${JSON.stringify(facts.issuer)}`,
  ];
}

/** mod_auth_openidc. */
function apache(facts: PortalFacts): readonly string[] {
  return [
    `OIDCProviderMetadataURL ${facts.discoveryUrl}`,
    `OIDCClientID ${facts.clientId}`,
    `OIDCClientSecret "${secretOf(facts)}"`,
    `OIDCRedirectURI ${firstRedirect(facts)}`,
    `OIDCScope "${facts.scopes.join(' ')}"`,
    'OIDCPKCEMethod S256',
    ...(facts.idTokenAlg === 'RS256' ? [] : [`OIDCIDTokenSignedResponseAlg ${facts.idTokenAlg}`]),
    "# Yours alone: it seals the module's own cookies.",
    `OIDCCryptoPassphrase "${randomBytes(32).toString('hex')}"`,
  ];
}

function oauth2Proxy(facts: PortalFacts): readonly string[] {
  return [
    'provider = "oidc"',
    `oidc_issuer_url = ${JSON.stringify(facts.issuer)}`,
    `client_id = ${JSON.stringify(facts.clientId)}`,
    `client_secret = ${JSON.stringify(secretOf(facts))}`,
    `redirect_url = ${JSON.stringify(firstRedirect(facts))}`,
    `scope = ${JSON.stringify(facts.scopes.join(' '))}`,
    'code_challenge_method = "S256"',
    'email_domains = ["*"]',
    '# Yours alone: it seals the cookies of oauth2-proxy.',
    `cookie_secret = "${randomBytes(32).toString('base64url')}"`,
  ];
}
