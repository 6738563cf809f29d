import type { ServerResponse } from 'node:http';
import { errors } from 'oidc-provider';
import { GatehouseError } from '../../kernel/index.ts';
import { grantsOf } from '../../realm/index.ts';
import { answerJson } from './answer.ts';
import { portalBehind } from './client.ts';
import { createClientCredentials } from './client-credentials.ts';
import { type Form, formOf } from './form.ts';
import type { AnswerPlainly, PlainParts } from './parts.ts';
import { createRefresh, type Exchange } from './refresh.ts';
import { createSignJwt } from './sign.ts';

const proof = ['grant_type', 'client_id', 'client_secret'];
const fields: ReadonlyMap<string, readonly string[]> = new Map([
  ['client_credentials', [...proof, 'resource', 'scope']],
  ['refresh_token', [...proof, 'refresh_token']],
]);

/**
 * The token endpoint for what it is asked all day: client credentials and refreshing, by a portal that has a secret and
 * is held to no profile. Whatever is refused, and every other grant, is the provider's.
 */
export function createPlainToken(parts: PlainParts): AnswerPlainly {
  const { portalOf, clock, log } = parts;
  const signJwt = createSignJwt(parts.keys.jwks);
  const clientCredentials = createClientCredentials(parts, signJwt);
  const refresh = createRefresh(parts, signJwt);

  async function exchangeFor(form: Form, headers: Parameters<typeof portalBehind>[1]): Promise<Exchange | undefined> {
    const { grant_type: grant = '' } = form;
    if (!Object.keys(form).every((name) => fields.get(grant)?.includes(name) === true)) return undefined;
    const portal = portalBehind(form, headers, portalOf, clock.now());
    if (portal === undefined || !(grantsOf(portal) as readonly string[]).includes(grant)) return undefined;
    if (grant === 'refresh_token') return await refresh(form, portal);
    const answer = await clientCredentials(form, portal);
    return answer && (() => Promise.resolve(answer));
  }

  function fail(response: ServerResponse, error: unknown): void {
    log.error({ err: error, route: 'token' }, 'oidc: server error');
    const isOurs = error instanceof GatehouseError && error.code === 'unavailable';
    if (isOurs) response.setHeader('Retry-After', String(error.retryAfterS ?? 5));
    const says = { error: 'server_error', error_description: 'the tokens could not be kept' };
    answerJson(response, isOurs ? error.status : 500, says);
  }

  return async (request, response) => {
    const form = await formOf(request);
    // What fails before anything changed fails again when the provider is asked, which says so as it says everything.
    const exchange = form && (await exchangeFor(form, request.headers).catch(() => undefined));
    // Broken off: no token is used up for somebody who is gone.
    if (request.destroyed) return true;
    if (exchange === undefined) return false;
    try {
      answerJson(response, 200, await exchange());
    } catch (error) {
      // Another one was quicker, and the family has ended: the provider says what it says of a token that is used.
      if (error instanceof errors.InvalidGrant) return false;
      fail(response, error);
    }
    // With what was put back in it, the request would be kept as long as its connection.
    request.resume();
    return true;
  };
}
