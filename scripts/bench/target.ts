/** Where load goes: what a portal and a machine know of the provider they talk to. */
export interface Target {
  readonly port: number;
  readonly issuer: string;
  readonly portal: Client;
  readonly machine: Client;
  /** Resources whose access tokens are JWTs, by the algorithm that signs them. */
  readonly resources: { readonly ES256: string; readonly RS256: string };
  readonly people: number;
}

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const redirectUri = 'https://portal.bench.example/callback';
export const scope = 'openid profile email offline_access';
export const resources = {
  ES256: 'https://es256.bench.example',
  RS256: 'https://rs256.bench.example',
} as const;

/** Everybody has the same password and the same authenticator secret, so that making 200,000 people costs one hash. */
export const password = 'seven green bicycles';
export const authenticatorSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
export const emailOf = (person: number): string => `person-${person}@bench.example`;

/** What a proxy on this machine would add. */
export const proxyHeaders = (issuer: string): Record<string, string> => ({
  host: new URL(issuer).host,
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.7',
});

export const discoveryPath = (issuer: string): string =>
  `${new URL(issuer).pathname.replace(/\/$/, '')}/.well-known/openid-configuration`;
