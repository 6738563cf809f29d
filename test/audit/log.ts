import type { Head } from '../../src/audit/head.ts';
import { type Audit, type AuditEvent, auditEvent, createAudit } from '../../src/audit/index.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { Collection, Declaration, Doc, OutboxItem } from '../../src/store/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

export interface LogForTests extends StoreForTests {
  readonly audit: Audit;
  /** A second process on the same file: the same collections, its own turns. */
  readonly other: Audit;
  /** The stored documents, as somebody with the database has them. */
  readonly records: Collection<AuditRecord>;
  readonly heads: Collection<Head>;
  event(event?: Partial<AuditEvent>): OutboxItem;
  /** Every record of the realm, in order. */
  all(realm?: string): Promise<readonly AuditRecord[]>;
}

export async function aLog(): Promise<LogForTests> {
  const support = await aStore();
  const { store, clock, keyring } = support;
  const collections = new Map<string, Collection<Doc>>();
  const watched = {
    ...store,
    collection<T extends Doc>(declaration: Declaration<T>): Collection<T> {
      const known = collections.get(declaration.name) ?? store.collection(declaration);
      collections.set(declaration.name, known);
      return known as unknown as Collection<T>;
    },
  };
  const audit = createAudit({ store: watched, clock, keyring });
  const other = createAudit({ store: watched, clock, keyring });
  const records = collections.get('audit_records') as unknown as Collection<AuditRecord>;
  const heads = collections.get('audit_heads') as unknown as Collection<Head>;
  await store.bootstrap();
  return {
    ...support,
    audit,
    other,
    records,
    heads,
    event: (event = {}) =>
      auditEvent(clock.now(), {
        type: 'sign_in.completed',
        realm: 'web1',
        actor: { kind: 'person', id: 'ada' },
        ...event,
      }),
    async all(realm = 'web1') {
      const { items } = await records.list({ index: 'by_seq', equals: [realm], limit: 500 });
      return items;
    },
  };
}

/** Somebody with the database puts `doc` in the place of what is there. */
export async function overwrite<T extends Doc>(collection: Collection<T>, doc: T): Promise<void> {
  await collection.upsert(doc.id, () => ({ ...doc }));
}
