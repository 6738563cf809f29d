import { z } from 'zod';
import { type Keyring, sameText } from '../kernel/index.ts';
import { canonical } from './canonical.ts';
import { createChainCheck, type Findings } from './chain-check.ts';
import { type Checkpoint, checkpointShape } from './checkpoint.ts';
import type { AuditDeps } from './collections.ts';
import { isGenuine } from './head.ts';
import { origin, type Place } from './link.ts';
import { type AuditRecord, recordsDeclaration } from './record.ts';
import { recordsAfter } from './verify.ts';

const format = 'gatehouse-audit-1';
const firstLine = z.object({
  format: z.literal(format),
  realm: z.string(),
  anchor: z.object({ seq: z.number(), hash: z.string() }),
});
const lastLine = z.object({ checkpoint: checkpointShape, seal: z.string() });

/** JSON lines: what it is, then every record with its hashes, then a checkpoint of the end, sealed with the beginning. */
export function createExport(deps: AuditDeps, checkpoint: (realm: string, seq: number, hash: string) => Checkpoint) {
  return async function* exported(realm: string): AsyncGenerator<string> {
    const head = await deps.heads.get(realm);
    const anchor = head !== undefined && isGenuine(deps.keyring, head) ? head.anchor : origin(realm);
    yield `${canonical({ format, realm, anchor })}\n`;
    let last = anchor;
    for await (const record of recordsAfter(deps, realm, anchor.seq)) {
      yield `${canonical(record)}\n`;
      last = { seq: record.seq, hash: record.hash };
    }
    const ending = checkpoint(realm, last.seq, last.hash);
    yield `${canonical({ checkpoint: ending, seal: sealOf(deps.keyring, anchor, ending) })}\n`;
  };
}

/** Where it begins is keyed too: otherwise the first records could be taken out and the anchor moved behind them. */
function sealOf(keyring: Keyring, { seq, hash }: Place, ending: Checkpoint): string {
  return keyring.mac('audit export', canonical([seq, hash, ending.mac]));
}

/**
 * Whether exported lines are what was exported, by the keys of the installation that did. `checkpoints`: kept from
 * before; what it must reach at least. `undefined`: not such a file.
 */
export async function verifyExport(
  keyring: Keyring,
  lines: AsyncIterable<string>,
  checkpoints: readonly Checkpoint[] = [],
): Promise<({ readonly ok: boolean; readonly realm: string } & Findings) | undefined> {
  let check: ReturnType<typeof createChainCheck> | undefined;
  let realm = '';
  let anchor = origin(realm);
  let ending: z.infer<typeof lastLine> | undefined;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (check === undefined) {
      const first = firstLine.safeParse(value);
      if (!first.success) return undefined;
      realm = first.data.realm;
      anchor = first.data.anchor;
      check = createChainCheck(keyring, realm, anchor, checkpoints);
      continue;
    }
    const record = readRecord(value);
    // Nothing follows the checkpoint.
    if (ending !== undefined) check.report('checkpoint', ending.checkpoint.seq);
    else if (record !== undefined) check.see(record);
    else {
      const closing = lastLine.safeParse(value);
      if (closing.success) ending = closing.data;
      else check.report('changed', check.last().seq + 1);
    }
  }
  if (check === undefined) return undefined;
  const last = check.last();
  if (ending === undefined) check.report('cut_off', last.seq + 1);
  else {
    if (!sameText(ending.seal, sealOf(keyring, anchor, ending.checkpoint))) check.report('head', anchor.seq);
    const end = createChainCheck(keyring, realm, last, [ending.checkpoint]).findings([]);
    for (const fault of end.faults) check.report(fault.why, fault.seq);
  }
  const findings = check.findings(ending === undefined ? [] : [ending.checkpoint]);
  return { ok: findings.faultCount === 0, realm, ...findings };
}

function readRecord(value: unknown): AuditRecord | undefined {
  const dated = withDates(value);
  const read = recordsDeclaration.shape.safeParse(dated);
  return read.success ? read.data : undefined;
}

function withDates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('at' in value)) return value;
  const erased = 'erased' in value ? { erased: withDates(value.erased) } : {};
  return { ...value, at: new Date(String(value.at)), ...erased };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
