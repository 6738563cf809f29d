import type { ListQuery, Page } from '../store/index.ts';
import type { AuditDeps } from './collections.ts';
import { type AuditEntry, type AuditRecord, entryOf } from './record.ts';

/** What an entry must be; what is left out may be anything. */
export interface AuditFilter {
  readonly subject?: string;
  readonly type?: string;
  readonly signIn?: string;
  readonly reference?: string;
}

export interface AuditQuery extends AuditFilter {
  readonly after?: string;
  /** 1 to 500. A page may hold fewer, and more may follow: `next` says so. */
  readonly limit: number;
}

type By = Pick<ListQuery<AuditRecord>, 'index' | 'equals'>;

/** Newest first. */
export function createSearch({ records }: Pick<AuditDeps, 'records'>) {
  return async (realm: string, query: AuditQuery): Promise<Page<AuditEntry>> => {
    const { subject, type, signIn, reference } = query;
    const page = await records.list({
      ...narrowest(realm, query),
      reverse: true,
      limit: Math.min(Math.max(query.limit, 1), 500),
      ...(query.after === undefined ? {} : { after: query.after }),
      where: (record) =>
        (subject === undefined || record.personal.subject === subject) &&
        (type === undefined || record.type === type) &&
        (signIn === undefined || record.personal.signIn === signIn) &&
        (reference === undefined || record.personal.reference === reference),
    });
    return { items: page.items.map(entryOf), ...(page.next === undefined ? {} : { next: page.next }) };
  };
}

/** The index under which the fewest records lie. */
function narrowest(realm: string, { subject, type, signIn, reference }: AuditFilter): By {
  if (reference !== undefined) return { index: 'by_reference', equals: [reference, realm] };
  if (signIn !== undefined) return { index: 'by_sign_in', equals: [signIn, realm] };
  if (subject !== undefined) return { index: 'by_subject', equals: [subject, realm] };
  if (type !== undefined) return { index: 'by_type', equals: [realm, type] };
  return { index: 'by_seq', equals: [realm] };
}
