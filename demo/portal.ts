/** One demo portal: a relying party of its own, at `{demoOrigin}/{id}`. */
export interface DemoPortal {
  /** Its path; by convention its client id. */
  readonly id: string;
  readonly name: string;
  readonly realm: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client. */
  readonly clientSecret?: string;
  /** `openid profile email` by default. */
  readonly scopes?: readonly string[];
}

/** The part of a logger that the demo needs. */
export interface DemoLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export function portalUrl(demoOrigin: string, portal: DemoPortal, path = ''): string {
  return `${demoOrigin}/${portal.id}${path}`;
}
