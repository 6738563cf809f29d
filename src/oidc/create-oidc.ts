import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { RealmContext } from '../http/index.ts';
import { type Clock, GatehouseError, type GuardedFetch } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Portal, Realm, Realms } from '../realm/index.ts';
import type { Interactions } from '../sign-in/index.ts';
import type { Store } from '../store/index.ts';
import { createAdapterFactory, endFamily } from './adapter.ts';
import { type Answer, answerLeft } from './answers.ts';
import { createAuthorizationByPost } from './authorization-by-post.ts';
import { type Artifacts, openArtifacts } from './collections.ts';
import { createConsents } from './consents.ts';
import { createInteractions, type InteractionContext } from './interactions.ts';
import { createKeys, type Keys } from './keys.ts';
import { signedLifeS } from './lifetimes.ts';
import { createProvider } from './provider.ts';
import { createProviders } from './providers.ts';
import { createReuses } from './reuse.ts';
import type { SessionRules } from './session-age.ts';
import type { JudgeSession } from './sign-in-request.ts';

export interface OidcParts {
  readonly store: Store;
  readonly realms: Realms;
  readonly people: Pick<People, 'get'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** For addresses that portals gave. */
  readonly fetch: GuardedFetch;
  /** From the publication of a signing key until it signs. */
  readonly keysAheadS: number;
  readonly policy: {
    /** Effective for one portal; without one, for the realm alone. */
    readonly sessionRules: (realm: Realm, portal: Portal | undefined) => SessionRules;
    readonly judgeSession: JudgeSession;
  };
}

export interface Oidc {
  /** Answers a request below the realm's issuer that is no page of ours; renders what the provider leaves to us. */
  handle(context: RealmContext): Promise<void>;
  /** The same without our pages, for a bare server: `left` when the response is still open. */
  respond(realm: string, request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined>;
  readonly keys: Keys;
  readonly interactions: Interactions<InteractionContext>;
  /** Ends every session, grant and token of a person. */
  endSessionsOf(realm: string, userId: string): Promise<void>;
}

export function createOidc(parts: OidcParts): Oidc {
  const { store, realms, people, clock, log, fetch, keysAheadS, policy } = parts;
  const artifacts = openArtifacts(store);
  const consents = createConsents({ store, clock });
  const reuses = createReuses({ store, clock });
  const byPost = createAuthorizationByPost({ store, clock });
  const keys = createKeys({
    store,
    clock,
    aheadS: keysAheadS,
    async signedLifeS(id) {
      const realm = await realms.get(id);
      if (realm === undefined) throw new GatehouseError('not_found', `oidc: no realm ${id}`);
      return signedLifeS(policy.sessionRules(realm, undefined).sessionHours);
    },
  });
  const providers = createProviders(realms, keys, (realm, issuer, portals, realmKeys) =>
    createProvider({
      realm,
      issuer,
      portals,
      keys: realmKeys,
      keysAheadS,
      people,
      consents,
      reuses,
      clock,
      log,
      fetch,
      ...policy,
      adapter: createAdapterFactory(artifacts, realm.id, clock, reuses),
    }),
  );

  async function respond(
    realm: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Answer | undefined> {
    const made = await providers.of(realm);
    if (made === undefined) return { kind: 'not_found' };
    const asked = request as IncomingMessage & { originalUrl?: string };
    asked.originalUrl ??= request.url ?? '/';
    const [path = '', query = ''] = split(asked.originalUrl.slice(made.basePath.length));
    if (path === '/auth') {
      if (await byPost.redirect(request, response, made)) return undefined;
      const expanded = await byPost.expand(realm, query);
      request.url = expanded === '' ? path : `${path}?${expanded}`;
    } else {
      request.url = query === '' ? path : `${path}?${query}`;
    }
    await made.run(request, response);
    return answerLeft(request);
  }

  const interactions = createInteractions({ providers, artifacts, consents, clock });

  /** A sign-in that was answered already, by another of two forms sent at once: its own pages say what to do. */
  async function isResumedAgain(context: RealmContext, answer: Answer): Promise<boolean> {
    if (answer.kind !== 'error' || answer.cause.name !== 'SessionNotFound') return false;
    const [, uid] = /\/auth\/([\w-]+)$/.exec(split(context.koa.originalUrl)[0] ?? '') ?? [];
    if (uid === undefined) return false;
    const found = await interactions.find(context, context.realm.id, uid);
    if (found.ok || found.why !== 'unknown') return false;
    context.redirect(`/sign-in/${uid}`);
    return true;
  }

  return {
    respond,
    async handle(context) {
      const { req, res } = context.koa;
      await interactions.guardResuming(context);
      const answer = await respond(context.realm.id, req, res);
      if (answer === undefined) {
        context.koa.respond = false;
        return;
      }
      if (await isResumedAgain(context, answer)) return;
      await render(context, answer);
    },
    keys,
    interactions,
    endSessionsOf: (realm, userId) => endSessionsOf(artifacts, realm, userId),
  };
}

async function render(context: RealmContext, answer: Answer): Promise<void> {
  switch (answer.kind) {
    case 'sign_out':
      return context.render({
        view: 'sign-in/sign-out',
        step: 'sign-out',
        titleKey: 'sign_out.title',
        model: { ...answer.model },
        ...(answer.person === undefined ? undefined : { person: { label: answer.person } }),
        formOrigins: answer.formOrigins,
      });
    case 'signed_out':
      return context.render({
        view: 'sign-in/signed-out',
        step: 'signed-out',
        titleKey: 'signed_out.title',
        model: { ...answer.model },
      });
    case 'not_found':
      throw new GatehouseError('not_found', 'oidc: no such address');
    case 'error':
      throw errorOf(answer);
  }
}

/** What the portal or the browser got wrong is a page that says so; what we got wrong is an internal error. */
function errorOf({ error, description, cause }: Extract<Answer, { kind: 'error' }>): GatehouseError {
  if (cause instanceof GatehouseError) return cause;
  if (error === 'server_error') return new GatehouseError('internal', 'oidc: server error', { cause });
  const isExpired = cause.name === 'SessionNotFound';
  return new GatehouseError('bad_request', `oidc: ${error}: ${description ?? ''}`, {
    messageKey: isExpired ? 'error.sign_in_expired' : 'error.portal_request',
    params: isExpired ? {} : { error },
    cause,
  });
}

async function endSessionsOf(artifacts: Artifacts, realm: string, userId: string): Promise<void> {
  const equals = [`${realm}/${userId}`];
  const limit = 200;
  while ((await artifacts.Session.removeWhere({ index: 'person', equals, limit })) === limit);
  for (;;) {
    const { items } = await artifacts.Grant.list({ index: 'person', equals, limit });
    if (items.length === 0) return;
    for (const { grant } of items) if (grant !== undefined) await endFamily(artifacts, grant);
  }
}

function split(url: string): string[] {
  const at = url.indexOf('?');
  return at < 0 ? [url || '/', ''] : [url.slice(0, at) || '/', url.slice(at + 1)];
}
