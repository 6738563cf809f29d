import type { Result } from './contender.ts';
import type { Setting } from './options.ts';
import type { PreviewCost } from './preview-cost.ts';
import type { Judged } from './targets.ts';

/** All that one bench found. */
export interface Measurements {
  /** The first setting measured. */
  readonly ours: Result;
  readonly bare: Result;
  /** CPU of one Argon2id hash. */
  readonly hashCpuMs: number;
  /** CPU of one policy decision under ten levels. */
  readonly decisionUs: number;
  /** Absent where it was not asked for. */
  readonly preview?: PreviewCost;
  readonly runs: readonly Run[];
}

export interface Run {
  readonly setting: Setting;
  readonly result: Result;
}

/** What `--json` writes. */
export interface Report extends Measurements {
  readonly at: string;
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number };
  /** Settings that were asked for and cannot be measured. */
  readonly refused: readonly { readonly setting: Setting; readonly why: string }[];
  readonly targets: readonly Judged[];
}
