import type { Clock } from '../kernel/index.ts';
import type { Collection } from '../store/index.ts';
import type { Batches } from './batches.ts';
import { type StoredToken, tokenId, without } from './collections.ts';
import { readCredentialId } from './credential-id.ts';
import type { Standing, Token } from './token.ts';

export interface TokenQuery {
  readonly realm: string;
  /** Of the Credential ID. */
  readonly prefix?: string;
  readonly standing?: Standing;
  readonly person?: string;
  readonly after?: string;
  readonly limit: number;
}

export interface Inventory {
  /** `typed`: tolerant of case, blanks and dashes. */
  find(realm: string, typed: string): Promise<Token | undefined>;
  list(query: TokenQuery): Promise<{ readonly items: readonly Token[]; readonly next?: string }>;
  /** Whether the realm has any token, as of some seconds ago. */
  hasTokens(realm: string): Promise<boolean>;
  /** Ids of the tokens assigned to each person that can be used, as `list` by person and `assigned` has them. */
  assigned(realm: string): Promise<ReadonlyMap<string, readonly string[]>>;
  /** With its seed: for judging codes, and for an export that asks for seeds. */
  seen(id: string): Promise<StoredToken | undefined>;
  /** Every one of the realm, by Credential ID. */
  all(realm: string): AsyncIterable<StoredToken>;
  forgetEmptiness(realm: string): void;
}

/** That a realm has no tokens is asked in every sign-in; a first import may be noticed some seconds later. */
const emptinessMs = 10_000;

/** A person has a handful. */
const mostPerPerson = 500;

/** Sorts after all letters and digits. */
const pastEveryId = '~';

export function createInventory(deps: {
  readonly tokens: Collection<StoredToken>;
  readonly batches: Batches;
  readonly clock: Clock;
}): Inventory {
  const { tokens, batches, clock } = deps;
  const emptyAt = new Map<string, number>();
  // Tokens are never removed: a realm that has some goes on having some.
  const stocked = new Set<string>();

  async function seen(id: string): Promise<StoredToken | undefined> {
    const token = await tokens.get(id);
    return token !== undefined && (await batches.isLive(token.batch)) ? token : undefined;
  }

  async function* all(realm: string, prefix = '', from = prefix, pageSize = 500): AsyncGenerator<StoredToken> {
    let after: string | undefined;
    do {
      const page = await tokens.list({
        index: 'credential',
        equals: [realm],
        range: { from, to: `${prefix}${pastEveryId}` },
        ...(after === undefined ? {} : { after }),
        limit: pageSize,
      });
      for (const token of page.items) if (await batches.isLive(token.batch)) yield token;
      after = page.next;
    } while (after !== undefined);
  }

  async function ofPerson(realm: string, person: string): Promise<readonly StoredToken[]> {
    const { items } = await tokens.list({ index: 'person', equals: [person, realm], limit: mostPerPerson });
    const live: StoredToken[] = [];
    for (const token of items) if (await batches.isLive(token.batch)) live.push(token);
    return live.toSorted((a, b) => (a.credentialId < b.credentialId ? -1 : 1));
  }

  return {
    seen,
    all: (realm) => all(realm),
    async find(realm, typed) {
      const credentialId = readCredentialId(typed);
      const token = credentialId === undefined ? undefined : await seen(tokenId(realm, credentialId));
      return token === undefined ? undefined : publicToken(token, clock.now());
    },
    async list({ realm, prefix = '', standing, person, after, limit }) {
      const now = clock.now();
      const items: Token[] = [];
      const source = person === undefined ? all(realm, prefix, after ?? prefix) : await ofPerson(realm, person);
      for await (const stored of source) {
        if (after !== undefined && stored.credentialId <= after) continue;
        if (!stored.credentialId.startsWith(prefix)) continue;
        const token = publicToken(stored, now);
        if (standing !== undefined && token.standing !== standing) continue;
        const last = items.at(-1);
        if (items.length === limit && last !== undefined) return { items, next: last.credentialId };
        items.push(token);
      }
      return { items };
    },
    async assigned(realm) {
      const now = clock.now();
      const select = ['people', 'batch', 'blocked', 'expiresAt'] as const;
      const found = new Map<string, string[]>();
      let after: string | undefined;
      do {
        const next = after === undefined ? {} : { after };
        const page = await tokens.list({ index: 'credential', equals: [realm], select, limit: 500, ...next });
        for (const token of page.items) {
          if (standingOf(token, now) !== 'assigned' || !(await batches.isLive(token.batch))) continue;
          for (const person of token.people) found.set(person, [...(found.get(person) ?? []), token.id]);
        }
        after = page.next;
      } while (after !== undefined);
      return found;
    },
    async hasTokens(realm) {
      if (stocked.has(realm)) return true;
      const now = clock.now().getTime();
      const since = emptyAt.get(realm);
      if (since !== undefined && Math.abs(now - since) < emptinessMs) return false;
      for await (const _ of all(realm, '', '', 1)) {
        stocked.add(realm);
        return true;
      }
      emptyAt.set(realm, now);
      return false;
    },
    forgetEmptiness: (realm) => void emptyAt.delete(realm),
  };
}

export function standingOf(token: StoredToken, now: Date): Standing {
  if (token.blocked !== undefined) return token.blocked;
  if (token.expiresAt !== undefined && token.expiresAt <= now) return 'expired';
  return token.people.length === 0 ? 'available' : 'assigned';
}

export function isUsable(token: StoredToken, now: Date): boolean {
  return ['available', 'assigned'].includes(standingOf(token, now));
}

export function publicToken(token: StoredToken, now: Date): Token {
  const { outbox: _, ...rest } = without(token, 'secret', 'batch', 'lastSignIn', 'blocked', 'assignments');
  return { ...rest, standing: standingOf(token, now) };
}
