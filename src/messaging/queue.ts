import { z } from 'zod';
import { newId } from '../kernel/index.ts';
import { type Collection, type Declaration, type Doc, Duplicate, type Page, type Store } from '../store/index.ts';
import type { Message } from './message.ts';

/** `unconfirmed`: a mail server may have it, twice asked; not tried again. */
export type MessageState = 'waiting' | 'sent' | 'refused' | 'expired' | 'unconfirmed';

export interface Attempt {
  readonly at: Date;
  readonly outcome: string;
  readonly reply: string;
}

/** A message on its way, or what is left of one. Its id is that of the outbox item it came in. */
export interface QueuedMessage extends Doc {
  readonly realm: string;
  readonly channel: Message['channel'];
  readonly to: string;
  readonly template: string;
  readonly locale: string;
  readonly timeZone?: string | undefined;
  /** JSON. Emptied once the message is over. */
  readonly params: string;
  readonly state: MessageState;
  /** There while it waits: the index of due ones. */
  readonly queue?: 'open' | undefined;
  /** Not before. While a worker holds it: when its claim is over. */
  readonly dueAt: Date;
  /** Which worker holds it. */
  readonly claim?: string | undefined;
  readonly tries: number;
  /** How many times it was handed over in full, and no answer is known. */
  readonly doubts: number;
  /** The last ten. */
  readonly attempts: readonly Attempt[];
  readonly kept: 'message';
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly endedAt?: Date | undefined;
  readonly keepUntil: Date;
}

const messagesDeclaration: Declaration<QueuedMessage> = {
  name: 'messages',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    channel: z.enum(['mail', 'sms', 'voice']),
    to: z.string(),
    template: z.string(),
    locale: z.string(),
    timeZone: z.string().optional(),
    params: z.string(),
    state: z.enum(['waiting', 'sent', 'refused', 'expired', 'unconfirmed']),
    queue: z.literal('open').optional(),
    dueAt: z.date(),
    claim: z.string().optional(),
    tries: z.number().int(),
    doubts: z.number().int(),
    attempts: z.array(z.object({ at: z.date(), outcome: z.string(), reply: z.string() })),
    kept: z.literal('message'),
    createdAt: z.date(),
    expiresAt: z.date(),
    endedAt: z.date().optional(),
    keepUntil: z.date(),
  }),
  indexes: [
    { name: 'due', fields: ['queue', 'dueAt'], sparse: true },
    { name: 'time', fields: ['kept', 'createdAt'] },
  ],
  expiry: 'keepUntil',
  sealed: ['to', 'params'],
};

const keptForMs = 30 * 24 * 3_600_000;
const attemptsKept = 10;

export interface Queue {
  /** Idempotent by id. */
  put(id: string, message: Message, at: Date): Promise<void>;
  due(now: Date, limit: number): Promise<readonly QueuedMessage[]>;
  /** Undefined: another worker has it, or it is over. */
  claim(id: string, now: Date, claimMs: number): Promise<QueuedMessage | undefined>;
  /** Written down before the server can take it, so that a crash leaves a doubt. Throws when the claim is lost. */
  handOver(held: QueuedMessage): Promise<void>;
  /** Back into the queue; only by whom it is claimed. `doubts`: how many there are now. */
  postpone(held: QueuedMessage, attempt: Attempt, dueAt: Date, doubts: number): Promise<void>;
  /** It is over: its secrets are erased. */
  end(held: QueuedMessage, state: Exclude<MessageState, 'waiting'>, attempt: Attempt): Promise<void>;
  /** How many are still to be sent. */
  waiting(): Promise<number>;
  /** Newest first. */
  list(query: {
    readonly limit: number;
    readonly after?: string;
    readonly where?: (message: QueuedMessage) => boolean;
  }): Promise<Page<QueuedMessage>>;
}

export function createQueue({ store }: { readonly store: Store }): Queue {
  const messages: Collection<QueuedMessage> = store.collection(messagesDeclaration);

  const settle = (held: QueuedMessage, change: (message: QueuedMessage) => QueuedMessage) =>
    messages.update(held.id, (message) => (message.claim === held.claim ? change(message) : undefined));
  const recorded = (message: QueuedMessage, attempt: Attempt) => [...message.attempts, attempt].slice(-attemptsKept);

  return {
    async put(id, { params, expiresAt, ...message }, at) {
      const doc: QueuedMessage = {
        ...message,
        id,
        params: JSON.stringify(params),
        state: 'waiting',
        queue: 'open',
        dueAt: at,
        tries: 0,
        doubts: 0,
        attempts: [],
        kept: 'message',
        createdAt: at,
        expiresAt,
        keepUntil: new Date(Math.max(at.getTime(), expiresAt.getTime()) + keptForMs),
      };
      try {
        await messages.insert(doc);
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error;
      }
    },
    async due(now, limit) {
      // `to` is exclusive, and now is due.
      const range = { to: new Date(now.getTime() + 1) };
      return (await messages.list({ index: 'due', equals: ['open'], range, limit })).items;
    },
    async claim(id, now, claimMs) {
      const claim = newId();
      const claimed = await messages.update(id, (message) =>
        message.queue === 'open' && message.dueAt <= now
          ? {
              ...message,
              claim,
              dueAt: new Date(now.getTime() + claimMs),
              tries: message.tries + 1,
            }
          : undefined,
      );
      return claimed.ok ? claimed.doc : undefined;
    },
    async handOver(held) {
      const written = await settle(held, (message) => ({ ...message, doubts: held.doubts + 1 }));
      if (!written.ok) throw new Error('another worker has this message by now');
    },
    async postpone(held, attempt, dueAt, doubts) {
      await settle(held, (message) => ({
        ...message,
        claim: undefined,
        dueAt,
        doubts,
        attempts: recorded(message, attempt),
      }));
    },
    async end(held, state, attempt) {
      await settle(held, (message) => ({
        ...message,
        state,
        claim: undefined,
        queue: undefined,
        params: '{}',
        doubts: state === 'sent' ? held.doubts : message.doubts,
        endedAt: attempt.at,
        attempts: recorded(message, attempt),
      }));
    },
    waiting: async () => (await messages.tally({ index: 'due' })).get('open') ?? 0,
    list: ({ limit, after, where }) =>
      messages.list({
        index: 'time',
        equals: ['message'],
        reverse: true,
        limit,
        ...(after === undefined ? {} : { after }),
        ...(where === undefined ? {} : { where }),
      }),
  };
}
