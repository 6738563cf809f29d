import type { Keyring } from '../kernel/index.ts';
import type { Kept } from './kept.ts';
import type { Plan } from './plan.ts';
import type { Collection, Doc, Inspection } from './port.ts';

/** What an engine is made with. */
export interface EngineOptions {
  readonly keyring: Keyring;
  /** Called after a write that left something in an outbox was acknowledged. */
  readonly onOutbox: () => void;
}

/** See `Snapshot` of `copying.ts`. */
export interface EngineSnapshot {
  readonly isFrozen: boolean;
  pages(plan: Plan, after?: string): AsyncIterable<readonly Kept[]>;
  close(): Promise<void>;
}

/** One of the two engines; `open.ts` makes a `Store` of it. */
export interface Engine {
  isReady(): Promise<boolean>;
  collection<T extends Doc>(plan: Plan<T>): Collection<T>;
  /** Creates what is missing of these collections; repeatable, and safe when several processes do it together. */
  ensure(plans: readonly Plan[]): Promise<void>;
  pending(plan: Plan, limit: number): Promise<readonly Doc[]>;
  removeExpired(plan: Plan, before: Date, limit: number): Promise<number>;
  inspect(): Promise<Inspection>;
  /** Whether the collection was ever made. */
  has(plan: Plan): Promise<boolean>;
  count(plan: Plan): Promise<number>;
  snapshot(): Promise<EngineSnapshot>;
  put(plan: Plan, documents: readonly Kept[]): Promise<void>;
  clear(plan: Plan): Promise<void>;
  close(): Promise<void>;
}
