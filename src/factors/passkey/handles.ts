import { z } from 'zod';
import { digest, randomToken } from '../../kernel/index.ts';
import { type Declaration, type Doc, Duplicate, type Store } from '../../store/index.ts';

/** A person as authenticators know them. `id`: the user handle. */
interface Handle extends Doc {
  readonly realm: string;
  readonly userId: string;
}

const handlesDeclaration: Declaration<Handle> = {
  name: 'passkey_handles',
  shape: z.object({ id: z.string(), realm: z.string(), userId: z.string() }),
  indexes: [{ name: 'person', fields: ['realm', 'userId'], unique: true }],
};

/** A credential that was ever registered. `id`: digest of its realm and id. */
interface Seen extends Doc {
  readonly realm: string;
  readonly userId: string;
  readonly signIn: string;
  readonly at: Date;
}

const seenDeclaration: Declaration<Seen> = {
  name: 'passkey_credentials',
  shape: z.object({ id: z.string(), realm: z.string(), userId: z.string(), signIn: z.string(), at: z.date() }),
  indexes: [],
};

/** WebAuthn Level 3 §14.6.1: 64 random bytes, so that a handle tells nothing and no two realms share one. */
const handleBytes = 64;

export interface Handles {
  /** The person's, made when first asked for. */
  of(realm: string, userId: string): Promise<string>;
  /** Whose it is, in this realm. */
  personOf(realm: string, handle: string): Promise<string | undefined>;
  /** False: registered before, by anybody. Of any number of racers one wins; asking twice in one sign-in is asking once. */
  claim(credentialId: string, by: Omit<Seen, 'id' | 'outbox'>): Promise<boolean>;
}

export function createHandles(store: Store): Handles {
  const handles = store.collection(handlesDeclaration);
  const seen = store.collection(seenDeclaration);

  return {
    async of(realm, userId) {
      const known = await handles.findBy('person', [realm, userId]);
      if (known !== undefined) return known.id;
      const fresh = { id: randomToken(handleBytes), realm, userId };
      try {
        await handles.insert(fresh);
        return fresh.id;
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error;
        const others = await handles.findBy('person', [realm, userId]);
        if (others === undefined) throw error;
        return others.id;
      }
    },

    async personOf(realm, handle) {
      const found = await handles.get(handle);
      return found?.realm === realm ? found.userId : undefined;
    },

    async claim(credentialId, by) {
      const id = digest(JSON.stringify([by.realm, credentialId]));
      const claimed = await seen.upsert(id, (doc) => {
        if (doc === undefined) return { id, ...by };
        return doc.signIn === by.signIn && doc.userId === by.userId ? doc : undefined;
      });
      return claimed.ok;
    },
  };
}
