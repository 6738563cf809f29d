import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { link, origin } from '../../src/audit/link.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { createKeyring } from '../../src/kernel/index.ts';
import { aLog, type LogForTests, overwrite } from './log.ts';

let log: LogForTests;
const count = 8;

beforeEach(async () => {
  log = await aLog();
  await log.audit.append(
    Array.from({ length: count }, (_none, at) =>
      log.event({
        subject: `person-${at % 3}`,
        portal: 'shop',
        address: '192.0.2.1',
        browser: 'Firefox',
        details: { at, list: ['x'] },
      }),
    ),
  );
  await log.audit.append([log.event({ realm: 'wss' })]);
});
afterEach(() => log.close());

/** Every way to change one value into another of its kind. */
function changed(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? 'x' : `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`;
  if (typeof value === 'number') return value + 1_000;
  if (Array.isArray(value)) return [...value, 'more'];
  return { ...(value as object), more: 'more' };
}

type Path = readonly string[];

/** The paths of all values, of objects too. */
function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [above];
  const below = Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...above, key]));
  return above.length === 0 ? below : [above, ...below];
}

function withChange(value: unknown, [key, ...rest]: Path, act: 'change' | 'remove'): unknown {
  if (key === undefined) return changed(value);
  const { [key]: inner, ...others } = value as Record<string, unknown>;
  if (rest.length > 0) return { ...others, [key]: withChange(inner, rest, act) };
  return act === 'remove' ? others : { ...others, [key]: changed(inner) };
}

/** What another connection wrote is seen from the next turn of the event loop on. */
async function verified() {
  await nextTurn();
  return log.audit.verify('web1');
}

const hasFault = async (why: string) => (await log.audit.verify('web1')).faults.some((fault) => fault.why === why);

