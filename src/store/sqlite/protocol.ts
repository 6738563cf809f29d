import type { TableSpec } from './tables.ts';

/** What the serving thread and the writer thread say to each other. Plain data only. */
export type SqlValue = string | number | null;

export interface WriteOp {
  readonly sql: string;
  /** One statement is run for each; several are kept together or not at all. */
  readonly rows: readonly (readonly SqlValue[])[];
  /** `changes`: how many rows changed; `body`: the body of the row that `RETURNING` gave, or null. */
  readonly want: 'changes' | 'body';
  /** Acknowledge only when it survives a power cut. */
  readonly durable: boolean;
}

export type Request =
  | { readonly kind: 'write'; readonly first: number; readonly ops: readonly WriteOp[] }
  | { readonly kind: 'ensure'; readonly seq: number; readonly specs: readonly TableSpec[] }
  | { readonly kind: 'close' };

export type Outcome =
  | { readonly ok: true; readonly value: number | string | null }
  /** SQLite's text names the columns; see `duplicateOf`. */
  | { readonly ok: false; readonly why: 'duplicate'; readonly text: string }
  | { readonly ok: false; readonly why: 'failed'; readonly code: number; readonly text: string };

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly outcomes: readonly (readonly [seq: number, Outcome])[] };

export interface WriterData {
  readonly file: string;
}
