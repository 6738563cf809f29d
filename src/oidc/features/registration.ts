import type { RealmContext, Route } from '../../http/index.ts';
import { GatehouseError, newId } from '../../kernel/index.ts';
import type { RealmAdmin } from '../../realm/index.ts';
import type { InitialAccessTokens } from './initial-access-tokens.ts';
import { readJson } from './json-body.ts';
import { type ClientMetadataFault, metadataOf, settingsFrom } from './registration-metadata.ts';

export const registrationPath = '/reg';

export interface RegistrationParts {
  readonly tokens: InitialAccessTokens;
  readonly addPortal: RealmAdmin['addPortal'];
}

/**
 * Dynamic client registration (RFC 7591, OpenID Connect Registration 1.0): a portal made by whoever holds an initial
 * access token, judged like one that an operator makes. Off unless the realm turns it on; each token makes one portal.
 */
export function registrationRoute({ tokens, addPortal }: RegistrationParts): Route {
  async function register(context: RealmContext): Promise<Answered> {
    const { realm, koa } = context;
    const token = /^Bearer ([\w~+/.-]+=*)$/i.exec(koa.get('Authorization'))?.[1];
    if (token === undefined || !(await tokens.isValid(realm.id, token))) return refusedToken(token);
    const read = await readJson(koa.req);
    if (!read.ok) return faulty({ error: 'invalid_client_metadata', description: 'the body must be a JSON object' });
    const mapped = settingsFrom(read.value, realm.resources ?? []);
    if (!mapped.ok) return faulty(mapped.fault);
    // From here on it is used; of any number of racers one goes on.
    if (!(await tokens.take(realm.id, token))) return refusedToken(token);
    const clientId = newId();
    const actor = { kind: 'client', id: clientId } as const;
    const added = await addPortal(realm.id, { clientId, ...mapped.settings }, actor);
    if (!added.ok) {
      await tokens.giveBack(realm.id, token);
      const isAddress = added.faults.some((fault) => fault.startsWith('redirectUris'));
      const error = isAddress ? 'invalid_redirect_uri' : 'invalid_client_metadata';
      return faulty({ error, description: added.faults.join('; ') });
    }
    return { status: 201, body: metadataOf(added.portal, added.secret) };
  }

  return {
    method: 'POST',
    path: registrationPath,
    async handle(context) {
      const { koa, realm } = context;
      if (realm.registration?.enabled !== true) throw new GatehouseError('not_found', 'oidc: registration is off');
      const { status, body, challenge } = await register(context);
      koa.set('Cache-Control', 'no-store');
      if (challenge !== undefined) koa.set('WWW-Authenticate', challenge);
      koa.status = status;
      koa.body = body;
    },
  };
}

interface Answered {
  readonly status: number;
  readonly body: object;
  readonly challenge?: string;
}

function refusedToken(token: string | undefined): Answered {
  const error = 'invalid_token';
  const challenge = token === undefined ? 'Bearer' : `Bearer error="${error}"`;
  return { status: 401, body: { error, error_description: 'an initial access token is needed' }, challenge };
}

const faulty = ({ error, description }: ClientMetadataFault): Answered => ({
  status: 400,
  body: { error, error_description: description },
});
