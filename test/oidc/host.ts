import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { pino } from 'pino';
import { createGuardedFetch } from '../../src/kernel/index.ts';
import { artifactId } from '../../src/oidc/adapter.ts';
import { type Answer, createOidc, type JudgeSession, type Oidc, type SessionRules } from '../../src/oidc/index.ts';
import type { User } from '../../src/people/index.ts';
import type { Portal, Realm } from '../../src/realm/index.ts';
import type { SignInRequest, SignInResult } from '../../src/sign-in/index.ts';
import { createLeases, openStore, type Store } from '../../src/store/index.ts';
import { aClock, type SettableClock } from '../support/clock.ts';
import { aStore, type StoreForTests } from '../support/store.ts';
import { Visitor } from '../support/visitor.ts';

const minutes = 60_000;
export const portalOrigin = 'http://portal.test';

export function aRealm(id: string, more: Partial<Realm> = {}): Realm {
  const at = new Date('2026-01-01T00:00:00Z');
  const branding = { accent: '#1d4ed8', accentInk: '#ffffff', mark: 'W' };
  return { id, name: id, branding, languages: ['en'], policy: {}, createdAt: at, changedAt: at, ...more };
}

export function aPortal(realm: string, clientId: string, more: Partial<Portal> = {}): Portal {
  const at = new Date('2026-01-01T00:00:00Z');
  return {
    id: `${realm}/${clientId}`,
    realm,
    clientId,
    name: `Portal ${clientId}`,
    kind: 'web',
    enabled: true,
    redirectUris: [`${portalOrigin}/callback`],
    postLogoutRedirectUris: [`${portalOrigin}/`],
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    asksConsent: false,
    secrets: JSON.stringify([{ secret: `${clientId}-secret` }]),
    policy: {},
    createdAt: at,
    changedAt: at,
    ...more,
  };
}

export function aUser(realm: string, id: string, more: Partial<User> = {}): User {
  const at = new Date('2026-01-01T00:00:00Z');
  const email = `${id}@example.com`;
  return { id, realm, status: 'active', name: id, email, emailVerified: true, createdAt: at, changedAt: at, ...more };
}

/** What the stand-in for the sign-in room answers with; undefined leaves the interaction open. */
export type SignInStandIn = (request: SignInRequest) => Partial<SignInResult> | { error: string } | undefined;

/** A server with only the OIDC room behind it, real storage, and stand-ins for realms, people and the sign-in room. */
export class Host {
  readonly clock: SettableClock;
  readonly realms = new Map<string, Realm>();
  readonly portals = new Map<string, Portal>();
  readonly users = new Map<string, User>();
  /** By organization; everybody's. */
  readonly memberships = new Map<string, { readonly id: string; readonly name: string; readonly roles: string[] }>();
  readonly requests: SignInRequest[] = [];
  readonly answers: Answer[] = [];
  /** Internal origins that may be called. */
  allowOrigins: readonly string[] = [];
  keysAheadS = 3_600;
  rules: SessionRules = { sessionHours: 24, idleMinutes: 60 };
  judgeSession: JudgeSession = async () => true;
  admitStranger: (address: string) => Promise<void> = async () => undefined;
  signIn: SignInStandIn = () => ({ userId: 'mia' });
  /** Set before the room is asked, as the HTTP room does. */
  headers: Readonly<Record<string, string>> = {};
  oidc!: Oidc;
  origin = '';
  storage!: StoreForTests;
  readonly #others: Store[] = [];
  #server: Server | undefined;

  constructor() {
    // oidc-provider reads Date; the clock of the rooms and Date move together.
    jest.useFakeTimers({ now: new Date('2026-03-02T09:00:00.400Z'), doNotFake: notFaked });
    this.clock = aClock(new Date());
  }

