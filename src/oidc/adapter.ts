import { isDeepStrictEqual } from 'node:util';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { type Clock, digest, randomToken } from '../kernel/index.ts';
import type { Collection } from '../store/index.ts';
import { type Artifact, type Artifacts, familyModels, type ModelName } from './collections.ts';
import { joinWrite } from './joined-writes.ts';
import { type Reuses, usedOnce } from './reuse.ts';

/** Written once under a random id: inserting needs no read before it. */
const writtenOnce: ReadonlySet<string> = new Set<ModelName>([
  'AuthorizationCode',
  'AccessToken',
  'RefreshToken',
  'ClientCredentials',
  'ReplayDetection',
]);

/** What the token endpoint gives. */
const issued: ReadonlySet<string> = new Set<ModelName>(['AccessToken', 'RefreshToken']);

/** Whose end must survive a power cut, which the removal of a document would not: it is written down instead. */
const endedDurably: ReadonlySet<string> = new Set<ModelName>([
  'Session',
  'AccessToken',
  'RefreshToken',
  'ClientCredentials',
]);

/** Two people at once, or one twice, said yes or no to the same device: the first answer is the one that counts. */
export class DeviceAnswered extends errors.InvalidRequest {
  constructor() {
    super('the device code was answered already');
  }
}

/** Milliseconds since 1970 by 36: enough until the year 5188. */
const momentLength = 9;
/** As long as oidc-provider's own ids. */
const randomLength = 43;

/**
 * An id that is told by its length to begin with its moment: documents of those made one after the other are neighbours
 * in the database, which then writes a third less for each.
 */
export function newArtifactId(now: Date): string {
  return `${now.getTime().toString(36).padStart(momentLength, '0')}${randomToken()}`;
}

/** The document id of what oidc-provider knows as `id`: realms cannot meet, and a stolen file gives no token away. */
export function artifactId(realm: string, id: string): string {
  const moment = id.length === momentLength + randomLength ? id.slice(0, momentLength) : '';
  return `${realm}/${moment}${digest(id)}`;
}

/**
 * oidc-provider's adapter on the storage port, for one realm. Expiry is judged here, not left to the sweeper.
 * `consume` is compare-and-set: of any number of racers one goes on, the others end the family and get
 * `invalid_grant` (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
 */
export function createAdapterFactory(
  artifacts: Artifacts,
  realm: string,
  clock: Clock,
  reuses: Reuses,
): (model: string) => Adapter {
  return (model) => {
    if (model === 'Client') return noOthers;
    const collection = (artifacts as Readonly<Record<string, Collection<Artifact>>>)[model];
    if (collection === undefined) throw new Error(`oidc: no collection for ${model}`);
    const key = (id: string) => artifactId(realm, id);

    function read(doc: Artifact | undefined, id?: string): AdapterPayload | undefined {
      if (doc === undefined || doc.endedAt !== undefined) return undefined;
      if (doc.expiresAt !== undefined && doc.expiresAt.getTime() <= clock.now().getTime()) return undefined;
      return {
        ...doc.payload,
        ...(id === undefined ? undefined : { jti: id }),
        ...(doc.consumedAt === undefined ? undefined : { consumed: Math.floor(doc.consumedAt.getTime() / 1000) }),
      };
    }

    return {
      async upsert(id, payload, expiresIn) {
        const doc = documentOf(model, realm, key(id), payload, expiryOf(clock.now(), model, expiresIn));
        if (writtenOnce.has(model)) {
          return issued.has(model) ? joinWrite(collection.insert(doc)) : collection.insert(doc);
        }
        if (model === 'DeviceCode') return writeDeviceCode(collection, doc);
        await collection.upsert(doc.id, (old) => (old !== undefined && isSame(old, doc) ? old : doc));
      },
      async find(id) {
        return read(await collection.get(key(id)), id);
      },
      async findByUid(uid) {
        return read(await collection.findBy('uid', [`${realm}/${uid}`]));
      },
      async findByUserCode(userCode) {
        const doc = await collection.findBy('userCode', [key(userCode)]);
        const found = read(doc, doc?.deviceCode);
        return found === undefined ? undefined : { ...found, userCode };
      },
      async consume(id) {
        let seen: Artifact | undefined;
        const used = await collection.update(
          key(id),
          (doc) => {
            seen = doc;
            return doc.consumedAt === undefined ? { ...doc, consumedAt: clock.now() } : undefined;
          },
          { durable: true },
        );
        if (used.ok) return;
        if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used');
        const kind = usedOnce(model);
        if (seen !== undefined && kind !== undefined) {
          const { clientId, accountId } = seen.payload as AdapterPayload;
          await reuses.record(realm, { value: id, kind, clientId, accountId });
        }
        if (seen?.grant !== undefined) await endFamily(artifacts, seen.grant);
        throw new errors.InvalidGrant('already used');
      },
      async destroy(id) {
        if (endedDurably.has(model)) return end(collection, key(id), clock.now());
        const isMine = await collection.remove(key(id));
        // Resuming takes the interaction away: of two tabs that try, one goes on.
        if (model === 'Interaction' && !isMine) throw new errors.SessionNotFound('interaction was resumed already');
      },
      async revokeByGrantId(grantId) {
        await removeAll(collection, `${realm}/${grantId}`);
      },
    };
  };
}

