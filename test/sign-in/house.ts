import type { Context } from 'koa';
import pino from 'pino';
import { codeAt, createFactors, type Factors, stepAt, totpDefaults, totpMethod } from '../../src/factors/index.ts';
import type { PageRequest, RealmContext, Route } from '../../src/http/index.ts';
import { GatehouseError } from '../../src/kernel/index.ts';
import { createHasher, createPeople, type People, type User } from '../../src/people/index.ts';
import type { Rules } from '../../src/policy/index.ts';
import type { Portal, Realm, Realms } from '../../src/realm/index.ts';
import { attemptsDeclaration } from '../../src/sign-in/attempts.ts';
import { type TallyDoc, talliesDeclaration } from '../../src/sign-in/guessing/tallies.ts';
import {
  type Attempt,
  type createJudgeSession,
  createSignIn,
  type Interactions,
  type SignIn,
  type SignInRequest,
  type SignInResult,
} from '../../src/sign-in/index.ts';
import { createMadeFor } from '../../src/sign-in/made-for.ts';
import type { Collection, Doc, Store } from '../../src/store/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

export const password = 'seven green bicycles';
export const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

export type JudgeSession = ReturnType<typeof createJudgeSession>;

/** What came back: a page, or a way on. */
export interface Answer {
  readonly page: PageRequest | undefined;
  readonly to: string | undefined;
  readonly headers: ReadonlyMap<string, string>;
}

/** The rooms a sign-in needs, real but for the web and the provider. */
export interface House extends StoreForTests {
  readonly realms: Realms;
  readonly people: People;
  /** Tokens of the invitation links that were sent, in order. */
  readonly links: readonly string[];
  readonly factors: Factors;
  readonly signIn: SignIn;
  /** Every result the provider was given, in order. */
  readonly completed: (SignInResult & { readonly uid: string })[];
  /** Asked before the provider takes a result; what it throws, a dying process would. */
  beforeCompletion: () => void;
  readonly aborted: { readonly uid: string; readonly error: string }[];
  setPolicy(rules: Rules): void;
  setPortal(change: Partial<Portal>): void;
  /** What a form shown now carries. */
  madeFor(uid: string): Promise<string | undefined>;
  /** A new authorization request; `browser` owns it. */
  begin(browser: Browser, request?: Partial<SignInRequest>): string;
  /** The provider no longer knows it. */
  forget(uid: string): void;
  aPerson(options?: { readonly name?: string; readonly password?: string; readonly withApp?: boolean }): Promise<User>;
  tally(person: User): Promise<{ wrong: number; pending: readonly unknown[]; lockedAt?: Date | undefined } | undefined>;
  outbox(collection: string): Promise<readonly { kind: string; body: Record<string, unknown> }[]>;
}

/** A browser: cookies, an address, and the requests it began. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly address: string;
  readonly house: House;
  constructor(house: House, address = '192.0.2.1') {
    this.house = house;
    this.address = address;
    this.cookies.set('csrf', 'yes');
  }

  get(path: string): Promise<Answer> {
    return this.#ask('GET', path, {});
  }

  /**
   * As by the form that is shown now, unless `form` says whom it was made for. A form sent back is followed to the page
   * that says what was wrong with it.
   */
  async post(path: string, form: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.postOnce(path, form);
    return answer.to?.includes('?fault=') === true ? this.get(answer.to) : answer;
  }

  /** The same, without following anything. */
  async postOnce(path: string, form: Record<string, string> = {}): Promise<Answer> {
    const [, uid = ''] = /^\/sign-in\/([^/]+)/.exec(path) ?? [];
    const madeFor = 'made_for' in form ? undefined : await this.house.madeFor(uid);
    return this.#ask('POST', path, madeFor === undefined ? form : { ...form, made_for: madeFor });
  }

  /** Follows redirects within the sign-in to the page they end at. */
  async follow(answer: Answer): Promise<Answer> {
    let current = answer;
    for (let hops = 0; hops < 10 && current.to?.startsWith('/') === true; hops += 1)
      current = await this.get(current.to);
    return current;
  }

  async land(method: 'get' | 'post', path: string, form: Record<string, string> = {}): Promise<Answer> {
    return this.follow(method === 'get' ? await this.get(path) : await this.post(path, form));
  }

  async #ask(method: 'GET' | 'POST', address: string, form: Record<string, string>): Promise<Answer> {
    const { pathname: path, searchParams } = new URL(address, 'https://id.example');
    const match = routeFor(this.house.signIn.routes, method, path);
    if (match === undefined) throw new GatehouseError('not_found', `no route ${method} ${path}`);
    const answer: { page?: PageRequest; to?: string } = {};
    const headers = new Map<string, string>();
    const koa = {
      query: Object.fromEntries(searchParams),
      cookies: { get: (name: string) => this.cookies.get(name) },
      get: (name: string) => (name === 'Cookie' ? [...this.cookies].join('; ') : ''),
      set: (name: string, value: string) => headers.set(name, value),
      append: (_: string, line: string) => {
        const [pair = ''] = line.split(';');
        const at = pair.indexOf('=');
        this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
      },
    };
    const context: RealmContext = {
      koa: koa as unknown as Context,
      realm: realmOf(this.house),
      params: match.params,
      locale: 'en',
      address: this.address,
      browser: 'Firefox on Windows',
      browserMark: undefined,
      reference: 'AAAA-BBBB',
      log: pino({ level: 'silent' }),
      form: async () => form,
      render: async (page) => void (answer.page = page),
      redirect: (to) => void (answer.to = to),
    };
    owners.set(context, this);
    await match.route.handle(context);
    return { page: answer.page, to: answer.to, headers };
  }
}

