import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { AnswerProgram, RealmContext, Route } from '../http/index.ts';
import { type Clock, GatehouseError, type GuardedFetch } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Portal, Realm, RealmAdmin, Realms } from '../realm/index.ts';
import type { Interactions } from '../sign-in/index.ts';
import type { Leases, OutboxItem, Store } from '../store/index.ts';
import { createFindAccount, type FindMembership } from './accounts.ts';
import { createAdapterFactory } from './adapter.ts';
import { type Answer, answerLeft } from './answers.ts';
import { createAuthorizationByPost } from './authorization-by-post.ts';
import { openArtifacts } from './collections.ts';
import { createConsents } from './consents.ts';
import { withGrantsByPortal } from './earlier-portals.ts';
import { devicePages, showCodePage, showDeviceDone, type WithinAddressLimit } from './features/device-pages.ts';
import { createInitialAccessTokens, type InitialAccessTokens } from './features/initial-access-tokens.ts';
import { createLogoutDelivery, type LogoutDelivery } from './features/logout-delivery.ts';
import { createLogoutNotices } from './features/logout-notices.ts';
import { registrationRoute } from './features/registration.ts';
import { createInteractions, type InteractionContext } from './interactions.ts';
import { createKeys, type Keys } from './keys.ts';
import { keepLeftOver, leftOverOf } from './left-over.ts';
import { signedLifeS } from './lifetimes.ts';
import { createPlainWays } from './plain/plain.ts';
import { createProvider } from './provider.ts';
import { createProviders } from './providers.ts';
import type { Judges } from './reasons.ts';
import { createReuses } from './reuse.ts';
import type { SessionRules } from './session-age.ts';
import { createSessionEnds } from './session-ends.ts';
import type { JudgeSession } from './sign-in-request.ts';
import { type AdmitStranger, addressOf, arrivedFrom } from './strangers.ts';

export interface OidcParts {
  readonly store: Store;
  readonly realms: Realms & Pick<RealmAdmin, 'addPortal'>;
  readonly people: Pick<People, 'get'>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Logger;
  /** For addresses that portals gave. */
  readonly fetch: GuardedFetch;
  /** From the publication of a signing key until it signs. */
  readonly keysAheadS: number;
  /** Before anything is stored for people who have proven nothing. */
  readonly admitStranger: AdmitStranger;
  /** For what can be guessed on our pages. */
  readonly withinAddressLimit: WithinAddressLimit;
  readonly policy: {
    /** Effective for one portal; without one, for the realm alone. */
    readonly sessionRules: (realm: Realm, portal: Portal | undefined) => SessionRules;
    readonly sessionRulesOf: Judges['sessionRulesOf'];
    readonly judgeSession: JudgeSession;
    readonly hasChoice: Judges['hasChoice'];
    readonly membership: FindMembership;
    /** Levels of sign-in that the realm can reach: what discovery names. */
    readonly reachableAcr: (realm: Realm) => readonly string[];
  };
}

