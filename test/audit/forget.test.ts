import type { AuditRecord } from '../../src/audit/record.ts';
import { aLog, type LogForTests, overwrite } from './log.ts';

let log: LogForTests;
beforeEach(async () => {
  log = await aLog();
  await log.audit.append([
    log.event({ subject: 'ada', address: '192.0.2.7', reference: 'R-1', details: { device: 'Ada’s phone' } }),
    log.event({ actor: { kind: 'person', id: 'bob' }, subject: 'bob', address: '192.0.2.8' }),
    log.event({ actor: { kind: 'admin', id: 'ada' }, subject: 'bob', type: 'method.removed', address: '192.0.2.7' }),
    log.event({ actor: { kind: 'admin', id: 'bob' }, subject: 'ada', type: 'user.disabled', portal: 'shop' }),
    log.event({ realm: 'wss', subject: 'ada' }),
  ]);
});
afterEach(() => log.close());

describe('erasing a person', () => {
  it('leaves nothing of them, keeps what others did, and the chain holds', async () => {
    expect(await log.audit.erase('web1', 'ada')).toEqual({ records: 3 });
    const stored = JSON.stringify(await log.all());
    for (const trace of ['"ada"', 'Ada’s phone', '192.0.2.7', '"R-1"']) expect(stored).not.toContain(trace);
    expect(stored).toContain('192.0.2.8');
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, records: 5, erased: 3 });
    expect((await log.audit.list('web1', { subject: 'ada', limit: 10 })).items).toEqual([]);
  });

  it('keeps about whom an erased admin did something', async () => {
    await log.audit.erase('web1', 'ada');
    const [removed] = (await log.audit.list('web1', { type: 'method.removed', limit: 1 })).items;
    expect(removed).toMatchObject({ actor: { kind: 'admin' }, subject: 'bob', erased: ['actor', 'address'] });
    expect(removed?.actor).toEqual({ kind: 'admin' });
  });

  it('is recorded without naming them', async () => {
    await log.audit.erase('web1', 'ada', { kind: 'operator' });
    const [note] = (await log.audit.list('web1', { limit: 1 })).items;
    expect(note).toMatchObject({ type: 'audit.person_erased', actor: { kind: 'operator' }, details: { records: 3 } });
    expect(note?.subject).toBeUndefined();
  });

  it('twice, or of a stranger, changes nothing more', async () => {
    await log.audit.erase('web1', 'ada');
    const before = await log.all();
    expect(await log.audit.erase('web1', 'ada')).toEqual({ records: 0 });
    expect(await log.audit.erase('web1', 'nobody')).toEqual({ records: 0 });
    expect(await log.all()).toEqual(before);
  });

  it('of two people who share records takes both out', async () => {
    await log.audit.erase('web1', 'ada');
    await log.audit.erase('web1', 'bob');
    expect(JSON.stringify(await log.all())).not.toMatch(/"ada"|"bob"|192\.0/);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true });
  });

  it('leaves another realm’s log untouched', async () => {
    const before = await log.all('wss');
    await log.audit.erase('web1', 'ada');
    expect(await log.all('wss')).toEqual(before);
  });

  it('by anybody but us is noticed', async () => {
    const [record] = await log.all();
    const { personal: _personal, salts: _salts, ...rest } = record as AuditRecord;
    await overwrite(log.records, { ...rest, personal: {}, salts: {} });
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false, faults: [{ why: 'changed', seq: 1 }] });
    await overwrite(log.records, {
      ...rest,
      personal: {},
      salts: {},
      erased: { at: log.clock.now(), fields: Object.keys(rest.commitments), mac: 'x' },
    });
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false });
  });

  it('cannot be borrowed from an erased record', async () => {
    await log.audit.erase('web1', 'ada');
    const [erased, other] = await log.all();
    await overwrite(log.records, {
      ...(other as AuditRecord),
      personal: {},
      salts: {},
      erased: (erased as AuditRecord).erased as never,
    });
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false, faults: [{ why: 'changed', seq: 2 }] });
  });
});