const owners = new WeakMap<RealmContext, Browser>();
const realms = new WeakMap<House, () => Realm>();
const realmOf = (house: House): Realm => realms.get(house)?.() as Realm;

function routeFor(routes: readonly Route[], method: string, path: string) {
  const parts = path.split('/');
  for (const exact of [true, false]) {
    for (const route of routes) {
      const names = route.path.split('/');
      if (route.method !== method || names.length !== parts.length) continue;
      if (exact && names.filter((name) => name.startsWith(':')).length > 1) continue;
      if (!names.every((name, at) => name.startsWith(':') || name === parts[at])) continue;
      const named = names.flatMap((name, at) => (name.startsWith(':') ? [[name.slice(1), parts[at] ?? '']] : []));
      return { route, params: Object.fromEntries(named) as Record<string, string> };
    }
  }
  return undefined;
}

export async function aHouse(policy: Rules = { secondFactor: 'required' }): Promise<House> {
  const opened = await aStore();
  const { clock, keyring } = opened;
  const collections = new Map<string, unknown>();
  // A room's collections are its own; tests look at what it keeps.
  const store: Store = {
    ...opened.store,
    collection(declaration) {
      const made = opened.store.collection(declaration);
      collections.set(declaration.name, made);
      return made;
    },
  };
  const links: string[] = [];
  const linkTo = (_: string, token: string) => {
    links.push(token);
    return `https://id.example/invitation/${token}`;
  };
  const cost = { memoryKiB: 8, passes: 1, parallelism: 1 };
  const people = createPeople({ store, clock, keyring, hasher: createHasher({ cost, maxQueue: 1000 }), linkTo });
  const factors = createFactors({ store, clock });
  const now = clock.now();
  let realm: Realm = {
    id: 'web1',
    name: 'Web One',
    branding: { accent: '#112233', accentInk: '#ffffff', mark: 'W' },
    languages: ['en'],
    policy,
    createdAt: now,
    changedAt: now,
  };
  let portal: Portal = {
    id: 'web1/mail',
    realm: 'web1',
    clientId: 'mail',
    name: 'Mail',
    kind: 'web',
    enabled: true,
    redirectUris: ['https://mail.example/callback'],
    postLogoutRedirectUris: [],
    homeUrl: 'https://mail.example/',
    scopes: ['openid'],
    asksConsent: false,
    policy: {},
    createdAt: now,
    changedAt: now,
  };
  const realmsRoom: Realms = {
    get: async (id) => (id === realm.id ? realm : undefined),
    list: async () => [realm],
    portal: async (id, clientId) => (id === realm.id && clientId === portal.clientId ? portal : undefined),
    portals: async () => [portal],
    issuerOf: () => 'https://id.example/realms/web1',
  };
  const open = new Map<string, { browser: Browser; request: SignInRequest }>();
  const completed: House['completed'] = [];
  const aborted: House['aborted'] = [];
  const interactions: Interactions<RealmContext> = {
    async find(context, _realm, uid) {
      const known = open.get(uid);
      if (known === undefined) return { ok: false, why: 'unknown' };
      if (owners.get(context) !== known.browser) return { ok: false, why: 'other_browser' };
      return { ok: true, request: known.request };
    },
    async complete(_context, uid, result) {
      house.beforeCompletion();
      completed.push({ uid, ...result });
      return `https://id.example/realms/web1/auth/${uid}`;
    },
    async abort(_context, uid, error) {
      aborted.push({ uid, error });
      return `https://mail.example/callback?error=${error}`;
    },
  };
  const signIn = createSignIn({ store, clock, keyring, realms: realmsRoom, people, factors, interactions });
  await store.bootstrap();
  const tallies = collections.get(talliesDeclaration.name) as Collection<TallyDoc>;
  const attempts = collections.get(attemptsDeclaration.name) as Collection<Attempt>;
  const madeFor = createMadeFor(keyring);
  let count = 0;
  const house: House = {
    ...opened,
    realms: realmsRoom,
    links,
    people,
    factors,
    signIn,
    completed,
    beforeCompletion: () => undefined,
    aborted,
    setPolicy: (rules) => void (realm = { ...realm, policy: rules }),
    setPortal: (change) => void (portal = { ...portal, ...change }),
    async madeFor(uid) {
      const attempt = await attempts.get(uid);
      return attempt === undefined ? undefined : madeFor(attempt);
    },
    begin(browser, request = {}) {
      count += 1;
      const uid = `uid-${count}`;
      open.set(uid, {
        browser,
        request: {
          uid,
          realm: 'web1',
          clientId: 'mail',
          scopes: ['openid', 'email'],
          acrValues: [],
          essentialAcr: [],
          uiLocales: [],
          needsConsent: false,
          redirectOrigin: 'https://mail.example',
          ...request,
        },
      });
      return uid;
    },
    forget: (uid) => void open.delete(uid),
    async aPerson({ name = 'mia', password: typed = password, withApp = true } = {}) {
      const created = await people.create({
        realm: 'web1',
        name,
        email: `${name}@example.com`,
        username: name,
        password: typed,
        locale: 'ja',
        timeZone: 'Asia/Tokyo',
      });
      if (!created.ok) throw new Error(`${created.why} ${created.details ?? ''}`);
      if (withApp) await anApp(house, created.user);
      return created.user;
    },
    async tally(person) {
      const page = await tallies.list({
        index: 'person',
        equals: [person.id, 'web1'],
        where: (doc) => doc.counter === 'second_factor',
        limit: 10,
      });
      return page.items[0];
    },
    async outbox(collection) {
      const docs: readonly Doc[] = await store.pending(collection, 500);
      return docs.flatMap((doc) => (doc.outbox ?? []).map(({ kind, body }) => ({ kind, body })));
    },
  };
  realms.set(house, () => realm);
  return house;
}