describe('tampering with the chain', () => {
  it('at any stored value of any record is noticed', async () => {
    const database = new DatabaseSync(join(log.dataDir, 'gatehouse.db'));
    const bodies = database
      .prepare(`SELECT body FROM audit_records WHERE id LIKE 'web1/%'`)
      .all()
      .map(({ body }) => String(body));
    const write = database.prepare(`UPDATE audit_records SET body = ? WHERE id = ?`);
    const paths = pathsOf(JSON.parse(bodies[0] ?? ''));
    expect(paths.length).toBeGreaterThan(25);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(count - 1),
        fc.constantFrom(...paths),
        fc.constantFrom<('change' | 'remove')[]>('change', 'remove'),
        async (at, path, act) => {
          const body = bodies[at] ?? '';
          const { id } = JSON.parse(body) as AuditRecord;
          write.run(JSON.stringify(withChange(JSON.parse(body), path, act)), id);
          const found = await verified();
          write.run(body, id);
          expect({ path, act, ok: found.ok }).toEqual({ path, act, ok: false });
        },
      ),
      {
        numRuns: 150,
        examples: paths.flatMap((path): [number, Path, 'change' | 'remove'][] => [
          [2, path, 'change'],
          [2, path, 'remove'],
        ]),
      },
    );
    database.close();
    expect(await verified()).toMatchObject({ ok: true, records: count });
  });

  it.each([1, 4, count - 1])('by removing record %d is noticed', async (seq) => {
    await log.records.remove(`web1/${seq}`);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false, faults: [{ why: 'removed', seq: seq + 1 }] });
  });

  it.each([1, 3])('by cutting %d off the end is noticed, also after the log went on', async (missing) => {
    for (let seq = count; seq > count - missing; seq -= 1) await log.records.remove(`web1/${seq}`);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false, faults: [{ why: 'cut_off', seq: count }] });
    await log.audit.append([log.event()]);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false, faults: [{ why: 'removed', seq: count + 1 }] });
  });

  it('by removing all records is noticed', async () => {
    for (let seq = 1; seq <= count; seq += 1) await log.records.remove(`web1/${seq}`);
    expect(await hasFault('cut_off')).toBe(true);
  });

  it('by swapping two records is noticed', async () => {
    const [, second, third] = await log.all();
    if (second === undefined || third === undefined) throw new Error('no records');
    const { seq, id } = second;
    await log.records.remove(third.id);
    await overwrite(log.records, { ...third, seq, id });
    await overwrite(log.records, { ...second, seq: third.seq, id: third.id });
    const found = await log.audit.verify('web1');
    expect(found.faults.map((fault) => [fault.why, fault.seq])).toContainEqual(['changed', 2]);
  });

  it('by adding a record behind the end is noticed, and the log goes on behind it', async () => {
    const last = (await log.all()).at(-1) as AuditRecord;
    await log.records.insert({ ...last, id: 'web1/9', seq: 9, item: 'forged', previous: last.hash });
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false, faults: [{ why: 'changed', seq: 9 }] });
    await log.audit.append([log.event()]);
    const found = await log.audit.verify('web1');
    expect(found.faults.map((fault) => [fault.why, fault.seq])).toEqual([
      ['changed', 9],
      ['broken', 10],
    ]);
    expect(found.to).toBe(11);
  });

  it('by putting a record of another installation there is noticed', async () => {
    const keyring = createKeyring([{ id: 'other', secret: new Uint8Array(32).fill(9) }]);
    const forged = link(keyring, origin('web1'), 'forged', log.clock.now(), {
      type: 'a.b',
      realm: 'web1',
      actor: { kind: 'system' },
    });
    await overwrite(log.records, forged);
    expect((await log.audit.verify('web1')).faults).toContainEqual({ why: 'changed', seq: 1 });
  });

  it('by mixing it with another history of the same installation is noticed', async () => {
    const [, second, third] = await log.all();
    if (second === undefined || third === undefined) throw new Error('no records');
    const event = { type: 'a.b', realm: 'web1', actor: { kind: 'system' } } as const;
    const elsewhere = { seq: 2, hash: origin('elsewhere').hash };
    await overwrite(log.records, { ...link(log.keyring, elsewhere, third.item, third.at, event) });
    expect((await log.audit.verify('web1')).faults).toEqual([
      { why: 'relinked', seq: 3 },
      { why: 'relinked', seq: 4 },
    ]);
  });

  it('by another last record of the same installation is noticed', async () => {
    const last = (await log.all()).at(-1) as AuditRecord;
    const before = { seq: count - 1, hash: last.previous };
    const event = { type: 'a.b', realm: 'web1', actor: { kind: 'system' } } as const;
    await overwrite(log.records, link(log.keyring, before, last.item, last.at, event));
    expect((await log.audit.verify('web1')).faults).toEqual([{ why: 'relinked', seq: count }]);
  });

  it('by changing, removing or setting back the head with the end is noticed for good', async () => {
    const head = await log.heads.get('web1');
    if (head === undefined) throw new Error('no head');
    await log.records.remove(`web1/${count}`);
    await overwrite(log.heads, { ...head, last: { seq: count - 1, hash: (await log.all()).at(-1)?.hash ?? '' } });
    expect(await hasFault('head')).toBe(true);
    await log.audit.append([log.event()]);
    expect(await hasFault('broken')).toBe(true);
  });

  it('by removing the head is noticed for good', async () => {
    await log.heads.remove('web1');
    expect(await hasFault('head')).toBe(true);
    await log.audit.append([log.event()]);
    expect((await log.audit.verify('web1')).faults).toEqual([{ why: 'broken', seq: count + 1 }]);
  });

  it('leaves another realm’s chain as it is', async () => {
    await log.records.remove('web1/3');
    expect(await log.audit.verify('wss')).toMatchObject({ ok: true, records: 1 });
  });

  it('lists no more than a hundred faults, and counts them all', async () => {
    await log.audit.append(Array.from({ length: 120 }, () => log.event()));
    for (const record of await log.all()) await overwrite(log.records, { ...record, type: 'changed.type' });
    const found = await log.audit.verify('web1');
    expect(found.faults).toHaveLength(100);
    expect(found.faultCount).toBe(count + 120);
  });
});

describe('a checkpoint', () => {
  it('holds while the log only grows', async () => {
    const checkpoint = await log.audit.checkpoint('web1');
    expect(checkpoint).toMatchObject({ realm: 'web1', seq: count });
    await log.audit.append([log.event()]);
    expect(await log.audit.verify('web1', { checkpoints: [checkpoint] })).toMatchObject({ ok: true });
  });

  it('shows that an older state of the whole database was put back', async () => {
    const head = await log.heads.get('web1');
    await log.audit.append([log.event(), log.event()]);
    const checkpoint = await log.audit.checkpoint('web1');
    for (const seq of [9, 10]) await log.records.remove(`web1/${seq}`);
    if (head !== undefined) await overwrite(log.heads, head);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true });
    expect(await log.audit.verify('web1', { checkpoints: [checkpoint] })).toMatchObject({
      ok: false,
      faults: [{ why: 'cut_off', seq: 10 }],
    });
    await log.audit.append([log.event(), log.event(), log.event()]);
    expect(await log.audit.verify('web1', { checkpoints: [checkpoint] })).toMatchObject({
      ok: false,
      faults: [{ why: 'checkpoint', seq: 10 }],
    });
  });

  it.each([
    ['another number', { seq: 3 }],
    ['another hash', { hash: 'x' }],
    ['another time', { at: '2020-01-01T00:00:00.000Z' }],
    ['another realm', { realm: 'wss' }],
  ])('with %s is none of ours', async (_words, change) => {
    const checkpoint = { ...(await log.audit.checkpoint('web1')), ...change };
    expect(await log.audit.verify('web1', { checkpoints: [checkpoint] })).toMatchObject({
      ok: false,
      faults: [{ why: 'checkpoint' }],
    });
  });
});
