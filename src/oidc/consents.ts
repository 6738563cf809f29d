import { z } from 'zod';
import { auditEvent } from '../audit/index.ts';
import { type Clock, digest } from '../kernel/index.ts';
import { type Declaration, type Doc, outboxShape, type Store, withOutbox } from '../store/index.ts';

interface Consent extends Doc {
  readonly realm: string;
  readonly userId: string;
  readonly clientId: string;
  /** Those at a resource with its id and a blank before them. */
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
  readonly changedAt: Date;
}

const declaration: Declaration<Consent> = {
  name: 'oidc_consents',
  shape: z.object({
    id: z.string(),
    outbox: outboxShape,
    realm: z.string(),
    userId: z.string(),
    clientId: z.string(),
    scopes: z.array(z.string()),
    claims: z.array(z.string()),
    changedAt: z.date(),
  }),
  indexes: [{ name: 'person', fields: ['realm', 'userId'] }],
  outbox: true,
};

/** What a portal asks to see. */
export interface Wanted {
  /** About the person. */
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
  /** Resource id → scopes there. */
  readonly at: Readonly<Record<string, readonly string[]>>;
}

/** What people agreed to, per portal: outlives sessions and grants, so that nobody is asked the same thing twice. */
export interface Consents {
  covers(realm: string, userId: string, clientId: string, wanted: Wanted): Promise<boolean>;
  /** Adds to what was agreed to before. */
  remember(realm: string, userId: string, clientId: string, wanted: Wanted): Promise<void>;
}

export function createConsents({ store, clock }: { readonly store: Store; readonly clock: Clock }): Consents {
  const collection = store.collection(declaration);
  const key = (realm: string, userId: string, clientId: string) => `${realm}/${digest(`${userId}\0${clientId}`)}`;
  return {
    async covers(realm, userId, clientId, wanted) {
      const given = await collection.get(key(realm, userId, clientId));
      if (given === undefined) return false;
      return (
        namesOf(wanted).every((scope) => given.scopes.includes(scope)) &&
        wanted.claims.every((claim) => given.claims.includes(claim))
      );
    },
    async remember(realm, userId, clientId, wanted) {
      const id = key(realm, userId, clientId);
      await collection.upsert(id, (old) => {
        const scopes = union(old?.scopes, namesOf(wanted));
        const claims = union(old?.claims, wanted.claims);
        const event = auditEvent(clock.now(), {
          type: 'consent.given',
          realm,
          actor: { kind: 'person', id: userId },
          subject: userId,
          portal: clientId,
          details: { scopes: namesOf(wanted), claims: wanted.claims },
        });
        const given = { id, realm, userId, clientId, scopes, claims, changedAt: clock.now(), outbox: old?.outbox };
        return withOutbox(given, event);
      });
    },
  };
}

function union(before: readonly string[] = [], more: readonly string[]): readonly string[] {
  return [...new Set([...before, ...more])];
}

function namesOf({ scopes, at }: Wanted): readonly string[] {
  return [...scopes, ...Object.entries(at).flatMap(([id, there]) => there.map((scope) => `${id} ${scope}`))];
}