  async start(): Promise<this> {
    this.storage = await aStore(this.clock);
    this.oidc = this.room();
    await this.storage.store.bootstrap();
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
      });
    });
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    return this;
  }

  /** Another process on the same database. */
  async process(): Promise<Oidc> {
    const store = await this.anotherStore();
    const room = this.room(store);
    await store.bootstrap();
    return room;
  }

  /** The same documents; closed with this host. */
  async anotherStore(): Promise<Store> {
    const { dataDir, keyring } = this.storage;
    const store = await openStore({ database: '', dataDir, keyring, clock: this.clock });
    this.#others.push(store);
    return store;
  }

  room(store: Store = this.storage.store): Oidc {
    const issuerOf = (realm: Realm) => realm.origin ?? `${this.origin}/realms/${realm.id}`;
    return createOidc({
      store,
      clock: this.clock,
      log: pino({ level: 'silent' }),
      fetch: (address, request) => createGuardedFetch({ allowOrigins: this.allowOrigins })(address, request),
      people: { get: async (realm, id) => this.users.get(`${realm}/${id}`) },
      leases: createLeases({ store, clock: this.clock }),
      withinAddressLimit: (_address, judge) => judge(),
      realms: {
        get: async (id) => this.realms.get(id),
        at: async () => undefined,
        list: async () => [...this.realms.values()],
        portal: async (realm, clientId) => this.portals.get(`${realm}/${clientId}`),
        portals: async (realm) => [...this.portals.values()].filter((portal) => portal.realm === realm),
        addPortal: () => Promise.reject(new Error('portals of this host are given')),
        issuerOf,
      },
      keysAheadS: this.keysAheadS,
      admitStranger: (address) => this.admitStranger(address),
      policy: {
        sessionRules: () => this.rules,
        sessionRulesOf: async () => this.rules,
        hasChoice: async () => false,
        membership: async (_realm, _userId, id) => this.memberships.get(id),
        reachableAcr: () => ['single', 'mfa', 'phr'],
        judgeSession: (...asked) => this.judgeSession(...asked),
      },
    });
  }

  async stop(): Promise<void> {
    jest.useRealTimers();
    await new Promise((resolve) => this.#server?.close(resolve));
    for (const store of this.#others) await store.close();
    await this.storage.close();
  }

  /** What is kept of a token, by its value; throws where there is none. `collection`: as `collections.ts` has it. */
  async storedPayload(collection: string, realm: string, value: string): Promise<Readonly<Record<string, unknown>>> {
    const opened = this.storage.store.collections().find(({ declaration }) => declaration.name === collection);
    const found = await opened?.get(artifactId(realm, value));
    if (found === undefined) throw new Error(`nothing is kept of it in ${collection}`);
    return (found as unknown as { readonly payload: Readonly<Record<string, unknown>> }).payload;
  }

  add(...things: readonly (Realm | Portal | User)[]): this {
    for (const thing of things) {
      if ('clientId' in thing) this.portals.set(thing.id, thing);
      else if ('emailVerified' in thing) this.users.set(`${thing.realm}/${thing.id}`, thing);
      else this.realms.set(thing.id, thing);
    }
    return this;
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    jest.setSystemTime(this.clock.now());
  }

  advanceMinutes(count: number): void {
    this.advance(count * minutes);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const [, , realm = '', step, uid = ''] = url.pathname.split('/');
    if (step === 'sign-in') return this.#signInPage(realm, uid, request, response);
    for (const [name, value] of Object.entries(this.headers)) response.setHeader(name, value);
    const answer = await this.oidc.respond(realm, request, response);
    if (answer === undefined) return;
    this.answers.push(answer);
    const status = answer.kind === 'not_found' ? 404 : answer.kind === 'error' ? 400 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...answer, cause: undefined }));
  }

  async #signInPage(realm: string, uid: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { interactions } = this.oidc;
    const context = { koa: { req, res }, realm: { id: realm } };
    const found = await interactions.find(context, realm, uid);
    if (!found.ok) return void res.writeHead(409, { 'content-type': 'text/plain' }).end(found.why);
    this.requests.push(found.request);
    const answer = this.signIn(found.request);
    if (answer === undefined) return void res.writeHead(200, { 'content-type': 'text/plain' }).end('sign in, please');
    const location =
      'error' in answer
        ? await interactions.abort(context, uid, answer.error, 'because the test says so')
        : await interactions.complete(context, uid, {
            userId: 'mia',
            acr: 'single',
            amr: ['pwd'],
            authTime: this.clock.now(),
            completedAt: this.clock.now(),
            consented: false,
            ...answer,
          });
    res.writeHead(303, { location }).end();
  }
}

const notFaked = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token: string;
  readonly error?: string;
}

/** One relying party in one browser. */
export class Rp {
  readonly host: Host;
  readonly realm: string;
  readonly clientId: string;
  readonly browser: Visitor;
  verifier = '';

  constructor(host: Host, realm: string, clientId: string, browser?: Visitor) {
    this.host = host;
    this.realm = realm;
    this.clientId = clientId;
    this.browser = browser ?? new Visitor({ stopAt: [portalOrigin], now: () => host.clock.now() });
  }

  get issuer(): string {
    return `${this.host.origin}/realms/${this.realm}`;
  }

  authorizationUrl(more: Readonly<Record<string, string | undefined>> = {}): URL {
    this.verifier = randomBytes(32).toString('base64url');
    const params = {
      client_id: this.clientId,
      response_type: 'code',
      scope: 'openid profile email offline_access',
      redirect_uri: `${portalOrigin}/callback`,
      state: 's',
      nonce: 'n',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    };
    const url = new URL(`${this.issuer}/auth`);
    for (const [name, value] of Object.entries(params)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  /** What comes back to the portal. Throws when the browser stays on a page. */
  async authorize(more: Readonly<Record<string, string | undefined>> = {}): Promise<URLSearchParams> {
    const page = await this.browser.visit(this.authorizationUrl(more));
    if (page.location === undefined) throw new Error(`${page.status}: ${page.text}`);
    return page.location.searchParams;
  }

  async code(more: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
    const answer = await this.authorize(more);
    const code = answer.get('code');
    if (code === null) throw new Error(answer.toString());
    return code;
  }

  redeem(code: string, more: Readonly<Record<string, string>> = {}): Promise<Exchange> {
    const redirect = { redirect_uri: `${portalOrigin}/callback`, code_verifier: this.verifier };
    return this.token({ grant_type: 'authorization_code', code, ...redirect, ...more });
  }

  refresh(refreshToken: string): Promise<Exchange> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  async signIn(more: Readonly<Record<string, string | undefined>> = {}): Promise<Tokens> {
    const { status, body } = await this.redeem(await this.code(more));
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body;
  }

  async token(form: Readonly<Record<string, string>>, issuer = this.issuer): Promise<Exchange> {
    const secret = { client_id: this.clientId, client_secret: `${this.clientId}-secret` };
    const isPublic = this.host.portals.get(`${this.realm}/${this.clientId}`)?.kind !== 'web';
    const credentials = isPublic ? { client_id: this.clientId } : secret;
    const body = new URLSearchParams({ ...credentials, ...form });
    const response = await fetch(`${issuer}/token`, { method: 'POST', body });
    return { status: response.status, body: (await response.json()) as Tokens };
  }

  userinfo(accessToken: string, issuer = this.issuer): Promise<Response> {
    return fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  }
}

export interface Exchange {
  readonly status: number;
  readonly body: Tokens;
}

export function claimsIn(idToken: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
