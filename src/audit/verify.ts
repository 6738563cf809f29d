import { setImmediate } from 'node:timers/promises';
import { createChainCheck, type Findings } from './chain-check.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { AuditDeps } from './collections.ts';
import { type Head, isGenuine } from './head.ts';
import { origin } from './link.ts';
import type { AuditRecord } from './record.ts';

export interface Verification extends Findings {
  readonly ok: boolean;
  readonly realm: string;
  /** The numbers of the first and the last record; 0 when there is none. */
  readonly from: number;
  readonly to: number;
}

/** Hashing so many takes a few milliseconds; then others have their turn. */
const pageSize = 200;
/** Retention may cut the beginning while it is being read; then once more. */
const rounds = 3;

export function createVerify(deps: AuditDeps) {
  const { heads, keyring } = deps;

  async function verifyOnce(
    realm: string,
    head: Head | undefined,
    checkpoints: readonly Checkpoint[],
  ): Promise<Verification> {
    const anchor = head !== undefined && isGenuine(keyring, head) ? head.anchor : origin(realm);
    const check = createChainCheck(keyring, realm, anchor, checkpoints);
    let from = 0;
    for await (const record of recordsAfter(deps, realm, anchor.seq)) {
      if (from === 0) {
        from = record.seq;
        if (head === undefined) check.report('head', 0);
      }
      check.see(record);
      if (record.seq === head?.last.seq && record.hash !== head.last.hash) check.report('relinked', record.seq);
    }
    if (head !== undefined && !isGenuine(keyring, head)) check.report('head', head.last.seq);
    const found = check.findings(head === undefined ? [] : [head.last]);
    return { ok: found.faultCount === 0, realm, from, to: from === 0 ? 0 : check.last().seq, ...found };
  }

  /** Reads the whole chain in pages. `checkpoints`: kept from before; without them a head put back with its records goes unnoticed. */
  return async (
    realm: string,
    { checkpoints = [] }: { readonly checkpoints?: readonly Checkpoint[] } = {},
  ): Promise<Verification> => {
    for (let round = 1; ; round += 1) {
      // Read first: the chain may only have grown since.
      const head = await heads.get(realm);
      const found = await verifyOnce(realm, head, checkpoints);
      const after = await heads.get(realm);
      if (found.ok || round === rounds || after?.anchor.seq === head?.anchor.seq) return found;
    }
  };
}

/** A realm's records after that number, in order, a page at a time. */
export async function* recordsAfter(
  { records }: Pick<AuditDeps, 'records'>,
  realm: string,
  seq: number,
): AsyncGenerator<AuditRecord> {
  let after: string | undefined;
  do {
    const page = await records.list({
      index: 'by_seq',
      equals: [realm],
      range: { from: seq + 1 },
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    yield* page.items;
    after = page.next;
    await setImmediate();
  } while (after !== undefined);
}
