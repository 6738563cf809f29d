import { z } from 'zod';
import { auditEvent } from '../../audit/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { type Declaration, type Doc, type OutboxItem, outboxShape, type Store, withOutbox } from '../../store/index.ts';
import { type ScopeKind, scopeKinds } from './defaults.ts';
import {
  type Count,
  emptyCount,
  holdNow,
  type Judged,
  meaninglessFrom,
  type News,
  returnPlace,
  type Scope,
  takePlace,
} from './scope.ts';
import { refund } from './spending.ts';
import { emptyUsage, type Usage, unsend, useOf } from './usage.ts';

/** What is counted about one thing. Bounded: there is one for what a message was sent to, by, or for, until it means nothing. */
export interface CountDoc extends Doc, Count {
  readonly kind: ScopeKind;
  /** Absent where all realms count together. */
  readonly realm?: string;
  /** What it is about, where that may be read: a prefix, an organization. */
  readonly key?: string;
  readonly removeAt: Date;
}

const window = z
  .object({ from: z.date(), count: z.number().int(), isTold: z.boolean().exactOptional() })
  .exactOptional();

const countsDeclaration: Declaration<CountDoc> = {
  name: 'code_message_counts',
  shape: z.object({
    id: z.string(),
    kind: z.enum(scopeKinds),
    realm: z.string().exactOptional(),
    key: z.string().exactOptional(),
    windows: z.object({ minute: window, day: window, month: window }),
    spending: z
      .object({
        from: z.date(),
        micros: z.number().int(),
        warnedOf: z.number().exactOptional(),
        stoppedAt: z.number().exactOptional(),
      })
      .exactOptional(),
    usage: z
      .object({
        slices: z.array(z.object({ from: z.date(), sent: z.number().int(), used: z.number().int() })),
        slowed: z
          .object({ since: z.date(), sent: z.number().int(), used: z.number().int(), lastAt: z.date() })
          .exactOptional(),
      })
      .exactOptional(),
    hold: z.object({ from: z.date(), until: z.date() }).exactOptional(),
    removeAt: z.date(),
    outbox: outboxShape,
  }),
  indexes: [{ name: 'realm', fields: ['realm', 'kind', 'key'], sparse: true }],
  expiry: 'removeAt',
  outbox: true,
};

/** A scope, and what is written beside its count when it is first made. */
export interface Place extends Scope {
  readonly realm?: string;
  readonly key?: string;
}

/** What is told of news; travels in the count's own write. */
export type Tell = (place: Place, news: News, count: Count) => readonly OutboxItem[];

export type Reserved = { readonly ok: true } | Extract<Judged, { ok: false }>;

export interface Counts {
  /** A place in every count, or in none. A process that dies on the way leaves the places it took. */
  reserve(places: readonly Place[], tell: Tell): Promise<Reserved>;
  /** Changes the share of used codes of a prefix. */
  usage(id: string, change: 'used' | 'failed', sentAt: Date): Promise<void>;
  /** `month`: when the month began in which it was spent. */
  refund(id: string, micros: number, month: Date): Promise<void>;
  hold(id: string, until: Date): Promise<void>;
  /** Lets a prefix go at its own speed again, its past forgotten. False: it was not slowed. */
  release(id: string, realm: string, prefix: string): Promise<boolean>;
  get(id: string): Promise<CountDoc | undefined>;
  list(realm: string, kind: ScopeKind): Promise<readonly CountDoc[]>;
}