const refuse = () => Promise.reject(new Error('oidc: clients are portals of the realm'));

/** Clients are given to the provider when it is made: one it asks for here is none. */
const noOthers: Adapter = {
  find: () => Promise.resolve(undefined),
  findByUid: refuse,
  findByUserCode: refuse,
  upsert: refuse,
  consume: refuse,
  destroy: refuse,
  revokeByGrantId: refuse,
};

export const endSession = (artifacts: Artifacts, id: string, now: Date) => end(artifacts.Session, id, now);

/** The sweeper removes it once it would have expired. */
async function end(collection: Collection<Artifact>, id: string, now: Date): Promise<void> {
  await collection.update(
    id,
    ({ uid: _uid, ...doc }) => (doc.endedAt === undefined ? { ...doc, payload: {}, endedAt: now } : undefined),
    { durable: true },
  );
}

/** `inFlight`: somebody is signing in for it. `accountId` or `error`: it was answered, once. */
async function writeDeviceCode(collection: Collection<Artifact>, doc: Artifact): Promise<void> {
  const stage = ({ payload }: Artifact) =>
    payload['accountId'] !== undefined || payload['error'] !== undefined ? 2 : payload['inFlight'] === true ? 1 : 0;
  const written = await collection.upsert(doc.id, (old) => {
    if (old === undefined) return doc;
    if (old.consumedAt !== undefined || old.endedAt !== undefined) return undefined;
    if (stage(doc) <= stage(old)) return undefined;
    // Found by its device code, it does not know what people type.
    return old.userCode === undefined ? doc : { ...doc, userCode: old.userCode };
  });
  if (!written.ok) throw new DeviceAnswered();
}

/** The grant and every code and token under it. The grant goes first: nothing is worth anything without it. */
export async function endFamily(artifacts: Artifacts, grant: string): Promise<void> {
  const [realm = '', grantId = ''] = grant.split('/', 2);
  await artifacts.Grant.remove(artifactId(realm, grantId));
  await Promise.all(familyModels.map((model) => removeAll(artifacts[model], grant)));
}

async function removeAll(collection: Collection<Artifact>, grant: string): Promise<void> {
  const limit = 500;
  while ((await collection.removeWhere({ index: 'grant', equals: [grant], limit })) === limit);
}

/**
 * oidc-provider judges the expiry (`exp`) of these itself. A pushed request must be there when the sign-in it began
 * ends, to be found used; a device that asks too late is told `expired_token` (RFC 8628 §3.5). That a DPoP proof was
 * used it would know for five minutes, and takes one dated five minutes ahead for ten (RFC 9449 §11.1); and one more
 * for nodes whose clocks differ.
 */
const keptLongerS: Readonly<Record<string, number>> = {
  PushedAuthorizationRequest: 3_600,
  DeviceCode: 3_600,
  ReplayDetection: 360,
};

function expiryOf(now: Date, model: string, expiresInS: number | undefined): Date | undefined {
  if (expiresInS === undefined) return undefined;
  return new Date(now.getTime() + (expiresInS + (keptLongerS[model] ?? 0)) * 1000);
}

function documentOf(
  model: string,
  realm: string,
  id: string,
  { jti, userCode, ...payload }: AdapterPayload,
  expiresAt: Date | undefined,
): Artifact {
  const { grantId, uid, accountId } = payload;
  const isFamily = (familyModels as readonly string[]).includes(model);
  return {
    id,
    realm,
    payload: model === 'Interaction' ? withoutCookie(payload) : payload,
    ...(isFamily && grantId !== undefined ? { grant: `${realm}/${grantId}` } : undefined),
    ...(model === 'Grant' ? { grant: `${realm}/${jti}` } : undefined),
    ...(model === 'Session' && uid !== undefined ? { uid: `${realm}/${uid}` } : undefined),
    ...(userCode === undefined ? undefined : { userCode: artifactId(realm, userCode) }),
    ...(model === 'DeviceCode' && jti !== undefined ? { deviceCode: jti } : undefined),
    ...((model === 'Session' || model === 'Grant') && accountId !== undefined
      ? { person: `${realm}/${accountId}` }
      : undefined),
    ...(expiresAt === undefined ? undefined : { expiresAt }),
  };
}

// An interaction carries the value of the session's cookie; nothing reads it.
function withoutCookie(payload: AdapterPayload): AdapterPayload {
  if (payload.session === undefined) return payload;
  const { cookie: _cookie, ...session } = payload.session as Record<string, unknown>;
  return { ...payload, session };
}

// The provider saves a session whenever it looked at it; unchanged, that costs no write.
function isSame(old: Artifact, doc: Artifact): boolean {
  const { exp: oldExp, ...before } = old.payload;
  const { exp, ...after } = doc.payload;
  return Math.abs(Number(exp) - Number(oldExp)) <= 1 && old.endedAt === undefined && isDeepStrictEqual(before, after);
}
