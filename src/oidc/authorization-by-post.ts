import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Clock, GatehouseError, randomToken } from '../kernel/index.ts';
import type { Collection, Declaration, Doc, Store } from '../store/index.ts';
import { artifactId } from './adapter.ts';

interface StoredRequest extends Doc {
  readonly query: string;
  readonly expiresAt: Date;
}

const declaration: Declaration<StoredRequest> = {
  name: 'oidc_posted_requests',
  shape: z.object({ id: z.string(), query: z.string(), expiresAt: z.date() }),
  indexes: [],
  expiry: 'expiresAt',
  survives: 'process',
};

/** Where requests may come by POST as well as by GET: OIDC Core §3.1.2.1, RP-Initiated Logout 1.0 §2. */
const paths = ['/auth', '/session/end'];

/** Ours are no longer than oidc-provider's own bodies. */
const bodyLimit = 56 * 1024;
/** Fits into a request line together with cookies, below Node's 16 KiB for all headers. */
const queryLimit = 4 * 1024;
/** A redirect is followed at once. */
const ttlMs = 60_000;
const handle = 'posted_request';

/** Of the realm that is asked. */
export interface Asked {
  readonly realm: { readonly id: string };
  readonly issuer: string;
  readonly portalOf: (clientId: string) => unknown;
}

/**
 * Requests to sign in or out that come by POST come from other sites, where browsers hold SameSite=Lax cookies back. The answer is
 * a redirect to the same request by GET, with which they are sent; what is too long for an address is stored first.
 */
export interface AuthorizationByPost {
  /** Whether requests at this path, below the issuer, may come by POST. */
  takes(path: string): boolean;
  /** True when it answered. */
  redirect(request: IncomingMessage, response: ServerResponse, made: Asked, path: string): Promise<boolean>;
  /** The query to use instead of `query`: what was stored can be asked for once. */
  expand(realm: string, query: string): Promise<string>;
}

export function createAuthorizationByPost({
  store,
  clock,
  admit,
}: {
  readonly store: Store;
  readonly clock: Clock;
  /** Asked before anything is stored. */
  readonly admit: (request: IncomingMessage) => Promise<void>;
}): AuthorizationByPost {
  const stored: Collection<StoredRequest> = store.collection(declaration);
  return {
    takes: (path) => paths.includes(path),
    async redirect(request, response, { realm, issuer, portalOf }, path) {
      if (request.method !== 'POST') return false;
      if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return false;
      const form = new URLSearchParams(await read(request));
      let query = form.toString();
      const clientId = form.get('client_id') ?? '';
      if (query.length > queryLimit && portalOf(clientId) === undefined) {
        // Refused for the portal it names, and not stored for anybody who posts.
        query = clientId === '' ? '' : new URLSearchParams({ client_id: clientId.slice(0, 64) }).toString();
      } else if (query.length > queryLimit) {
        const id = randomToken();
        const expiresAt = new Date(clock.now().getTime() + ttlMs);
        await admit(request);
        await stored.insert({ id: artifactId(realm.id, id), query, expiresAt });
        query = new URLSearchParams({ [handle]: id }).toString();
      }
      response
        .writeHead(303, { location: `${issuer}${path}?${query}`, 'cache-control': 'no-store', 'content-length': '0' })
        .end();
      return true;
    },
    async expand(realm, query) {
      if (!query.includes(`${handle}=`)) return query;
      const id = new URLSearchParams(query).get(handle);
      const found = id === null ? undefined : await stored.take(artifactId(realm, id));
      return found === undefined || found.expiresAt <= clock.now() ? query : found.query;
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyLimit) throw new GatehouseError('too_large', 'oidc: a request by POST is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
