import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Keyring } from '../kernel/index.ts';
import type { Collection, OutboxItem, Page, Store } from '../store/index.ts';
import { createAppend } from './append.ts';
import { type Checkpoint, signedCheckpoint } from './checkpoint.ts';
import type { AuditEvent } from './event.ts';
import { createExport, verifyExport } from './export.ts';
import { createForget } from './forget.ts';
import { headsDeclaration } from './head.ts';
import { createPosition } from './position.ts';
import { type AuditEntry, type AuditRecord, entryOf, recordsDeclaration } from './record.ts';
import { type AuditQuery, createSearch } from './search.ts';
import { createVerify, recordsAfter, type Verification } from './verify.ts';

export interface Audit {
  /** For the drain. Each item once, however often it comes; throws when not all of them were recorded. */
  append(items: readonly OutboxItem[]): Promise<void>;
  /** Newest first. */
  list(realm: string, query: AuditQuery): Promise<Page<AuditEntry>>;
  /** The last `last` entries, oldest first; with `follow` those to come as well, until `signal` is aborted. */
  tail(realm: string, options: TailOptions): AsyncGenerator<AuditEntry>;
  verify(realm: string, options?: { readonly checkpoints?: readonly Checkpoint[] }): Promise<Verification>;
  /** What the chain is now, to be kept elsewhere. */
  checkpoint(realm: string): Promise<Checkpoint>;
  /** JSON lines, each with its line feed. */
  export(realm: string): AsyncGenerator<string>;
  verifyExport(
    lines: AsyncIterable<string>,
    options?: { readonly checkpoints?: readonly Checkpoint[] },
  ): ReturnType<typeof verifyExport>;
  /** Erases what the log knows about a person; the chain still holds. */
  erase(realm: string, subject: string, actor?: AuditEvent['actor']): Promise<{ readonly records: number }>;
  /** Removes the oldest records from before that time; the chain still holds. */
  cut(realm: string, before: Date, actor?: AuditEvent['actor']): Promise<{ readonly records: number }>;
}

export interface TailOptions {
  readonly last: number;
  readonly follow?: { readonly signal: AbortSignal; readonly pollMs: number };
}

export interface AuditOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
}

export function createAudit({ store, clock, keyring }: AuditOptions): Audit {
  const records: Collection<AuditRecord> = store.collection(recordsDeclaration);
  const deps = { records, heads: store.collection(headsDeclaration), clock, keyring };
  const append = createAppend(deps);
  const position = createPosition(deps);
  const forget = createForget(deps, append);
  const signed = (realm: string, seq: number, hash: string) =>
    signedCheckpoint(keyring, { realm, seq, hash, at: clock.now().toISOString() });

  return {
    append,
    list: createSearch(deps),
    verify: createVerify(deps),
    export: createExport(deps, signed),
    verifyExport: (lines, { checkpoints = [] } = {}) => verifyExport(keyring, lines, checkpoints),
    ...forget,
    async checkpoint(realm) {
      const { place } = await position.end(realm);
      return signed(realm, place.seq, place.hash);
    },
    async *tail(realm, { last, follow }) {
      const page = await records.list({ index: 'by_seq', equals: [realm], limit: Math.max(last, 1), reverse: true });
      const newest = page.items[0]?.seq ?? 0;
      let seq = last < 1 ? newest : Math.max(newest - last, 0);
      for (;;) {
        for await (const record of recordsAfter(deps, realm, seq)) {
          yield entryOf(record);
          seq = record.seq;
        }
        if (follow === undefined || follow.signal.aborted) return;
        await delay(follow.pollMs, undefined, { signal: follow.signal }).catch(() => undefined);
      }
    },
  };
}
