import { createRealms, type FilePerson, type RealmAdmin, type RealmsDeps } from '../../src/realm/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

export interface RealmsForTests extends StoreForTests {
  readonly realms: RealmAdmin;
  readonly added: readonly FilePerson[];
  /** Types and details of the audit events that documents carry. */
  events(): Promise<readonly Record<string, unknown>[]>;
}

export async function someRealms(mode: 'development' | 'production' = 'production'): Promise<RealmsForTests> {
  const inner = await aStore();
  const added: FilePerson[] = [];
  const development: NonNullable<RealmsDeps['development']> = {
    demoOrigin: 'http://localhost:4001',
    judgePerson: async (_realm, { password }) =>
      password === 'password' ? { field: 'password', message: 'is one that many people use' } : undefined,
    addTokens: async (_realm, tokens) => tokens.map(() => 'created' as const),
    addPerson: async (_realm, person) => {
      const isThere = added.some((other) => other.email === person.email);
      if (!isThere) added.push(person);
      return isThere ? 'unchanged' : 'created';
    },
  };
  const realms = createRealms({
    store: inner.store,
    clock: inner.clock,
    origin: 'https://id.example.com',
    factorKinds: ['totp'],
    ...(mode === 'development' ? { development } : {}),
  });
  await inner.store.bootstrap();
  return {
    ...inner,
    realms,
    added,
    events: async () => {
      const docs = [...(await inner.store.pending('realms', 100)), ...(await inner.store.pending('portals', 100))];
      return docs.flatMap((doc) => doc.outbox ?? []).map((item) => item.body as Record<string, unknown>);
    },
  };
}

export const operator = { kind: 'operator' } as const;

export const shop = `
realm: shop
name: Shop
branding:
  accent: "#0b6e4f"
languages: [en, de]
policy:
  secondFactor: optional
  methods: [totp]
  sessionHours: 12
portals:
  - clientId: desk
    name: Desk
    redirectUris: [https://desk.example.com/callback]
    postLogoutRedirectUris: [https://desk.example.com/]
  - clientId: till
    name: Till
    kind: native
    redirectUris: [com.example.till:/callback, http://127.0.0.1/callback]
`;
