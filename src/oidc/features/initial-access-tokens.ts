import { z } from 'zod';
import { type AuditEvent, auditEvent } from '../../audit/index.ts';
import { type Clock, digest, randomToken } from '../../kernel/index.ts';
import { type Declaration, type Doc, outboxShape, type Store, withOutbox } from '../../store/index.ts';

interface InitialAccessToken extends Doc {
  readonly realm: string;
  readonly usedAt?: Date | undefined;
  readonly expiresAt: Date;
}

const declaration: Declaration<InitialAccessToken> = {
  name: 'oidc_initial_access_tokens',
  shape: z.object({
    id: z.string(),
    outbox: outboxShape,
    realm: z.string(),
    usedAt: z.date().optional(),
    expiresAt: z.date(),
  }),
  indexes: [],
  expiry: 'expiresAt',
  outbox: true,
};

/** RFC 7591 §3: what lets somebody register one client. Only its hash is kept. */
export interface InitialAccessTokens {
  issue(realm: string, ttlS: number, actor: AuditEvent['actor']): Promise<{ token: string; expiresAt: Date }>;
  isValid(realm: string, token: string): Promise<boolean>;
  /** True for one caller. */
  take(realm: string, token: string): Promise<boolean>;
  /** Nothing came of it. */
  giveBack(realm: string, token: string): Promise<void>;
}

export function createInitialAccessTokens({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): InitialAccessTokens {
  const tokens = store.collection(declaration);
  const idOf = (realm: string, token: string) => `${realm}/${digest(token)}`;
  const isOpen = (doc: InitialAccessToken) => doc.usedAt === undefined && doc.expiresAt > clock.now();
  return {
    async issue(realm, ttlS, actor) {
      const token = randomToken();
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + ttlS * 1000);
      const told = { type: 'registration_token.issued', realm, actor, details: { expiresAt: expiresAt.toISOString() } };
      await tokens.insert(withOutbox({ id: idOf(realm, token), realm, expiresAt }, auditEvent(now, told)));
      return { token, expiresAt };
    },
    async isValid(realm, token) {
      const doc = await tokens.get(idOf(realm, token));
      return doc !== undefined && isOpen(doc);
    },
    async take(realm, token) {
      const taken = await tokens.update(idOf(realm, token), (doc) =>
        isOpen(doc) ? { ...doc, usedAt: clock.now() } : undefined,
      );
      return taken.ok;
    },
    async giveBack(realm, token) {
      await tokens.update(idOf(realm, token), ({ usedAt: _usedAt, ...doc }) => doc);
    },
  };
}
