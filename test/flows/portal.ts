import * as client from 'openid-client';
import type { RunningApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';

type Wishes = Readonly<Record<string, string>>;

/** An authorization request that was sent, and what its answer is checked against. */
export interface Begun {
  readonly address: URL;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** A portal of the demo realms as openid-client sees its provider, without any page of its own. */
export interface TestPortal {
  readonly config: client.Configuration;
  readonly redirectUri: string;
  begin(wishes?: Wishes): Promise<Begun>;
  /** `callback`: where the browser was sent, with the code. Throws what openid-client throws. */
  finish(begun: Begun, callback: URL | undefined, maxAge?: number): ReturnType<typeof client.authorizationCodeGrant>;
  /** What the browser was sent back with: `{ error }`, or the code. */
  answer(visitor: Visitor): URLSearchParams;
}

const homes: Readonly<Record<string, string>> = { 'web1-mail': 'web1', 'plain-notes': 'plain' };

/** Visitors of it need `stopAt: [app.demoOrigin]`. */
export async function aPortal(app: RunningApp, clientId = 'web1-mail'): Promise<TestPortal> {
  const realm = homes[clientId];
  if (realm === undefined) throw new Error(`no demo portal ${clientId}`);
  const config = await client.discovery(
    new URL(`${app.origin}/realms/${realm}`),
    clientId,
    undefined,
    client.ClientSecretBasic(`${clientId}-development-secret`),
    { execute: [client.allowInsecureRequests] },
  );
  const redirectUri = `${app.demoOrigin}/${clientId}/callback`;
  const scope = realm === 'web1' ? 'openid profile email offline_access' : 'openid profile email';
  return {
    config,
    redirectUri,
    async begin(wishes = {}) {
      const verifier = client.randomPKCECodeVerifier();
      const [state, nonce] = [client.randomState(), client.randomNonce()];
      const address = client.buildAuthorizationUrl(config, {
        ...{ redirect_uri: redirectUri, scope, state, nonce },
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...wishes,
      });
      return { address, verifier, state, nonce };
    },
    async finish({ verifier, state, nonce }, callback, maxAge) {
      if (callback === undefined) throw new Error('the browser was not sent back');
      return client.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
        ...(maxAge === undefined ? {} : { maxAge }),
      });
    },
    answer(visitor) {
      const { location, url, status, step } = visitor.page;
      if (location?.href.startsWith(redirectUri) !== true) {
        throw new Error(`not back at the portal, but at ${url.href} (${status}, step ${step ?? 'none'})`);
      }
      return location.searchParams;
    },
  };
}
