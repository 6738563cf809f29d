import { z } from 'zod';
import type { Declaration, Doc, Store } from '../../store/index.ts';
import { endOf, startOf } from './windows.ts';

/** What an organization's messages to one country code cost in a month. */
export interface Cost extends Doc {
  readonly realm: string;
  /** `2026-11`, UTC. */
  readonly month: string;
  /** The organization the sign-ins were for; empty: none. */
  readonly organization: string;
  /** Its ancestors and itself, outermost first. */
  readonly path: readonly string[];
  /** Country calling code. */
  readonly dialCode: string;
  readonly channel: 'sms' | 'voice';
  readonly currency: string;
  readonly messages: number;
  readonly used: number;
  readonly failed: number;
  readonly micros: number;
  readonly removeAt: Date;
}

const costsDeclaration: Declaration<Cost> = {
  name: 'code_message_costs',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    month: z.string(),
    organization: z.string(),
    path: z.array(z.string()),
    dialCode: z.string(),
    channel: z.enum(['sms', 'voice']),
    currency: z.string(),
    messages: z.number().int(),
    used: z.number().int(),
    failed: z.number().int(),
    micros: z.number().int(),
    removeAt: z.date(),
  }),
  indexes: [{ name: 'month', fields: ['realm', 'month', 'organization'] }],
  expiry: 'removeAt',
};

/** Bills are asked for until then. */
const keptMonths = 25;

export interface CostOf {
  readonly realm: string;
  readonly path: readonly string[];
  readonly dialCode: string;
  readonly channel: 'sms' | 'voice';
  readonly currency: string;
  /** When it was sent. */
  readonly at: Date;
}

type Amounts = Pick<Cost, 'messages' | 'used' | 'failed' | 'micros'>;

export interface Costs {
  add(of: CostOf, amounts: Partial<Amounts>): Promise<void>;
  /** By organization. `month`: `2026-11`. */
  month(realm: string, month: string): Promise<readonly Cost[]>;
}

export const monthName = (at: Date): string => at.toISOString().slice(0, 7);

export function createCosts({ store }: { readonly store: Store }): Costs {
  const costs = store.collection(costsDeclaration);
  return {
    async add({ realm, path, dialCode, channel, currency, at }, { messages = 0, used = 0, failed = 0, micros = 0 }) {
      const month = monthName(at);
      const organization = path.at(-1) ?? '';
      const id = JSON.stringify([realm, month, organization, dialCode, channel, currency]);
      let end = startOf('month', at);
      for (let i = 0; i <= keptMonths; i += 1) end = endOf('month', end);
      await costs.upsert(id, (doc) => ({
        ...{ id, realm, month, organization, path, dialCode, channel, currency, removeAt: end },
        messages: (doc?.messages ?? 0) + messages,
        used: (doc?.used ?? 0) + used,
        failed: (doc?.failed ?? 0) + failed,
        micros: (doc?.micros ?? 0) + micros,
      }));
    },
    async month(realm, month) {
      const all: Cost[] = [];
      let after: string | undefined;
      do {
        const query = { index: 'month', equals: [realm, month], limit: 500 };
        const page = await costs.list(after === undefined ? query : { ...query, after });
        all.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return all;
    },
  };
}