export interface Oidc {
  /** Pages and answers of ours below the issuer; the provider has the rest. */
  readonly routes: readonly Route[];
  /** Answers a request below the realm's issuer that is no page of ours; renders what the provider leaves to us. */
  handle(context: RealmContext): Promise<void>;
  /** The same for what shows no page, before there is a context: `handle` renders what is left open. */
  readonly answerProgram: AnswerProgram;
  /** The same without our pages, for a bare server: `left` when the response is still open. */
  respond(realm: string, request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined>;
  readonly keys: Keys;
  readonly interactions: Interactions<InteractionContext>;
  /** What lets others register portals. */
  readonly registrationTokens: InitialAccessTokens;
  /** Ends every session, grant and token of a person. */
  endSessionsOf(realm: string, userId: string): Promise<void>;
  /** Ends the sessions that are over after what the audit log was told. */
  endSessionsAfter(items: readonly OutboxItem[]): Promise<void>;
  /** Tells portals of sign-outs. */
  readonly logoutDelivery: LogoutDelivery;
}

export function createOidc(parts: OidcParts): Oidc {
  const { store, realms, people, leases, clock, log, fetch, keysAheadS, policy, withinAddressLimit } = parts;
  const artifacts = openArtifacts(store);
  const consents = createConsents({ store, clock });
  const reuses = createReuses({ store, clock });
  const byPost = createAuthorizationByPost({
    store,
    clock,
    admit: (request) => parts.admitStranger(addressOf(request)),
  });
  const notices = createLogoutNotices({ store, clock });
  const registrationTokens = createInitialAccessTokens({ store, clock });
  const logoutNotices = {
    async put(signedOut: Parameters<typeof notices.put>[0]) {
      await notices.put(signedOut);
      logoutDelivery.wake();
    },
  };
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
  const providers = createProviders(realms, keys, (realm, issuer, portals, realmKeys) => {
    const byClientId = new Map(portals.map((portal) => [portal.clientId, portal]));
    const portalOf = (clientId: string) => byClientId.get(clientId);
    const adapter = withGrantsByPortal(createAdapterFactory(artifacts, realm.id, clock, reuses), portalOf);
    const findAccount = createFindAccount({ people, membership: policy.membership }, realm.id);
    const provider = createProvider({
      ...{ realm, issuer, portals, keys: realmKeys, keysAheadS, adapter, findAccount },
      ...{ people, consents, reuses, logoutNotices, clock, log, fetch },
      ...policy,
      admitStranger: parts.admitStranger,
    });
    const plainWays = createPlainWays({
      ...{ realm, issuer, keys: realmKeys, adapter, findAccount, portalOf, clock, log },
    });
    return { provider, plainWays };
  });

  const providerOf = async (realm: string) => (await providers.of(realm))?.provider;
  const logoutDelivery = createLogoutDelivery({ notices, providerOf, leases, clock, log });
  const sessionEnds = createSessionEnds({ artifacts, providers, people, notices: logoutNotices, clock });

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
    if (byPost.takes(path)) {
      if (await byPost.redirect(request, response, made, path)) return undefined;
      const expanded = await byPost.expand(realm, query);
      request.url = expanded === '' ? path : `${path}?${expanded}`;
    } else {
      request.url = query === '' ? path : `${path}?${query}`;
    }
    if ((await made.plainWays.get(path)?.(request, response)) === true) return undefined;
    await made.run(request, response);
    return answerLeft(request);
  }

  const interactions = createInteractions({ providers, artifacts, consents, endSession: sessionEnds.one });

  /** A sign-in that was answered already, by another of two forms sent at once: its own pages say what to do. */
  async function isResumedAgain(context: RealmContext, answer: Answer): Promise<boolean> {
    if (answer.kind !== 'error' || answer.cause.name !== 'SessionNotFound') return false;
    const [, uid] = /\/(?:auth|device)\/([\w-]+)$/.exec(split(context.koa.originalUrl)[0] ?? '') ?? [];
    if (uid === undefined) return false;
    const found = await interactions.find(context, context.realm.id, uid);
    if (found.ok || found.why !== 'unknown') return false;
    context.redirect(`/sign-in/${uid}`);
    return true;
  }

  async function answerBy(context: RealmContext, request: IncomingMessage): Promise<void> {
    const left = leftOverOf(request);
    if (left?.kind === 'thrown') throw left.error;
    arrivedFrom(request, context.address);
    const answer = left?.answer ?? (await respond(context.realm.id, request, context.koa.res));
    if (answer === undefined) {
      context.koa.respond = false;
      return;
    }
    if (await isResumedAgain(context, answer)) return;
    await render(context, answer);
  }

  return {
    respond,
    routes: [
      ...devicePages({ providers, artifacts, clock, withinAddressLimit, answer: answerBy }),
      registrationRoute({ tokens: registrationTokens, addPortal: realms.addPortal }),
    ],
    async answerProgram(realm, request, response, address) {
      arrivedFrom(request, address);
      try {
        const answer = await respond(realm, request, response);
        if (answer !== undefined) keepLeftOver(request, { kind: 'answer', answer });
        return answer === undefined;
      } catch (error) {
        keepLeftOver(request, { kind: 'thrown', error });
        return false;
      }
    },
    async handle(context) {
      await interactions.guardResuming(context);
      await answerBy(context, context.koa.req);
    },
    keys,
    interactions,
    registrationTokens,
    endSessionsOf: sessionEnds.allOf,
    endSessionsAfter: sessionEnds.after,
    logoutDelivery,
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
    case 'device_code':
      return showCodePage(context, '', answer.why);
    case 'device_done':
      return showDeviceDone(context, answer.model);
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

function split(url: string): string[] {
  const at = url.indexOf('?');
  return at < 0 ? [url || '/', ''] : [url.slice(0, at) || '/', url.slice(at + 1)];
}