describe('cutting old records', () => {
  const day = 86_400_000;

  beforeEach(async () => {
    log.clock.advance(10 * day);
    await log.audit.append([log.event({ type: 'later.one' }), log.event({ type: 'later.two' })]);
  });

  it('keeps the rest verifiable, and recorded', async () => {
    const cut = await log.audit.cut('web1', new Date(log.clock.now().getTime() - day), { kind: 'operator' });
    expect(cut).toEqual({ records: 4 });
    expect((await log.all()).map(({ seq, type }) => [seq, type])).toEqual([
      [5, 'later.one'],
      [6, 'later.two'],
      [7, 'audit.cut'],
    ]);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, from: 5, to: 7 });
    await log.audit.append([log.event()]);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, to: 8 });
  });

  it('keeps what is from that very time on', async () => {
    const first = new Date(log.clock.now().getTime() - 10 * day);
    expect(await log.audit.cut('web1', first)).toEqual({ records: 0 });
    expect(await log.audit.cut('web1', new Date(first.getTime() + 1))).toEqual({ records: 4 });
  });

  it('never takes the last record', async () => {
    await log.audit.cut('web1', new Date(log.clock.now().getTime() + day));
    expect((await log.all()).map(({ type }) => type)).toEqual(['later.two', 'audit.cut']);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true });
  });

  it('stops before a younger record, so that numbers stay without gaps', async () => {
    const old = { ...log.event({ type: 'late.arrival' }), at: new Date(0) };
    await log.audit.append([old]);
    expect(await log.audit.cut('web1', new Date(log.clock.now().getTime() - day))).toEqual({ records: 4 });
    expect((await log.all()).map(({ type }) => type)).toContain('late.arrival');
  });

  it('is not something that anybody else can do', async () => {
    for (const seq of [1, 2]) await log.records.remove(`web1/${seq}`);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: false, faults: [{ why: 'removed', seq: 3 }] });
    const head = await log.heads.get('web1');
    const third = await log.records.get('web1/3');
    await overwrite(log.heads, { ...head, id: 'web1', anchor: { seq: 2, hash: third?.previous ?? '' } } as never);
    expect((await log.audit.verify('web1')).ok).toBe(false);
    await log.audit.append([log.event()]);
    expect((await log.audit.verify('web1')).faults).toEqual([{ why: 'broken', seq: 7 }]);
  });

  it('says so when something was wrong with what it removed', async () => {
    const [record] = await log.all();
    await overwrite(log.records, { ...(record as AuditRecord), type: 'changed.type' });
    await log.audit.cut('web1', new Date(log.clock.now().getTime() - day));
    expect((await log.audit.list('web1', { type: 'audit.cut', limit: 1 })).items[0]?.details).toEqual({
      records: 4,
      through: 4,
      faults: 1,
    });
  });

  it('F1: cut short by a crash is finished by the next, and nothing is wrong in between', async () => {
    const kept = (await log.all()).slice(0, 2);
    await log.audit.cut('web1', new Date(log.clock.now().getTime() - day));
    for (const record of kept) await log.records.insert(record);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, from: 5 });
    await log.audit.cut('web1', new Date(0));
    expect((await log.all()).map(({ seq }) => seq)).toEqual([5, 6, 7]);
  });

  it('passes over checkpoints from before, and keeps those from after', async () => {
    const checkpoint = await log.audit.checkpoint('web1');
    await log.audit.cut('web1', new Date(log.clock.now().getTime() - day));
    expect(await log.audit.verify('web1', { checkpoints: [checkpoint] })).toMatchObject({ ok: true });
    await log.audit.append([log.event(), log.event()]);
    log.clock.advance(day * 5);
    await log.audit.append([log.event(), log.event()]);
    await log.audit.cut('web1', log.clock.now());
    expect(await log.audit.verify('web1', { checkpoints: [checkpoint] })).toMatchObject({ ok: true });
  });

  it('leaves another realm’s log untouched', async () => {
    await log.audit.cut('web1', log.clock.now());
    expect(await log.all('wss')).toHaveLength(1);
  });
});
