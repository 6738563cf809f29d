/**
 * The composition root: builds every room and joins them; listens to nothing. `start` begins the work that goes on
 * beside requests (draining, sending, sweeping), `stop` ends it and closes the store.
 */

import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Audit, createAudit, createFailureRecord } from './audit/index.ts';
import { type Binding, createBinding } from './binding/index.ts';
import type { Config } from './config/index.ts';
import { createFactors, type Factors } from './factors/index.ts';
import { createHttp, createViews, type RealmContext, type SiteRoute } from './http/index.ts';
import { type Clock, createGuardedFetch, GatehouseError, type Keyring } from './kernel/index.ts';
import {
  type AllowanceDesk,
  createAllowance,
  createMessaging,
  type Messaging,
  openTelephony,
  twilioOf,
} from './messaging/index.ts';
import { createKeyRotation, createOidc, type Oidc } from './oidc/index.ts';
import { createProbes, noTelemetry, outboxLength, type Probes, type Telemetry } from './ops/index.ts';
import { createHasher, createPeople, type Hasher, type People } from './people/index.ts';
import { createCensus, createGuards, type Guards } from './preview/index.ts';
import { createRealms, type RealmAdmin } from './realm/index.ts';
import { createRollouts, type Rollouts } from './rollout/index.ts';
import {
  createJudgeSession,
  createReachableAcr,
  createSessionRulesOf,
  createSignIn,
  createStrangers,
  type Guessing,
  type SignIn,
  sessionRules,
} from './sign-in/index.ts';
import {
  type Alone,
  type Copying,
  createDrain,
  createLeases,
  createRounds,
  createSweeper,
  type OpenedStore,
  type OutboxItem,
  openStore,
  type Store,
} from './store/index.ts';
import { createTokens, type Tokens } from './tokens/index.ts';
import { twilioRoutes } from './twilio-routes.ts';

export interface AppOptions {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Logger;
  /** Looks on; nobody does when left out. */
  readonly telemetry?: Telemetry;
  /** Where the demo portals are; development only. */
  readonly demoOrigin?: string;
  /** Of passwords; at the cost of production when left out. */
  readonly hasher?: Hasher;
  /** Opened for these settings already; opened here when left out. */
  readonly opened?: OpenedStore;
  /** False: collections are declared, and the database is left as it is. For copying all of it. */
  readonly bootstraps?: boolean;
}

