import type { AuditDeps } from './collections.ts';
import { isGenuine, signedHead } from './head.ts';
import { isIntact, origin, type Place, recordId } from './link.ts';
import type { AuditRecord } from './record.ts';

export interface End {
  readonly place: Place;
  /** The end is not as we left it: the next record has to say so. */
  readonly isBroken: boolean;
}

/** Where a realm's chain ends. The head says so; records written before a crash and not yet in the head are followed. */
export function createPosition({ records, heads, keyring }: AuditDeps) {
  async function end(realm: string): Promise<End> {
    const head = await heads.get(realm);
    if (head === undefined) return await begin(realm);
    return isGenuine(keyring, head) ? await follow(realm, head.last) : await mend(realm, head.last);
  }

  /** The head is there before the first record, so that records without a head are never the doing of a crash. */
  async function begin(realm: string): Promise<End> {
    if ((await lastRecord(realm)) !== undefined) return await mend(realm);
    const start = origin(realm);
    await heads.upsert(realm, (head) => head ?? signedHead(keyring, realm, start, start));
    return await follow(realm, start);
  }

  async function follow(realm: string, from: Place): Promise<End> {
    let place = from;
    for (;;) {
      const record = await records.get(recordId(realm, place.seq + 1));
      if (record === undefined) return { place, isBroken: false };
      if (record.previous !== place.hash || !isIntact(keyring, record)) return await mend(realm, place);
      place = { seq: record.seq, hash: record.hash };
    }
  }

  /** Behind all that is there, so that the log goes on. */
  async function mend(realm: string, known: Place = origin(realm)): Promise<End> {
    const last = await lastRecord(realm);
    const isBehind = last !== undefined && last.seq >= known.seq;
    return { place: isBehind ? { seq: last.seq, hash: last.hash } : known, isBroken: true };
  }

  async function lastRecord(realm: string): Promise<AuditRecord | undefined> {
    const page = await records.list({ index: 'by_seq', equals: [realm], limit: 1, reverse: true });
    return page.items[0];
  }

  /** Never backwards. A head that is not ours is replaced only together with a record that says so. */
  async function moveTo(realm: string, last: Place, isBroken: boolean): Promise<void> {
    const first = isBroken ? (await records.list({ index: 'by_seq', equals: [realm], limit: 1 })).items[0] : undefined;
    await heads.upsert(realm, (head) => {
      const start = first === undefined ? origin(realm) : { seq: first.seq - 1, hash: first.previous };
      if (head === undefined || !isGenuine(keyring, head)) {
        return isBroken ? signedHead(keyring, realm, last, start) : head;
      }
      return head.last.seq >= last.seq ? head : signedHead(keyring, realm, last, head.anchor);
    });
  }

  return { end, moveTo };
}
