/**
 * The storage port: document collections with few, exact promises, kept by every engine (see `test/store/`).
 *
 * - `change` is pure and may run again: an engine reads, changes, and writes where the revision still matches.
 *   Returning `undefined` refuses; the document stays as it was. Returning the same object writes nothing.
 * - `take` removes and returns: of any number of racers exactly one gets the document.
 * - Expiry indexes only clean up, some time later. Code that cares checks `expiresAt` itself.
 * - A read sees every write whose acknowledgement was awaited; what another process wrote is seen, at the latest, from the
 *   next turn of the event loop on.
 * - Nothing spans two documents. What must not be lost travels in the same write, in `outbox`.
 */
import type { z } from 'zod';

export interface Doc {
  readonly id: string;
  /** What this change tells others (audit events, messages): delivered at least once, then removed. See `drain`. */
  readonly outbox?: readonly OutboxItem[] | undefined;
}

export interface OutboxItem {
  /** Unique; receivers are idempotent by it. */
  readonly id: string;
  readonly kind: 'audit' | 'message';
  readonly at: Date;
  /** JSON-safe, without secrets unless sealed. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A field of an index key. Dates are compared as instants. */
export type KeyPart = string | number | boolean | Date | null;

export interface IndexDeclaration {
  readonly name: string;
  /** Paths into the document, `a.b` allowed; the first may be an array field (one entry per element; lists name the element). */
  readonly fields: readonly string[];
  readonly unique?: boolean;
  /** Documents in which the first field is absent are left out. */
  readonly sparse?: boolean;
}

/** Declared once per collection, by the room that owns it. `T` is what `shape` parses to. */
export interface Declaration<T extends Doc> {
  readonly name: string;
  readonly shape: z.ZodType<T>;
  readonly indexes: readonly IndexDeclaration[];
  /** Path of the Date after which a sweeper may remove the document. */
  readonly expiry?: string;
  /** Paths of string fields kept sealed at rest (associated data: collection, id, path). Never part of an index. */
  readonly sealed?: readonly string[];
  /** `power`: acknowledged means it survives a power cut (default). `process`: only the death of the process. */
  readonly survives?: 'power' | 'process';
  /** Its documents carry an `outbox` that the drain empties. */
  readonly outbox?: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass as `after` for the next page; absent when this was the last. Opaque. */
  readonly next?: string;
}

export interface ListQuery<T extends Doc> {
  readonly index: string;
  readonly equals?: readonly KeyPart[];
  /** On the field after `equals`: a string prefix. */
  readonly prefix?: string;
  /** On the field after `equals`: from (inclusive) to (exclusive). */
  readonly range?: { readonly from?: KeyPart; readonly to?: KeyPart };
  /** A residual filter over a bounded scan (at most ten times `limit` documents a call); `next` says how far it got. */
  readonly where?: (doc: T) => boolean;
  /** Top-level fields to return; `id` always comes along. */
  readonly select?: readonly (keyof T & string)[];
  readonly after?: string;
  readonly limit: number;
  readonly reverse?: boolean;
}

export type Updated<T> =
  | { readonly ok: true; readonly doc: T }
  | { readonly ok: false; readonly why: 'absent' | 'refused' };

export interface WriteOptions {
  /** Wait for the disk though the collection is declared `survives: 'process'`. */
  readonly durable?: boolean;
}

export interface Collection<T extends Doc> {
  readonly declaration: Declaration<T>;
  get(id: string): Promise<T | undefined>;
  /** By a unique index. */
  findBy(index: string, key: readonly KeyPart[]): Promise<T | undefined>;
  list(query: ListQuery<T>): Promise<Page<T>>;
  /** How many documents there are for each value of the index's field after `equals`. */
  tally(query: { readonly index: string; readonly equals?: readonly KeyPart[] }): Promise<Map<KeyPart, number>>;
  /** Throws `Duplicate` when the id or a unique key is taken. */
  insert(doc: T, options?: WriteOptions): Promise<void>;
  insertMany(docs: readonly T[]): Promise<void>;
  update(id: string, change: (doc: T) => T | undefined, options?: WriteOptions): Promise<Updated<T>>;
  upsert(id: string, change: (doc: T | undefined) => T | undefined, options?: WriteOptions): Promise<Updated<T>>;
  take(id: string): Promise<T | undefined>;
  /** True when there was something to remove. */
  remove(id: string): Promise<boolean>;
  /** Removes at most `limit`; returns how many. */
  removeWhere(query: {
    readonly index: string;
    readonly equals: readonly KeyPart[];
    readonly limit: number;
  }): Promise<number>;
}

/** Thrown by `insert`, `insertMany`, `update` and `upsert`. `index` is `id` for the document's own id. */
export class Duplicate extends Error {
  readonly index: string;
  constructor(collection: string, index: string) {
    super(`${collection}: ${index} is taken`);
    this.name = 'Duplicate';
    this.index = index;
  }
}

/** What an operator may want to know of a database. */
export interface Inspection {
  readonly engine: 'sqlite' | 'mongodb';
  /** Of the machine the database runs on, where that may be another. */
  readonly time?: Date;
  readonly topology?: 'standalone' | 'replica set' | 'sharded cluster';
  /** Whether the file's pages are in order; SQLite only. */
  readonly isIntact?: boolean;
}

/** An open database. Rooms call `collection` once, at composition. */
export interface Store {
  /** `false` while the database cannot be reached. Never throws. */
  isReady(): Promise<boolean>;
  collection<T extends Doc>(declaration: Declaration<T>): Collection<T>;
  /** All that rooms have declared so far: what the drain and the sweeper work on. */
  collections(): readonly Collection<Doc>[];
  /** Creates what is missing (tables, indexes) and migrates. Safe when several processes start together. */
  bootstrap(): Promise<void>;
  /** Documents of `outbox` collections that have something to deliver, oldest first. */
  pending(collection: string, limit: number): Promise<readonly Doc[]>;
  /** Calls `listener` after a write of this process left something in an outbox. Returns what ends it. */
  onOutbox(listener: () => void): () => void;
  /** Removes at most `limit` documents that expired before then and have nothing left to tell; returns how many. */
  removeExpired(collection: string, before: Date, limit: number): Promise<number>;
  /** Asks the database about itself; reads only. Throws `unavailable` when it is away. */
  inspect(): Promise<Inspection>;
  /** Waits for writes under way, then closes. */
  close(): Promise<void>;
}
