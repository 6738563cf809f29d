import { aLog, type LogForTests } from './log.ts';

let log: LogForTests;
beforeEach(async () => {
  log = await aLog();
  await log.audit.append([
    log.event({ subject: 'ada', details: { note: 'line\nfeed "quoted"' } }),
    log.event({ subject: 'bob' }),
    log.event({ subject: 'ada' }),
  ]);
});
afterEach(() => log.close());

async function exported(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of log.audit.export('web1')) lines.push(line);
  return lines;
}

async function* from(lines: readonly string[]) {
  yield* lines;
}

function withoutBeginning(lines: readonly string[]): string[] {
  const [first = '', gone = '', ...rest] = lines;
  const { seq, hash } = JSON.parse(gone) as { seq: number; hash: string };
  const head = { ...(JSON.parse(first) as object), anchor: { seq, hash } };
  return [`${JSON.stringify(head)}\n`, ...rest];
}

describe('an export', () => {
  it('is a line of JSON each: what it is, the records, a checkpoint', async () => {
    const lines = await exported();
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line.indexOf('\n')).toBe(line.length - 1);
    const [first, record, , , last] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({ format: 'gatehouse-audit-1', realm: 'web1' });
    expect(record).toMatchObject({ seq: 1, type: 'sign_in.completed', personal: { subject: 'ada' } });
    expect(last).toMatchObject({ checkpoint: { seq: 3 } });
  });

  it('can be checked later, also after erasing and cutting', async () => {
    expect(await log.audit.verifyExport(from(await exported()))).toMatchObject({ ok: true, realm: 'web1', records: 3 });
    await log.audit.erase('web1', 'ada');
    expect(await log.audit.verifyExport(from(await exported()))).toMatchObject({ ok: true, records: 4, erased: 3 });
    log.clock.advance(1_000);
    await log.audit.cut('web1', log.clock.now());
    expect(await log.audit.verifyExport(from(await exported()))).toMatchObject({ ok: true, records: 2 });
  });

  it('does not take the end of another export of the same log', async () => {
    const whole = await exported();
    log.clock.advance(1_000);
    await log.audit.append([log.event()]);
    await log.audit.cut('web1', log.clock.now());
    const later = await exported();
    const mixed = [...later.slice(0, 1), ...whole.slice(-1)];
    expect((await log.audit.verifyExport(from(mixed)))?.faults).toContainEqual({ why: 'head', seq: 3 });
  });

  it('must reach the checkpoints that were kept', async () => {
    const before = await log.audit.checkpoint('web1');
    const lines = await exported();
    await log.audit.append([log.event()]);
    const after = await log.audit.checkpoint('web1');
    expect(await log.audit.verifyExport(from(lines), { checkpoints: [before] })).toMatchObject({ ok: true });
    expect(await log.audit.verifyExport(from(lines), { checkpoints: [before, after] })).toMatchObject({
      ok: false,
      faults: [{ why: 'cut_off', seq: 4 }],
    });
  });

  it('of an empty log holds too', async () => {
    expect(await log.audit.verifyExport(log.audit.export('empty'))).toMatchObject({
      ok: true,
      realm: 'empty',
      records: 0,
    });
  });

  it.each([
    ['a changed value', (lines: string[]) => lines.with(1, (lines[1] ?? '').replace('"ada"', '"eve"')), 'changed'],
    ['a line left out', (lines: string[]) => lines.toSpliced(2, 1), 'removed'],
    ['two lines swapped', (lines: string[]) => [lines[0], lines[2], lines[1], lines[3], lines[4]], 'removed'],
    ['a line twice', (lines: string[]) => lines.toSpliced(2, 0, lines[1] ?? ''), 'removed'],
    ['no end', (lines: string[]) => lines.slice(0, -1), 'cut_off'],
    ['the last record missing', (lines: string[]) => lines.toSpliced(3, 1), 'cut_off'],
    ['something behind the end', (lines: string[]) => [...lines, lines[1]], 'checkpoint'],
    ['a line that is no JSON', (lines: string[]) => lines.with(2, '{'), 'changed'],
    ['its beginning cut off, and the anchor moved behind it', withoutBeginning, 'head'],
    ['another realm’s name', (lines: string[]) => lines.with(0, (lines[0] ?? '').replace('web1', 'wss')), 'changed'],
  ])('with %s does not hold', async (_words, tamper, why) => {
    const found = await log.audit.verifyExport(from(tamper(await exported()) as string[]));
    expect(found?.ok).toBe(false);
    expect(found?.faults.map((fault) => fault.why)).toContain(why);
  });

  it('that is no export is told apart', async () => {
    expect(await log.audit.verifyExport(from(['{}']))).toBeUndefined();
    expect(await log.audit.verifyExport(from([]))).toBeUndefined();
  });
});
