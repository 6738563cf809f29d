/** Where load goes: what a portal and a machine know of the provider they talk to. */
export interface Target {
  readonly port: number;
  readonly issuer: string;
  readonly portal: Client;
  /** By the algorithm that signs their access tokens. */
  readonly machines: Machines;
  readonly people: number;
}

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Machines {
  readonly ES256: Client;
  readonly RS256: Client;
}

export const redirectUri = 'https://portal.bench.example/callback';
export const scope = 'openid profile email offline_access';
/** Its access tokens are JWTs. */
export const resource = 'https://api.bench.example';
export const resourceScope = 'read';

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
