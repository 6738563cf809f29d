import { z } from 'zod';
import { type Collection, type Declaration, type Doc, Duplicate, type Store } from '../store/index.ts';

/** What would have been sent, had there been somebody to send it. Development only. */
export interface OutboxEntry {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly realm: string;
  readonly channel: 'mail' | 'sms' | 'voice' | 'push';
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** A call that waits for keys. */
  readonly takesKeys?: true;
}

interface Kept extends Doc, Omit<OutboxEntry, 'at' | 'takesKeys'> {
  readonly at: Date;
  /** JSON of a call that waits for keys: how it goes on. */
  readonly call?: string;
  /** Always `outbox`: the first field of the index in time order. */
  readonly box: 'outbox';
  readonly expiresAt: Date;
}

const declaration: Declaration<Kept> = {
  name: 'dev_outbox',
  shape: z.object({
    id: z.string(),
    at: z.date(),
    box: z.literal('outbox'),
    realm: z.string(),
    channel: z.enum(['mail', 'sms', 'voice', 'push']),
    to: z.string(),
    subject: z.string(),
    text: z.string(),
    call: z.string().exactOptional(),
    expiresAt: z.date(),
  }),
  indexes: [{ name: 'time', fields: ['box', 'at'] }],
  expiry: 'expiresAt',
  survives: 'process',
};

const keptForMs = 7 * 24 * 60 * 60 * 1000;

/** Idempotent by id. */
export interface Outbox {
  put(entry: Omit<OutboxEntry, 'at' | 'takesKeys'> & { readonly at: Date; readonly call?: string }): Promise<void>;
  /** How a call goes on that waits for keys. Undefined: there is none of this id, or none that does. */
  callIn(id: string): Promise<string | undefined>;
  /** Adds what was said in it since. `call`: how it goes on; undefined once it is over. */
  goOnWithCall(id: string, said: string, call: string | undefined): Promise<void>;
  /** Newest first. */
  list(query: { readonly limit: number; readonly after?: string }): Promise<{ items: OutboxEntry[]; next?: string }>;
}

export function createOutbox({ store }: { readonly store: Store }): Outbox {
  const kept: Collection<Kept> = store.collection(declaration);
  return {
    async put(entry) {
      const expiresAt = new Date(entry.at.getTime() + keptForMs);
      try {
        await kept.insert({ ...entry, box: 'outbox', expiresAt });
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error;
      }
    },
    async callIn(id) {
      return (await kept.get(id))?.call;
    },
    async goOnWithCall(id, said, call) {
      await kept.update(id, (entry) => {
        const { call: _, ...rest } = { ...entry, text: entry.text + said };
        return call === undefined ? rest : { ...rest, call };
      });
    },
    async list({ limit, after }) {
      const page = await kept.list({
        index: 'time',
        equals: ['outbox'],
        reverse: true,
        limit,
        ...(after === undefined ? {} : { after }),
      });
      const items = page.items.map(({ id, at, realm, channel, to, subject, text, call }) => ({
        ...{ id, at: at.toISOString(), realm, channel, to, subject, text },
        ...(call === undefined ? {} : { takesKeys: true as const }),
      }));
      return page.next === undefined ? { items } : { items, next: page.next };
    },
  };
}