export function createCounts({ store, clock }: { readonly store: Store; readonly clock: Clock }): Counts {
  const counts = store.collection(countsDeclaration);

  const docOf = (
    place: Place,
    doc: CountDoc | undefined,
    count: Count,
    told: readonly OutboxItem[],
    now: Date,
  ): CountDoc => {
    const outbox = [...(doc?.outbox ?? []), ...told];
    const { kind, realm, key } = place;
    const { windows, spending, usage, hold } = count;
    return {
      id: place.id,
      kind,
      ...(realm === undefined ? {} : { realm }),
      ...(key === undefined ? {} : { key }),
      windows,
      ...(spending === undefined ? {} : { spending }),
      ...(usage === undefined ? {} : { usage }),
      ...(hold === undefined ? {} : { hold }),
      removeAt: meaninglessFrom(count, now),
      ...(outbox.length === 0 ? {} : { outbox }),
    };
  };

  /** What the count looked like with the place taken, or the refusal. */
  async function take(place: Place, tell: Tell, now: Date): Promise<Judged> {
    let judged: Judged | undefined;
    await counts.upsert(place.id, (doc) => {
      judged = takePlace(doc ?? emptyCount, place, now);
      if (judged.count === doc) return doc;
      // A refusal that tells nothing leaves nothing behind.
      if (!judged.ok && doc === undefined && judged.news.length === 0) return undefined;
      const told = judged.news.flatMap((news) => tell(place, news, judged?.count ?? emptyCount));
      return docOf(place, doc, judged.count, told, now);
    });
    if (judged === undefined) throw new Error('the message was not counted');
    return judged;
  }

  async function giveBack(taken: readonly { readonly place: Place; readonly count: Count }[], at: Date) {
    for (const { place, count } of taken) {
      await counts.update(place.id, (doc) => docOf(place, doc, returnPlace(doc, count, place, at), [], at));
    }
  }

  /**
   * Refused as things are: then only what there is to tell (or a clock set back moved) is written, and whoever is refused leaves nothing in the
   * other counts.
   */
  async function refusedAlready(places: readonly Place[], tell: Tell, now: Date): Promise<Reserved> {
    const docs = await Promise.all(places.map(({ id }) => counts.get(id)));
    const refusals = places.flatMap((place, at) => {
      const judged = takePlace(docs[at] ?? emptyCount, place, now);
      return judged.ok ? [] : [{ place, judged, isWorthKeeping: judged.count !== (docs[at] ?? emptyCount) }];
    });
    const [first] = refusals;
    if (first === undefined) return { ok: true };
    for (const { place, isWorthKeeping } of refusals) {
      if (!isWorthKeeping) continue;
      const again = await take(place, tell, now);
      // Others made room meanwhile.
      if (again.ok) await giveBack([{ place, count: again.count }], now);
    }
    return { ...first.judged, retryAt: new Date(Math.max(...refusals.map(({ judged }) => judged.retryAt.getTime()))) };
  }

  return {
    async reserve(places, tell) {
      const now = clock.now();
      const already = await refusedAlready(places, tell, now);
      if (!already.ok) return already;
      const taken: { place: Place; count: Count }[] = [];
      for (const place of places) {
        const judged = await take(place, tell, now);
        if (!judged.ok) {
          await giveBack(taken, now);
          return judged;
        }
        taken.unshift({ place, count: judged.count });
      }
      return { ok: true };
    },

    async usage(id, change, sentAt) {
      const changed = (usage: Usage) => (change === 'used' ? useOf(usage, sentAt) : unsend(usage, sentAt));
      await counts.update(id, (doc) => (doc.usage === undefined ? doc : { ...doc, usage: changed(doc.usage) }));
    },

    async refund(id, micros, month) {
      await counts.update(id, (doc) =>
        doc.spending === undefined ? doc : { ...doc, spending: refund(doc.spending, micros, month) },
      );
    },

    async hold(id, until) {
      const now = clock.now();
      await counts.upsert(id, (doc) => {
        const before = holdNow(doc?.hold, now);
        if (until <= now || (before !== undefined && before.until >= until)) return doc;
        const count: Count = { ...(doc ?? emptyCount), hold: { from: now, until } };
        return docOf({ id, kind: 'number', limits: {} }, doc, count, [], now);
      });
    },

    async release(id, realm, prefix) {
      let wasSlowed = false;
      const event = auditEvent(clock.now(), {
        ...{ type: 'code_messages.released', realm, actor: { kind: 'operator' }, details: { prefix } },
      });
      await counts.update(id, (doc) => {
        wasSlowed = doc.usage?.slowed !== undefined;
        return wasSlowed ? withOutbox({ ...doc, usage: emptyUsage }, event) : doc;
      });
      return wasSlowed;
    },

    get: (id) => counts.get(id),
    async list(realm, kind) {
      const all: CountDoc[] = [];
      let after: string | undefined;
      do {
        const query = { index: 'realm', equals: [realm, kind], limit: 500 };
        const page = await counts.list(after === undefined ? query : { ...query, after });
        all.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return all;
    },
  };
}
