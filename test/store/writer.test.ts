import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { planOf } from '../../src/store/plan.ts';
import type { WriteOp } from '../../src/store/sqlite/protocol.ts';
import { tableSpec, writeSql } from '../../src/store/sqlite/tables.ts';
import { openWriter } from '../../src/store/sqlite/writer.ts';
import { thingsNamed } from './things.ts';

const plan = planOf(thingsNamed('things', { indexes: [] }));
const insert = (id: string): WriteOp => ({
  sql: writeSql(plan).insert,
  rows: [[id, 1, null, '{"realm":"r"}']],
  want: 'changes',
  durable: true,
});

describe('the writer thread', () => {
  it('is replaced when it dies: what was under way is unavailable, later writes work', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'gatehouse-writer-'));
    const writer = await openWriter(join(dir, 'gatehouse.db'));
    await writer.ensure([tableSpec(plan)]);
    expect(await writer.write(insert('before'))).toStrictEqual({ ok: true, value: 1 });
    // No operation at all: the thread stumbles over it.
    const stumble = writer.write(null as unknown as WriteOp);
    await expect(stumble).rejects.toMatchObject({ code: 'unavailable' });
    for (let tries = 0; tries < 1_000 && !writer.isAlive(); tries += 1) await pause(5);
    expect(writer.isAlive()).toBe(true);
    expect(await writer.write(insert('after'))).toStrictEqual({ ok: true, value: 1 });
    expect(await writer.write(insert('before'))).toMatchObject({ ok: false, why: 'duplicate' });
    await writer.close();
    await rm(dir, { recursive: true });
  });
});
