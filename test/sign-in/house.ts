import { createBinding } from '../../src/binding/index.ts';
import { createFactors, type Factors, type FactorsDeps } from '../../src/factors/index.ts';
import type { RealmContext } from '../../src/http/index.ts';
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
import type { OpenStoreForTests } from '../support/both-engines.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

import { type Browser, ownerOf } from './house-browser.ts';
import { anApp, password } from './house-people.ts';

export { Browser } from './house-browser.ts';
export {
  anApp,
  codeNow,
  mailedCode,
  modelOf,
  password,
  pastPassword,
  secret,
  secretOn,
  wrongCode,
} from './house-people.ts';

export type JudgeSession = ReturnType<typeof createJudgeSession>;

/** The rooms a sign-in needs, real but for the web and the provider. */
export interface House extends StoreForTests {
  readonly realms: Realms;
  /** As it is now. */
  realm(): Realm;
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
  outbox(collection: string): Promise<readonly { id: string; kind: string; body: Record<string, unknown> }[]>;
}

/** What more factors are made of: an inventory of tokens, codes by telephone. */
export type Furnish = (rooms: {
  readonly store: Store;
  readonly clock: StoreForTests['clock'];
  readonly keyring: StoreForTests['keyring'];
  readonly realms: Pick<Realms, 'get'>;
  readonly beside: SignIn['beside'];
}) => Pick<FactorsDeps, 'tokens' | 'phone'>;

export async function aHouse(
  policy: Rules = { secondFactor: 'required', methods: ['totp'] },
  open: OpenStoreForTests = aStore,
  furnish: Furnish = () => ({}),
): Promise<House> {
  const opened = await open();
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
  const beside: SignIn['beside'] = (about, judge) => signIn.beside(about, judge);
  const realms = { get: async (id: string) => (id === realm.id ? realm : undefined) };
  const factors = createFactors({ store, clock, keyring, ...furnish({ store, clock, keyring, realms, beside }) });
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
    at: async () => undefined,
    list: async () => [realm],
    portal: async (id, clientId) => (id === realm.id && clientId === portal.clientId ? portal : undefined),
    portals: async () => [portal],
    issuerOf: () => 'https://id.example/realms/web1',
  };
  const requests = new Map<string, { browser: Browser; request: SignInRequest }>();
  const completed: House['completed'] = [];
  const aborted: House['aborted'] = [];
  const resumeOf = (uid: string) => `https://id.example/realms/web1/auth/${uid}`;
  const interactions: Interactions<RealmContext> = {
    async find(context, _realm, uid) {
      const known = requests.get(uid);
      if (known === undefined) return { ok: false, why: 'unknown' };
      if (ownerOf(context) !== known.browser) return { ok: false, why: 'other_browser' };
      const isAnswered = completed.some((result) => result.uid === uid);
      return { ok: true, request: isAnswered ? { ...known.request, resume: resumeOf(uid) } : known.request };
    },
    async complete(_context, uid, result) {
      house.beforeCompletion();
      completed.push({ uid, ...result });
      return resumeOf(uid);
    },
    async abort(_context, uid, error) {
      aborted.push({ uid, error });
      return `https://mail.example/callback?error=${error}`;
    },
  };
  const binding = createBinding({ realms: realmsRoom, tenancy: people.tenancy, clock });
  const signIn = createSignIn({ store, clock, keyring, realms: realmsRoom, people, factors, binding, interactions });
  await store.bootstrap();
  const tallies = collections.get(talliesDeclaration.name) as Collection<TallyDoc>;
  const attempts = collections.get(attemptsDeclaration.name) as Collection<Attempt>;
  const madeFor = createMadeFor(keyring);
  let count = 0;
  const house: House = {
    ...opened,
    realms: realmsRoom,
    realm: () => realm,
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
      requests.set(uid, {
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
    forget: (uid) => void requests.delete(uid),
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
      return docs.flatMap((doc) => (doc.outbox ?? []).map(({ id, kind, body }) => ({ id, kind, body })));
    },
  };
  return house;
}
