import { setTimeout as wait } from 'node:timers/promises';
import * as client from 'openid-client';
import type { DemoPortal } from './portal.ts';
import type { PendingSignIn, SignedIn } from './sessions.ts';

/** What a link to `/{portal}/sign-in` may ask for on top. */
export interface Wishes {
  readonly prompt?: string;
  readonly acr_values?: string;
  readonly max_age?: string;
  readonly ui_locales?: string;
  readonly login_hint?: string;
  /** Which of the person's organizations the session is to be for: its id, or `choose`. */
  readonly organization?: string;
}

/** What a portal does with its provider, over openid-client as any portal would. */
export interface RelyingParty {
  begin(wishes: Wishes): Promise<{ address: URL; state: string; pending: PendingSignIn }>;
  finish(callback: URL, state: string, pending: PendingSignIn): Promise<SignedIn>;
  refresh(signedIn: SignedIn): Promise<SignedIn>;
  /** What an API says to the portal's token, or how it wants the person to sign in (RFC 9470 §3). */
  ask(api: URL, signedIn: SignedIn): Promise<{ content: string } | { wants: Wishes }>;
  signOutAddress(idToken: string, returnTo: string, state: string): Promise<URL>;
}

const discoveryTries = 4;
const timeoutS = 10;

export function createRelyingParty(portal: DemoPortal, redirectUri: string, now: () => Date): RelyingParty {
  const configuration = discoverOnce(portal);

  return {
    async begin(wishes) {
      const config = await configuration();
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: (portal.scopes ?? ['openid', 'profile', 'email']).join(' '),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...wishes,
      });
      const maxAge = wishes.max_age === undefined ? {} : { maxAge: Number(wishes.max_age) };
      return { address, state, pending: { verifier, nonce, ...maxAge, begunAt: now() } };
    },

    async finish(callback, state, pending) {
      const config = await configuration();
      const tokens = await client.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: pending.verifier,
        expectedState: state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
        ...(pending.maxAge === undefined ? {} : { maxAge: pending.maxAge }),
      });
      const claims = tokens.claims();
      if (claims === undefined || tokens.id_token === undefined) throw new Error('the answer has no ID token');
      return {
        idToken: tokens.id_token,
        claims,
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
        userinfo: await client.fetchUserInfo(config, tokens.access_token, claims.sub),
        tokensAt: now(),
        refreshes: 0,
      };
    },

    async refresh(signedIn) {
      if (signedIn.refreshToken === undefined) throw new Error('this portal got no refresh token');
      const config = await configuration();
      const tokens = await client.refreshTokenGrant(config, signedIn.refreshToken);
      const sub = String(signedIn.claims['sub']);
      return {
        idToken: tokens.id_token ?? signedIn.idToken,
        claims: tokens.claims() ?? signedIn.claims,
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token ?? signedIn.refreshToken,
        userinfo: await client.fetchUserInfo(config, tokens.access_token, sub),
        tokensAt: now(),
        refreshes: signedIn.refreshes + 1,
      };
    },

    async ask(api, signedIn) {
      try {
        const answer = await client.fetchProtectedResource(
          await configuration(),
          signedIn.accessToken,
          api,
          'GET',
          undefined,
          undefined,
        );
        const { content } = (await answer.json()) as { readonly content: string };
        return { content };
      } catch (error) {
        const wants = stepUpIn(error);
        if (wants === undefined) throw error;
        return { wants };
      }
    },

    async signOutAddress(idToken, returnTo, state) {
      const parameters = { id_token_hint: idToken, post_logout_redirect_uri: returnTo, state };
      return client.buildEndSessionUrl(await configuration(), parameters);
    },
  };
}

function stepUpIn(error: unknown): Wishes | undefined {
  if (!(error instanceof client.WWWAuthenticateChallengeError)) return undefined;
  const bearer = error.cause.find(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.error === 'insufficient_user_authentication',
  );
  if (bearer === undefined) return undefined;
  const { acr_values: acrValues, max_age: maxAge } = bearer.parameters as Readonly<Record<string, string | undefined>>;
  return {
    ...(acrValues === undefined ? {} : { acr_values: acrValues }),
    ...(maxAge === undefined ? {} : { max_age: maxAge }),
  };
}

/** Discovery on first use. The provider may still be starting in this very process, so a few tries; failure is not kept. */
function discoverOnce(portal: DemoPortal): () => Promise<client.Configuration> {
  let found: Promise<client.Configuration> | undefined;
  return () => {
    found ??= discover(portal).catch((cause: unknown) => {
      found = undefined;
      throw new Unreachable(`no provider at ${portal.issuer}`, { cause });
    });
    return found;
  };
}

async function discover(portal: DemoPortal): Promise<client.Configuration> {
  const issuer = new URL(portal.issuer);
  const isPublic = portal.clientSecret === undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.discovery(
        issuer,
        portal.clientId,
        undefined,
        isPublic ? client.None() : client.ClientSecretBasic(portal.clientSecret),
        // Only ever true for the loopback addresses of development.
        { timeout: timeoutS, execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [] },
      );
    } catch (error) {
      if (attempt >= discoveryTries) throw error;
      await wait(100 * 2 ** attempt);
    }
  }
}

/** The provider cannot be reached, or does not describe itself. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}