export async function anApp(house: House, person: User, key = secret): Promise<void> {
  const added = await house.factors.methods.add(
    { realm: 'web1', userId: person.id, kind: 'totp', ...totpMethod(key) },
    { actor: { kind: 'system' } },
  );
  if (!added.ok) throw new Error(added.why);
}

/** The code that an app shows now, or some steps away. */
export function codeNow(house: House, steps = 0, key = secret): string {
  const seed = { ...totpDefaults, secret: key };
  return codeAt(seed, stepAt(seed, house.clock.now()) + steps);
}

/** A code that is none of those near now. */
export function wrongCode(house: House, key = secret): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => codeNow(house, steps, key));
  for (let n = 0; ; n += 1) {
    const code = String(n).padStart(6, '0');
    if (!near.includes(code)) return code;
  }
}

/** Begins a sign-in and gives the right password. */
export async function pastPassword(
  browser: Browser,
  identifier = 'mia',
  request: Partial<SignInRequest> = {},
): Promise<string> {
  const uid = browser.house.begin(browser, request);
  const answer = await browser.post(`/sign-in/${uid}/password`, { identifier, password });
  if (answer.to === undefined) throw new Error(`no way on from the password: ${JSON.stringify(answer.page?.faults)}`);
  return uid;
}

/** The secret that an enrolment page shows. */
export function secretOn(answer: Answer): string {
  const factor = answer.page?.model?.['factor'] as { readonly secret?: string } | undefined;
  if (factor?.secret === undefined) throw new Error(`no secret on ${answer.page?.step ?? answer.to ?? 'nothing'}`);
  return factor.secret;
}
