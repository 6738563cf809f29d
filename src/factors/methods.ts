import { z } from 'zod';
import { type AuditEvent, auditEvent } from '../audit/index.ts';
import { type Clock, newId } from '../kernel/index.ts';
import {
  type Collection,
  type Declaration,
  Duplicate,
  type OutboxItem,
  outboxShape,
  type Page,
  type Store,
  type Updated,
} from '../store/index.ts';
import type { Method, Methods } from './factor.ts';

const methodsDeclaration: Declaration<Method> = {
  name: 'methods',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    userId: z.string(),
    kind: z.string(),
    name: z.string().exactOptional(),
    order: z.number().int(),
    state: z.enum(['pending', 'active', 'disabled']),
    data: z.record(z.string(), z.unknown()),
    secret: z.string().optional(),
    createdAt: z.date(),
    lastUsedAt: z.date().optional(),
    slot: z.number().int(),
    removedAt: z.date().optional(),
    outbox: outboxShape,
  }) as unknown as z.ZodType<Method>,
  indexes: [{ name: 'person', fields: ['realm', 'userId', 'slot'], unique: true }],
  sealed: ['secret'],
  outbox: true,
};

/** Who did it, from where; the type, realm and subject are filled in. */
export type MethodEvent = Omit<AuditEvent, 'type' | 'realm' | 'subject'>;

export interface NewMethod {
  readonly realm: string;
  readonly userId: string;
  readonly kind: string;
  readonly name?: string;
  readonly state?: Method['state'];
  readonly data: Method['data'];
  readonly secret?: string;
  /**
   * How many methods this person had ever bound when the enrolment began (`everBound`). Refused when another was bound
   * since. Absent: whatever the number is.
   */
  readonly after?: number;
}

/** Every method of every person; the record of a removed one stays, without its secret. */
export interface MethodStore extends Methods {
  /** In order: the primary first. Removed ones are left out. */
  of(realm: string, userId: string): Promise<readonly Method[]>;
  /** Of everybody in the realm, a person's together; without their secrets. For judging many people. */
  all(query: { readonly realm: string; readonly after?: string; readonly limit: number }): Promise<Page<Surveyed>>;
  /** Removed ones included. */
  recorded(id: string): Promise<Method | undefined>;
  /** Removed ones included: how many methods this person ever bound. */
  everBound(realm: string, userId: string): Promise<number>;
  add(
    method: NewMethod,
    event: MethodEvent,
    messages?: readonly OutboxItem[],
  ): Promise<{ ok: true; method: Method } | { ok: false; why: 'outrun' }>;
  /** `disabled`: no longer asked for, still listed. */
  disable(realm: string, id: string, event: MethodEvent, messages?: readonly OutboxItem[]): Promise<Updated<Method>>;
  remove(realm: string, id: string, event: MethodEvent, messages?: readonly OutboxItem[]): Promise<Updated<Method>>;
}

/** What judging people by their methods takes. */
export type Surveyed = Pick<Method, 'id' | 'userId' | 'kind' | 'state' | 'data'>;

/** A person has a handful; this bounds what a sign-in reads. */
const mostPerPerson = 200;

export function createMethods(deps: { readonly store: Store; readonly clock: Clock }): MethodStore {
  const methods: Collection<Method> = deps.store.collection(methodsDeclaration);

  const everyOne = async (realm: string, userId: string) =>
    (await methods.list({ index: 'person', equals: [realm, userId], limit: mostPerPerson })).items;

  const record = (method: Method, type: string, event: MethodEvent, messages: readonly OutboxItem[]) => ({
    outbox: [
      ...(method.outbox ?? []),
      auditEvent(deps.clock.now(), {
        ...event,
        type,
        realm: method.realm,
        subject: method.userId,
        details: { ...event.details, kind: method.kind, method: method.id },
      }),
      ...messages,
    ],
  });

  return {
    update: (id, change) =>
      methods.update(id, (method) => (method.removedAt === undefined ? change(method) : undefined)),

    async of(realm, userId) {
      const all = await everyOne(realm, userId);
      return all
        .filter((method) => method.removedAt === undefined)
        .toSorted((a, b) => a.order - b.order || a.slot - b.slot);
    },

    async all({ realm, after, limit }) {
      const select = ['userId', 'kind', 'data', 'state', 'removedAt'] as const;
      const next = after === undefined ? {} : { after };
      const page = await methods.list({ index: 'person', equals: [realm], select, limit, ...next });
      return { ...page, items: page.items.filter(({ removedAt }) => removedAt === undefined) };
    },

    recorded: (id) => methods.get(id),

    everBound: async (realm, userId) => (await everyOne(realm, userId)).length,

    async add(input, event, messages = []) {
      // Without `after`, somebody else's insert in between only means the next number.
      for (let tries = 0; tries < 20; tries += 1) {
        const all = await everyOne(input.realm, input.userId);
        if (input.after !== undefined && all.length !== input.after) return { ok: false, why: 'outrun' };
        const used = all.filter((one) => one.removedAt === undefined);
        const bare: Method = {
          id: newId(),
          realm: input.realm,
          userId: input.userId,
          kind: input.kind,
          ...(input.name === undefined ? {} : { name: input.name }),
          order: Math.max(0, ...used.map((one) => one.order)) + 1,
          state: input.state ?? 'active',
          data: input.data,
          ...(input.secret === undefined ? {} : { secret: input.secret }),
          createdAt: deps.clock.now(),
          slot: Math.max(0, ...all.map((one) => one.slot)) + 1,
        };
        const method: Method = { ...bare, ...record(bare, 'method.added', event, messages) };
        try {
          await methods.insert(method);
          return { ok: true, method };
        } catch (error) {
          if (!(error instanceof Duplicate)) throw error;
        }
      }
      return { ok: false, why: 'outrun' };
    },

    disable: (realm, id, event, messages = []) =>
      methods.update(id, (method) => {
        if (method.realm !== realm || method.removedAt !== undefined || method.state === 'disabled') return undefined;
        return { ...method, state: 'disabled', ...record(method, 'method.disabled', event, messages) };
      }),

    remove: (realm, id, event, messages = []) =>
      methods.update(id, (method) => {
        if (method.realm !== realm || method.removedAt !== undefined) return undefined;
        const { secret: _, ...rest } = method;
        return {
          ...rest,
          state: 'disabled',
          removedAt: deps.clock.now(),
          ...record(method, 'method.removed', event, messages),
        };
      }),
  };
}
