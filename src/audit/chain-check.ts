import type { Keyring } from '../kernel/index.ts';
import { type Checkpoint, isOurs } from './checkpoint.ts';
import { chainBroken, isIntact, type Place } from './link.ts';
import type { AuditRecord } from './record.ts';

/**
 * `changed`: not as it was written, or not written by us. `removed`: numbers are missing before it. `relinked`: it does
 * not follow the one before. `broken`: the end of the chain was found changed when it was written. `cut_off`: the end is
 * missing, up to that number. `head`: what says where the log begins and ends is missing or changed. `checkpoint`: a
 * checkpoint is not ours, or says something else about that number.
 */
export interface Fault {
  readonly why: 'changed' | 'removed' | 'relinked' | 'broken' | 'cut_off' | 'head' | 'checkpoint';
  readonly seq: number;
}

export interface Findings {
  readonly faults: readonly Fault[];
  /** More than are listed. */
  readonly faultCount: number;
  readonly records: number;
  /** Records of which personal values were erased. */
  readonly erased: number;
}

const listedFaults = 100;

/** Sees a realm's records in order, and says what is wrong; keeps no record. */
export function createChainCheck(
  keyring: Keyring,
  realm: string,
  anchor: Place,
  checkpoints: readonly Checkpoint[] = [],
) {
  const faults: Fault[] = [];
  const unchecked = new Map<number, Checkpoint[]>();
  let [faultCount, records, erased] = [0, 0, 0];
  let last = anchor;

  function report(why: Fault['why'], seq: number): void {
    faultCount += 1;
    if (faults.length < listedFaults) faults.push({ why, seq });
  }

  function compare({ seq, hash }: Place): void {
    for (const checkpoint of unchecked.get(seq) ?? []) if (checkpoint.hash !== hash) report('checkpoint', seq);
    unchecked.delete(seq);
  }

  for (const checkpoint of checkpoints) {
    if (checkpoint.realm !== realm || !isOurs(keyring, checkpoint)) report('checkpoint', checkpoint.seq);
    // What retention removed cannot be compared any more.
    else if (checkpoint.seq >= anchor.seq)
      unchecked.set(checkpoint.seq, [...(unchecked.get(checkpoint.seq) ?? []), checkpoint]);
  }
  compare(anchor);

  return {
    see(record: AuditRecord): void {
      records += 1;
      if (record.erased !== undefined) erased += 1;
      if (record.realm !== realm || !isIntact(keyring, record)) report('changed', record.seq);
      if (record.seq !== last.seq + 1) report('removed', record.seq);
      else if (record.previous !== last.hash) report('relinked', record.seq);
      if (record.type === chainBroken) report('broken', record.seq);
      last = { seq: record.seq, hash: record.hash };
      compare(last);
    },
    last: () => last,
    report,
    /** `known`: what must have been seen at least. */
    findings(known: readonly Place[]): Findings {
      for (const { seq } of known) if (seq > last.seq) report('cut_off', seq);
      for (const seq of unchecked.keys()) report(seq > last.seq ? 'cut_off' : 'checkpoint', seq);
      return { faults, faultCount, records, erased };
    },
  };
}
