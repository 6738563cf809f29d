import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import { z } from 'zod';
import { type Clock, newId, randomToken } from '../kernel/index.ts';
import { type Declaration, type Doc, Duplicate, type Store } from '../store/index.ts';

interface KeysDoc extends Doc {
  /** The realm. */
  readonly id: string;
  /** Changes with every change of the keys. */
  readonly version: string;
  /** JSON array of private JWKs, newest first; sealed at rest. */
  readonly signing: string;
  /** JSON array of secrets that sign cookies, newest first; sealed at rest. */
  readonly cookies: string;
  readonly createdAt: Date;
}

const declaration: Declaration<KeysDoc> = {
  name: 'oidc_keys',
  shape: z.object({
    id: z.string(),
    version: z.string(),
    signing: z.string(),
    cookies: z.string(),
    createdAt: z.date(),
  }),
  indexes: [],
  sealed: ['signing', 'cookies'],
};

export interface RealmKeys {
  readonly version: string;
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly cookieKeys: readonly string[];
}

export interface Keys {
  /** The realm's own keys, made when first asked for. Read again every two seconds, so that rotation reaches every process. */
  of(realm: string): Promise<RealmKeys>;
}

const freshMs = 2_000;

export function createKeys({ store, clock }: { readonly store: Store; readonly clock: Clock }): Keys {
  const collection = store.collection(declaration);
  const cache = new Map<string, { readonly readAt: number; readonly keys: Promise<RealmKeys> }>();

  async function read(realm: string, known: RealmKeys | undefined): Promise<RealmKeys> {
    const doc = (await collection.get(realm)) ?? (await make(realm));
    if (doc.version === known?.version) return known;
    return {
      version: doc.version,
      jwks: { keys: JSON.parse(doc.signing) as JWK[] },
      cookieKeys: JSON.parse(doc.cookies) as string[],
    };
  }

  // Processes that start together each make a set; the first insert is the realm's, the others read it.
  async function make(realm: string): Promise<KeysDoc> {
    const signing = JSON.stringify(await makeSigningKeys());
    const cookies = JSON.stringify([randomToken()]);
    const doc: KeysDoc = { id: realm, version: newId(), signing, cookies, createdAt: clock.now() };
    try {
      await collection.insert(doc);
      return doc;
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
      const theirs = await collection.get(realm);
      if (theirs === undefined) throw error;
      return theirs;
    }
  }

  return {
    async of(realm) {
      const now = clock.now().getTime();
      const cached = cache.get(realm);
      if (cached !== undefined && Math.abs(now - cached.readAt) < freshMs) return cached.keys;
      const keys = (async () => read(realm, await cached?.keys.catch(() => undefined)))();
      const entry = { readAt: now, keys };
      cache.set(realm, entry);
      keys.catch(() => {
        if (cache.get(realm) === entry) cache.delete(realm);
      });
      return keys;
    },
  };
}

/** RS256 first, since every relying party knows it (OIDC Core §15.1); ES256 and EdDSA for those who choose. */
async function makeSigningKeys(): Promise<JWK[]> {
  const generate = promisify(generateKeyPair);
  const [rsa, ec, ed] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
    generate('ed25519'),
  ]);
  return [
    { ...privateJwk(rsa.privateKey), alg: 'RS256', use: 'sig' },
    { ...privateJwk(ec.privateKey), alg: 'ES256', use: 'sig' },
    { ...privateJwk(ed.privateKey), alg: 'EdDSA', use: 'sig' },
  ];
}

function privateJwk(key: KeyObject): JWK {
  return key.export({ format: 'jwk' });
}
