import type { JWK } from 'jose';
import { z } from 'zod';
import { type AuditEvent, auditEvent } from '../audit/index.ts';
import { type Clock, newId, randomToken } from '../kernel/index.ts';
import { type Declaration, type Doc, Duplicate, outboxShape, type Store, withOutbox } from '../store/index.ts';
import {
  isBeingRotated,
  type KeyPhase,
  makeSigningKeys,
  nextPhaseAt,
  phaseOf,
  publishedAt,
  type SigningKey,
  succeededBy,
} from './key-set.ts';

interface KeysDoc extends Doc {
  /** The realm. */
  readonly id: string;
  /** Changes with every change of the keys. */
  readonly version: string;
  /** JSON array of `SigningKey`; sealed at rest. */
  readonly signing: string;
  /** JSON array of secrets that sign cookies, newest first; sealed at rest. */
  readonly cookies: string;
  readonly createdAt: Date;
}

const declaration: Declaration<KeysDoc> = {
  name: 'oidc_keys',
  shape: z.object({
    id: z.string(),
    outbox: outboxShape,
    version: z.string(),
    signing: z.string(),
    cookies: z.string(),
    createdAt: z.date(),
  }),
  indexes: [],
  sealed: ['signing', 'cookies'],
  outbox: true,
};

export interface RealmKeys {
  /** Another one whenever what is published, or what signs, is another. */
  readonly version: string;
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly cookieKeys: readonly string[];
}

export interface KeyInList {
  readonly kid: string;
  readonly alg: string;
  readonly phase: Exclude<KeyPhase, 'gone'>;
  readonly createdAt: Date;
  readonly signsFrom: Date;
  readonly signsUntil?: Date;
  readonly publishedUntil?: Date;
}

export type Rotation =
  | { readonly ok: true; readonly signsFrom: Date }
  /** New keys are published already, and sign from then. */
  | { readonly ok: false; readonly why: 'under_way'; readonly signsFrom: Date };

export interface RotateOptions {
  readonly actor: AuditEvent['actor'];
  /** Those there are may be in other hands: they are withdrawn at once, and what they signed is worth nothing. */
  readonly atOnce?: boolean;
}

export interface Keys {
  /** The realm's own keys, made when first asked for. Read again every two seconds, so that rotation reaches every process. */
  of(realm: string): Promise<RealmKeys>;
  list(realm: string): Promise<readonly KeyInList[]>;
  /** Publishes new keys, which take over once every verifier's cache has them. */
  rotate(realm: string, options: RotateOptions): Promise<Rotation>;
  /** Forgets keys that are not published any more. Returns how many. */
  forgetGone(realm: string): Promise<number>;
}

export interface KeysParts {
  readonly store: Store;
  readonly clock: Clock;
  /** From the publication of a key until it signs: longer than verifiers may keep a key set. */
  readonly aheadS: number;
  /** How long something that a key of this realm signed may come back. */
  readonly signedLifeS: (realm: string) => Promise<number>;
}

const freshMs = 2_000;

interface Opened extends Pick<RealmKeys, 'cookieKeys'> {
  readonly docVersion: string;
  readonly signing: readonly SigningKey[];
}

/** What `keys` followed from, and the time in which it does. */
interface Current {
  readonly opened: Opened;
  readonly keys: RealmKeys;
  readonly from: Date;
  readonly until: Date;
}