export interface App {
  readonly handler: RequestListener;
  readonly probes: Probes;
  readonly store: Store;
  readonly copying: Copying;
  readonly realms: RealmAdmin;
  readonly people: People;
  readonly factors: Factors;
  readonly tokens: Tokens;
  readonly signIn: SignIn;
  readonly oidc: Oidc;
  readonly audit: Audit;
  readonly messaging: Messaging;
  readonly allowance: AllowanceDesk;
  readonly rollouts: Rollouts;
  readonly guards: Guards;
  readonly alone: Alone;
  /** Delivers what changes left in their outboxes; for tests and the command line. */
  drain(): Promise<number>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const viewsDirectory = fileURLToPath(new URL('../views', import.meta.url));

/** Opens the store, makes or migrates its collections. Throws `unavailable` when the database cannot be used. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, keyring, clock, log, demoOrigin, telemetry = noTelemetry } = options;
  const opened =
    options.opened ?? (await openStore({ database: config.database ?? '', dataDir: config.data, keyring, clock, log }));
  const store = telemetry.watch(opened);
  const leases = createLeases({ store, clock });
  const allowance = createAllowance({
    ...{ store, clock, keyring },
    realms: { get: (id) => realms.get(id) },
    organizations: (realm, path) =>
      Promise.all(
        path.map(async (id) => {
          const { name = id, policy = {} } = (await people.tenancy.organizations.get(realm, id)) ?? {};
          return { id, name, budget: policy.budget };
        }),
      ),
    measure: telemetry.codeMessage,
  });
  const views = createViews({ directory: viewsDirectory, clock });
  const { telephony, judgeTwilio, pressKeys } = openTelephony({
    ...{ store, clock, keyring, log, views, allowance },
    origin: config.origin,
    realms: { get: (id) => realms.get(id) },
    twilio: twilioOf(config),
    outbox: config.mode === 'development' ? () => messaging.outbox : undefined,
  });
  const countKeys: SignIn['beside'] = (about, judge) => signIn.beside(about, judge);
  const tokens = createTokens({ store, clock });
  const factors = createFactors({ store, clock, keyring, tokens, phone: { telephony, countKeys } });
  const development = demoOrigin === undefined ? undefined : await openDevelopment(demoOrigin);
  const realms: RealmAdmin = createRealms({
    store,
    clock,
    origin: config.origin,
    applyOrganization: (realm, organization, options) => people.tenancy.applyFile(realm, organization, options),
    foretellOrganization: (realm, organization, merge) => people.tenancy.foretellFile(realm, organization, merge),
    async keepAdmins(realm, foresee, act) {
      const filed = async () => {
        const foretold = await foresee();
        return foretold && { kind: 'file' as const, filed: foretold };
      };
      const done = await guards.keeping(realm, filed, act);
      return done.ok ? done : { ok: false, reasons: done.objection.reasons };
    },
    factorKinds: [...factors.kinds.keys()],
    ...(development === undefined ? {} : { development: development.realmFiles }),
  });
  const linkTo = async (realmId: string, token: string) => {
    const realm = await realms.get(realmId);
    if (realm === undefined) throw new GatehouseError('internal', `an invitation to a realm that is gone: ${realmId}`);
    return `${realms.issuerOf(realm)}/invitation/${token}`;
  };
  const { hasher = createHasher({ processes: config.workers }) } = options;
  const people: People = createPeople({
    ...{ store, clock, hasher, keyring, linkTo },
    keepAdmins: (realm, foresee, act) => guards.keeping(realm, foresee, act),
  });
  const audit = createAudit({ store, clock, keyring });
  const recordFailure = createFailureRecord({ append: audit.append, clock });
  const mail = { url: config.mailUrl, from: config.mailFrom };
  const messaging = createMessaging({ store, clock, keyring, leases, realms, views, log, mail });
  const rollouts = createRollouts({
    ...{ store, clock, leases, realms, people, log, factorKinds: [...factors.kinds.keys()] },
    census: createCensus({ realms, people, factors, clock }),
    keepAdmins: (rollout, act) => guards.keeping(rollout.realm, async () => ({ kind: 'rollout', rollout }), act),
  });
  const guards: Guards = createGuards({ realms, people, factors, rollouts, clock, alone: leases.alone });
  const binding: Binding = createBinding({ realms, tenancy: people.tenancy, rollouts, clock });
  const browsers: Pick<SignIn['browsers'], 'recognise'> = {
    recognise: (cookie, realm, userId) => signIn.browsers.recognise(cookie, realm, userId),
  };
  const judgeSession = createJudgeSession({ realms, people, factors, binding, browsers, clock });
  const allowOrigins = [...(config.allowOrigins ?? []), ...(demoOrigin === undefined ? [] : [demoOrigin])];
  const fetch = createGuardedFetch({ allowOrigins });
  const keysAheadS = config.keysAheadS ?? (config.mode === 'production' ? 3_600 : 60);
  const sessionRulesOf = createSessionRulesOf({ people, binding });
  const policy = {
    ...{ sessionRules, sessionRulesOf, judgeSession, reachableAcr: createReachableAcr(factors) },
    ...{ hasChoice: binding.hasChoice, membership: binding.membership },
  };
  const withinAddressLimit: Guessing['withinAddressLimit'] = (address, judge, isWrong) =>
    signIn.guessing.withinAddressLimit(address, judge, isWrong);
  const strangers = createStrangers({ store, clock, perMinute: config.startsPerMinute });
  const oidc = createOidc({
    admitStranger: strangers.admit,
    ...{ store, realms, people, leases, clock, log, fetch, keysAheadS },
    ...{ policy, withinAddressLimit },
  });
  const keyRotation = createKeyRotation({ realms, keys: oidc.keys, leases, clock, log });
  const { interactions } = oidc;
  const signIn = createSignIn({ store, clock, keyring, realms, people, factors, binding, interactions });
  people.onUnlock((realm, userId, actor) => signIn.admin.unlock(realm, userId, actor));

  const probes = createProbes({ isReady: () => store.isReady() });
  telemetry.sources({
    isReady: () => store.isReady(),
    messagesWaiting: () => messaging.waiting(),
    outbox: () => outboxLength(store),
    hashes: () => hasher.load,
    now: () => clock.now(),
  });
  const http = createHttp(
    { config, realms, keyring, views, clock, log },
    {
      routes: [...signIn.routes, ...oidc.routes],
      provider: (context: RealmContext) => oidc.handle(context),
      answerProgram: oidc.answerProgram,
      siteRoutes: [...(judgeTwilio === undefined ? [] : twilioRoutes(judgeTwilio)), ...(development?.pages() ?? [])],
      onlooker: telemetry.middleware,
      probes: probes.middleware,
      recordFailure: async ({ realm, reference, params, address, browser }, { code, status }) => {
        const signIn = params['uid'] === undefined ? {} : { signIn: params['uid'] };
        await recordFailure({ realm: realm.id, reference, code, status, address, browser, ...signIn });
      },
    },
  );

  /** Its room is loaded in development alone. */
  async function openDevelopment(origin: string) {
    const { createDemoPeople, createDemoTokens, createDev } = await import('./dev/index.ts');
    const demoPeople = createDemoPeople({ directory: config.realms, demoOrigin, people: () => people, factors });
    const demoTokens = createDemoTokens({ tokens, people: () => people, methods: factors.methods });
    const demo = { origin, realms: demoPeople.all };
    return {
      realmFiles: {
        ...{ demoOrigin: origin, judgePerson: demoPeople.judge, addPerson: demoPeople.add, addTokens: demoTokens.add },
      },
      pages: (): readonly SiteRoute[] =>
        createDev({ mode: config.mode, clock, realms, outbox: messaging.outbox, pressKeys, demo }),
    };
  }

