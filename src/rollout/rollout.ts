import type { Rules } from '../policy/index.ts';
import type { Doc } from '../store/index.ts';

/** Who is bound together, from one moment on: a share of the people, or organizations. */
export interface Wave {
  readonly startsAt: Date;
  /** Percent of the people in reach, 0.01 to 100, beside those of the waves before. */
  readonly share?: number;
  /** Ids: their members, and those of everything below. */
  readonly organizations?: readonly string[];
}

export const allStates = ['draft', 'running', 'paused', 'stopped'] as const;
/** `paused`: no further wave begins. `stopped`: nobody of the wave `stoppedFrom`, or a later one, is bound. */
export type RolloutState = (typeof allStates)[number];

/** Rules that come into force wave by wave. */
export interface Rollout extends Doc {
  readonly realm: string;
  /** Unique in the realm, case aside. */
  readonly name: string;
  readonly rules: Rules;
  /** Only people of this one and everything below it are in reach. */
  readonly organization?: string;
  readonly waves: readonly Wave[];
  /** Percent of a wave that may be stuck or fail before the roll-out stops by itself. */
  readonly stopAbovePercent: number;
  /** Days before a wave begins, and after; 0: no mail. */
  readonly remindBeforeDays: number;
  readonly remindAfterDays: number;
  readonly state: RolloutState;
  /** Since when it is paused or stopped. */
  readonly heldAt?: Date;
  /** Index of the first wave that is not bound any more. */
  readonly stoppedFrom?: number;
  /** What failed before does not count. */
  readonly judgedFrom?: Date;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** How a wave stands. Everybody is one of them; who is stuck without the roll-out as well is left out. */
export interface Figures {
  readonly people: number;
  readonly ready: number;
  /** Can set up alone what is missing, and has not yet. */
  readonly asked: number;
  /** Cannot. */
  readonly stuck: number;
  /** Began to set it up, and did not finish in that sign-in. */
  readonly failed: number;
}

export const noFigures: Figures = { people: 0, ready: 0, asked: 0, stuck: 0, failed: 0 };
export type Stand = Exclude<keyof Figures, 'people'>;

/** One wave on one day (UTC), as it was when it was last looked at. */
export interface Day extends Doc, Figures {
  readonly rollout: string;
  /** Counted from 1. */
  readonly wave: number;
  /** `2026-11-23` */
  readonly day: string;
  readonly at: Date;
}

/** What is known of one person in one roll-out. */
export interface Participant extends Doc {
  readonly rollout: string;
  readonly userId: string;
  /** Counted from 1; absent until they were looked at. */
  readonly wave?: number;
  readonly stand?: Stand;
  /** When they last began to set something up. */
  readonly begunAt?: Date;
  /** When they were reminded, before their wave began and after. */
  readonly toldBeforeAt?: Date;
  readonly toldAfterAt?: Date;
}

export interface NewRollout {
  readonly realm: string;
  readonly name: string;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly organization?: string;
  readonly waves: readonly Wave[];
  /** 2 when left out. */
  readonly stopAbovePercent?: number;
  /** 7 when left out. */
  readonly remindBeforeDays?: number;
  /** 3 when left out. */
  readonly remindAfterDays?: number;
}