export function createKeys({ store, clock, aheadS, signedLifeS }: KeysParts): Keys {
  const collection = store.collection(declaration);
  const cache = new Map<string, { readonly readAt: number; readonly opened: Promise<Opened> }>();
  const current = new Map<string, Current>();

  const load = async (realm: string): Promise<KeysDoc> => (await collection.get(realm)) ?? (await make(realm));

  async function read(realm: string, known: Opened | undefined): Promise<Opened> {
    const doc = await load(realm);
    if (doc.version === known?.docVersion) return known;
    return {
      docVersion: doc.version,
      signing: parseSigning(doc),
      cookieKeys: JSON.parse(doc.cookies) as string[],
    };
  }

  // Processes that start together each make a set; the first insert is the realm's, the others read it.
  async function make(realm: string): Promise<KeysDoc> {
    const now = clock.now();
    const keys = (await makeSigningKeys()).map((jwk) => ({ jwk, createdAt: now, signsFrom: now }));
    const cookies = JSON.stringify([randomToken()]);
    const doc: KeysDoc = { id: realm, version: newId(), signing: JSON.stringify(keys), cookies, createdAt: now };
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

  function open(realm: string): Promise<Opened> {
    const now = clock.now().getTime();
    const cached = cache.get(realm);
    if (cached !== undefined && Math.abs(now - cached.readAt) < freshMs) return cached.opened;
    const opened = (async () => read(realm, await cached?.opened.catch(() => undefined)))();
    const entry = { readAt: now, opened };
    cache.set(realm, entry);
    opened.catch(() => {
      if (cache.get(realm) === entry) cache.delete(realm);
    });
    return opened;
  }

  return {
    async of(realm) {
      const opened = await open(realm);
      const now = clock.now();
      const known = current.get(realm);
      // Asked for by every request, and another one a few times a year.
      if (known?.opened === opened && now >= known.from && now < known.until) return known.keys;
      const { docVersion, signing, cookieKeys } = opened;
      const published = publishedAt(signing, now);
      const version = [docVersion, ...published.map((key) => phaseOf(key, now))].join(' ');
      const keys =
        known?.keys.version === version
          ? known.keys
          : { version, jwks: { keys: published.map(({ jwk }) => jwk) }, cookieKeys };
      current.set(realm, { opened, keys, from: now, until: nextPhaseAt(signing, now) });
      return keys;
    },

    async list(realm) {
      const now = clock.now();
      return publishedAt(parseSigning(await load(realm)), now).map(({ jwk, ...life }) => ({
        kid: jwk.kid ?? '',
        alg: jwk.alg ?? '',
        phase: phaseOf({ jwk, ...life }, now) as KeyInList['phase'],
        ...life,
      }));
    },

    async rotate(realm, { actor, atOnce = false }) {
      const [fresh, lifeS] = await Promise.all([makeSigningKeys(), signedLifeS(realm), load(realm)]);
      const now = clock.now();
      const signsFrom = atOnce ? now : new Date(now.getTime() + aheadS * 1000);
      const event = auditEvent(now, {
        type: 'keys.rotated',
        realm,
        actor,
        details: { kids: fresh.map(({ kid }) => kid ?? ''), signsFrom: signsFrom.toISOString(), atOnce },
      });
      let upcoming: Date | undefined;
      const written = await collection.update(realm, (doc) => {
        const before = parseSigning(doc);
        upcoming = before.find((key) => phaseOf(key, now) === 'published')?.signsFrom;
        if (!atOnce && isBeingRotated(before, now)) return undefined;
        const kept = atOnce ? [] : before;
        const signing = JSON.stringify(succeededBy(kept, fresh, { now, signsFrom, signedLifeS: lifeS }));
        return withOutbox({ ...doc, version: newId(), signing }, event);
      });
      cache.delete(realm);
      return written.ok ? { ok: true, signsFrom } : { ok: false, why: 'under_way', signsFrom: upcoming ?? signsFrom };
    },

    async forgetGone(realm) {
      const now = clock.now();
      let gone = 0;
      await collection.update(realm, (doc) => {
        const all = parseSigning(doc);
        const left = all.filter((key) => phaseOf(key, now) !== 'gone');
        gone = all.length - left.length;
        return gone === 0 ? undefined : { ...doc, version: newId(), signing: JSON.stringify(left) };
      });
      return gone;
    },
  };
}

const lifeShape = z.array(
  z.object({
    jwk: z.custom<JWK>((value) => typeof value === 'object' && value !== null),
    createdAt: z.coerce.date(),
    signsFrom: z.coerce.date(),
    signsUntil: z.coerce.date().exactOptional(),
    publishedUntil: z.coerce.date().exactOptional(),
  }),
);

function parseSigning(doc: KeysDoc): readonly SigningKey[] {
  const keys = z.array(z.looseObject({})).parse(JSON.parse(doc.signing));
  // Written before a key had a life: a plain JWK, which has signed since.
  return lifeShape.parse(keys.map((key) => ('kty' in key ? { jwk: key, ...since(doc.createdAt) } : key)));
}

function since(date: Date) {
  return { createdAt: date, signsFrom: date };
}