  if (options.bootstraps !== false) await store.bootstrap();
  const collections = store.collections();
  const deliver = {
    async audit(items: readonly OutboxItem[]) {
      await audit.append(items);
      await oidc.endSessionsAfter(items);
      await factors.after(items);
      await rollouts.told(items);
      telemetry.told(items);
    },
    message: messaging.accept,
  };
  const drain = createDrain({ store, collections, leases, clock, log, deliver });
  const finishMoves = async () => void (await people.tenancy.repair());
  const treeRepair = createRounds('moves of organizations', 60_000, finishMoves, log);
  const sweeper = createSweeper({ store, collections, leases, clock, log });

  return {
    handler: http.callback(),
    copying: opened.copying,
    ...{ probes, store, realms, people, factors, tokens, signIn, oidc, audit, messaging, allowance },
    ...{ rollouts, guards, alone: leases.alone },
    drain: () => drain.drainOnce(),
    async start() {
      await people.repair();
      await tokens.repair();
      drain.start();
      messaging.start();
      sweeper.start();
      treeRepair.start();
      rollouts.startRounds();
      keyRotation.start();
      oidc.logoutDelivery.start();
    },
    async stop() {
      const work = [drain, messaging, sweeper, treeRepair, keyRotation, oidc.logoutDelivery];
      await Promise.all([...work.map((each) => each.stop()), rollouts.stopRounds()]);
      await store.close();
    },
  };
}
