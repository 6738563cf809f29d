import type { ListQuery, OutboxItem } from '../store/index.ts';
import { createChainCheck } from './chain-check.ts';
import type { AuditDeps } from './collections.ts';
import { type AuditEvent, auditEvent } from './event.ts';
import { isGenuine, signedHead } from './head.ts';
import { erasureMac, type Place } from './link.ts';
import { type AuditRecord, type PersonalField, personalFields } from './record.ts';
import { recordsAfter } from './verify.ts';

const pageSize = 200;
type Actor = AuditEvent['actor'];

/**
 * Taking personal data out of the log without breaking its chain: by person, and by age. Both are recorded themselves,
 * without naming the person; both may be run again after a crash.
 */
export function createForget(deps: AuditDeps, append: (items: readonly OutboxItem[]) => Promise<void>) {
  const { records, heads, clock, keyring } = deps;

  async function note(event: AuditEvent): Promise<void> {
    await append([auditEvent(clock.now(), event)]);
  }

  async function eraseAll(
    query: Pick<ListQuery<AuditRecord>, 'index' | 'equals'>,
    fields: readonly PersonalField[],
  ): Promise<number> {
    let count = 0;
    // What is erased leaves the index, so the first page is always the next one.
    for (;;) {
      const page = await records.list({ ...query, limit: pageSize });
      if (page.items.length === 0) return count;
      const done = await Promise.all(
        page.items.map(({ id }) => records.update(id, (record) => without(record, fields))),
      );
      count += done.filter(({ ok }) => ok).length;
    }
  }

  function without(record: AuditRecord, fields: readonly PersonalField[]): AuditRecord {
    const gone = personalFields.filter(
      (field) =>
        record.commitments[field] !== undefined && (fields.includes(field) || record.erased?.fields.includes(field)),
    );
    const kept = <V>(values: Readonly<Partial<Record<PersonalField, V>>>) =>
      Object.fromEntries(
        Object.entries(values).filter(([name]) => ![...fields, ...gone].includes(name as PersonalField)),
      );
    const erasure = { at: clock.now(), fields: gone };
    return {
      ...record,
      personal: kept<unknown>(record.personal),
      salts: kept(record.salts),
      erased: { ...erasure, mac: erasureMac(keyring, record, erasure) },
    };
  }

  return {
    /** Erases what the log knows about a person: all of what is about them; of what they did to others, who and from where. */
    async erase(realm: string, subject: string, actor: Actor = { kind: 'system' }): Promise<{ records: number }> {
      const about = await eraseAll({ index: 'by_subject', equals: [subject, realm] }, personalFields);
      const did = await eraseAll({ index: 'by_actor', equals: [subject, realm] }, ['actor', 'address', 'browser']);
      const count = about + did;
      if (count > 0) await note({ type: 'audit.person_erased', realm, actor, details: { records: count } });
      return { records: count };
    },

    /** Removes the oldest records, as long as they are from before that time. The last one stays. */
    async cut(realm: string, before: Date, actor: Actor = { kind: 'system' }): Promise<{ records: number }> {
      const head = await heads.get(realm);
      if (head === undefined || !isGenuine(keyring, head)) return { records: 0 };
      let anchor: Place = head.anchor;
      const check = createChainCheck(keyring, realm, anchor);
      for await (const record of recordsAfter(deps, realm, anchor.seq)) {
        if (record.at >= before || record.seq >= head.last.seq) break;
        check.see(record);
        anchor = { seq: record.seq, hash: record.hash };
      }
      const cut = anchor.seq - head.anchor.seq;
      if (cut > 0) {
        // What was wrong with them can be found no more afterwards: so the log keeps that something was.
        const { faultCount } = check.findings([]);
        const details = { records: cut, through: anchor.seq, faults: faultCount };
        await note({ type: 'audit.cut', realm, actor, details });
        // First the anchor: what is left behind by a crash lies before it, and goes with the next cut.
        await heads.update(realm, (now) =>
          isGenuine(keyring, now) && now.anchor.seq < anchor.seq ? signedHead(keyring, realm, now.last, anchor) : now,
        );
      }
      await removeThrough(realm, (await heads.get(realm))?.anchor.seq ?? 0);
      return { records: cut };
    },
  };

  async function removeThrough(realm: string, seq: number): Promise<void> {
    for (;;) {
      const page = await records.list({
        index: 'by_seq',
        equals: [realm],
        range: { to: seq + 1 },
        limit: pageSize,
        select: ['id'],
      });
      if (page.items.length === 0) return;
      await Promise.all(page.items.map(({ id }) => records.remove(id)));
    }
  }
}
