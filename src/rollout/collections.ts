import { z } from 'zod';
import { rulesShape } from '../policy/index.ts';
import { type Declaration, outboxShape } from '../store/index.ts';
import { allStates, type Day, type Participant, type Rollout } from './rollout.ts';

/** `key`: the name, case aside. */
export interface StoredRollout extends Rollout {
  readonly key: string;
  /** It was removed; by then what is known of its people is cleared away. */
  readonly keptUntil?: Date;
}

export const rolloutsDeclaration: Declaration<StoredRollout> = {
  name: 'rollouts',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    name: z.string(),
    key: z.string(),
    rules: rulesShape,
    organization: z.string().exactOptional(),
    waves: z.array(
      z.object({
        startsAt: z.date(),
        share: z.number().exactOptional(),
        organizations: z.array(z.string()).exactOptional(),
      }),
    ),
    stopAbovePercent: z.number(),
    remindBeforeDays: z.number().int(),
    remindAfterDays: z.number().int(),
    state: z.enum(allStates),
    heldAt: z.date().exactOptional(),
    stoppedFrom: z.number().int().exactOptional(),
    judgedFrom: z.date().exactOptional(),
    createdAt: z.date(),
    changedAt: z.date(),
    keptUntil: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [{ name: 'name', fields: ['realm', 'key'], unique: true }],
  expiry: 'keptUntil',
  outbox: true,
};

export const participantsDeclaration: Declaration<Participant> = {
  name: 'rollout_people',
  shape: z.object({
    id: z.string(),
    rollout: z.string(),
    userId: z.string(),
    wave: z.number().int().exactOptional(),
    stand: z.enum(['ready', 'asked', 'stuck', 'failed']).exactOptional(),
    begunAt: z.date().exactOptional(),
    toldBeforeAt: z.date().exactOptional(),
    toldAfterAt: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [
    { name: 'stand', fields: ['rollout', 'stand', 'wave'] },
    { name: 'rollout', fields: ['rollout'] },
  ],
  outbox: true,
};

const count = z.number().int();

export const daysDeclaration: Declaration<Day> = {
  name: 'rollout_days',
  shape: z.object({
    id: z.string(),
    rollout: z.string(),
    wave: count,
    day: z.string(),
    at: z.date(),
    ...{ people: count, ready: count, asked: count, stuck: count, failed: count },
  }),
  indexes: [{ name: 'day', fields: ['rollout', 'day', 'wave'] }],
};

export const participantId = (rollout: string, userId: string) => `${rollout}/${userId}`;

/** Case and width aside. */
export const keyOf = (name: string) => name.trim().normalize('NFKC').toLowerCase();
