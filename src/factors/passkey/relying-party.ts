/** Who we are to authenticators: what a credential is bound to. WebAuthn Level 3 §5.1.2, §13.4.9. */
export interface RelyingParty {
  /** The host of the realm's issuer. */
  readonly id: string;
  readonly origin: string;
}

export function relyingPartyOf(issuer: string): RelyingParty {
  const { hostname, origin } = new URL(issuer);
  return { id: hostname, origin };
}
