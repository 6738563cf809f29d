import type { Passing } from '../http/index.ts';

/** What the provider answers at, by the first part of the path; all else is one label, since outsiders choose it. */
const providerPaths = new Set(['.well-known', 'auth', 'jwks', 'me', 'request', 'session', 'token', 'userinfo']);

/**
 * The pattern of the route that answered, without the realm: `/sign-in/:uid/password`, `provider /token`. Bounded in
 * number, and never a path, since paths of links that were mailed hold secrets.
 */
export function routeLabel(passing: Passing): string {
  const route = (passing.state.route ?? 'none').replace(/^[a-z][a-z0-9-]* (?=\/|provider )/, '');
  const first = /^provider \/(.*)$/.exec(route)?.[1];
  return first === undefined || providerPaths.has(first) ? route : 'provider other';
}

export const isProbe = (route: string): boolean => route === '/healthz' || route === '/readyz';
