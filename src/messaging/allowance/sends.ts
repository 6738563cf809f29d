import { z } from 'zod';
import { type Declaration, type Doc, type OutboxItem, outboxShape, type Store } from '../../store/index.ts';

/** A message that was admitted: what it takes to know later where it was counted. Neither number nor code. */
export interface Send extends Doc {
  readonly realm: string;
  /** Outermost first. */
  readonly organizationPath: readonly string[];
  readonly prefix: string;
  readonly dialCode: string;
  readonly channel: 'sms' | 'voice';
  readonly priceMicros: number;
  readonly currency: string;
  readonly state: 'sent' | 'used' | 'failed';
  readonly at: Date;
  readonly removeAt: Date;
}

const sendsDeclaration: Declaration<Send> = {
  name: 'code_messages',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    organizationPath: z.array(z.string()),
    prefix: z.string(),
    dialCode: z.string(),
    channel: z.enum(['sms', 'voice']),
    priceMicros: z.number().int(),
    currency: z.string(),
    state: z.enum(['sent', 'used', 'failed']),
    at: z.date(),
    removeAt: z.date(),
    outbox: outboxShape,
  }),
  indexes: [],
  expiry: 'removeAt',
  outbox: true,
};

/** A code lives ten minutes; a provider may say much later that a message did not arrive. */
const keptMs = 3 * 24 * 60 * 60 * 1000;

export interface Sends {
  add(send: Omit<Send, 'state' | 'removeAt' | 'outbox'>, told: readonly OutboxItem[]): Promise<void>;
  /** What it was, the first time that something became of it; undefined otherwise. */
  end(id: string, state: 'used' | 'failed'): Promise<Send | undefined>;
}

export function createSends({ store }: { readonly store: Store }): Sends {
  const sends = store.collection(sendsDeclaration);
  return {
    async add(send, outbox) {
      await sends.insert({ ...send, state: 'sent', removeAt: new Date(send.at.getTime() + keptMs), outbox });
    },
    async end(id, state) {
      const ended = await sends.update(id, (send) => (send.state === 'sent' ? { ...send, state } : undefined));
      return ended.ok ? ended.doc : undefined;
    },
  };
}
