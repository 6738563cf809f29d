import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditCommands } from '../../src/audit/commands.ts';
import { codeOfMisuse, runCommands } from '../support/run-commands.ts';
import { aLog, type LogForTests } from './log.ts';

let log: LogForTests;
let dir: string;
let isOpen = false;

beforeEach(async () => {
  log = await aLog();
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-audit-'));
  await log.audit.append([
    log.event({ subject: 'ada', reference: 'R-1' }),
    log.event({ subject: 'bob', type: 'code.refused', browser: 'red \u001b[31m\nnew line' }),
  ]);
});
afterEach(async () => {
  await log.close();
  await rm(dir, { recursive: true });
});

/** Runs `gatehouse audit …`. */
async function gatehouse(...words: string[]) {
  const open = async () => {
    isOpen = true;
    return {
      audit: log.audit,
      hasRealm: async (realm: string) => realm === 'web1',
      personOf: async (_realm: string, identifier: string) => (identifier === 'ada@web1.example' ? 'ada' : undefined),
      async close() {
        isOpen = false;
      },
    };
  };
  const ran = await runCommands((program) => auditCommands(program, open), ['audit', ...words], codeOfMisuse);
  expect(isOpen).toBe(false);
  return ran;
}

describe('gatehouse audit', () => {
  it('tail shows the newest, oldest first', async () => {
    const { out, code } = await gatehouse('tail', 'web1');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().split(/\s+/)[0]),
    ).toEqual(['1', '2']);
    expect(out).toContain('sign_in.completed  by person ada  subject="ada"  reference="R-1"');
    expect(code).toBe(0);
    expect((await gatehouse('tail', 'web1', '--last', '1', '--json')).out).toMatch(/^\{"seq":2,.*\}\n$/);
  });

  it('never lets an entry write to the terminal more than its line', async () => {
    const { out } = await gatehouse('list', 'web1', '--type', 'code.refused');
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    expect(out).not.toContain('\u001b');
  });

  it('list filters and pages', async () => {
    expect((await gatehouse('list', 'web1', '--reference', 'R-2')).out).toBe('no entries\n');
    expect((await gatehouse('list', 'web1', '--reference', 'R-1')).out).toContain('subject="ada"');
    const first = await gatehouse('list', 'web1', '--limit', '1');
    const mark = /more: --after (\S+)/.exec(first.out)?.[1] ?? '';
    const second = JSON.parse((await gatehouse('list', 'web1', '--after', mark, '--json')).out) as {
      items: { seq: number }[];
    };
    expect(second.items.map(({ seq }) => seq)).toEqual([1]);
  });

  it('verify says that all is well', async () => {
    expect(await gatehouse('verify', 'web1')).toMatchObject({
      code: 0,
      out: '2 records, all as they were written (0 with erased values)\n',
    });
  });

  it('verify ends with 1 and names the record when it is not', async () => {
    await log.records.update('web1/1', (record) => ({ ...record, type: 'changed.type' }));
    const { code, out, err } = await gatehouse('verify', 'web1');
    expect(code).toBe(1);
    expect(out).toBe('record 1: is not as it was written\n');
    expect(err).toContain('does not hold: 1 fault');
    const json = await gatehouse('verify', 'web1', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, faults: [{ why: 'changed', seq: 1 }] });
    expect(json.code).toBe(1);
  });

  it('a checkpoint kept elsewhere shows what was cut off', async () => {
    const file = join(dir, 'checkpoint.json');
    await writeFile(file, (await gatehouse('checkpoint', 'web1')).out);
    expect((await gatehouse('verify', 'web1', '--checkpoint', file)).code).toBe(0);
    await log.records.remove('web1/2');
    await log.heads.remove('web1');
    await log.records.remove('web1/1');
    expect((await gatehouse('verify', 'web1')).code).toBe(0);
    expect((await gatehouse('verify', 'web1', '--checkpoint', file)).code).toBe(1);
  });

  it('export writes what verify --file checks, and no file over another', async () => {
    const file = join(dir, 'log.jsonl');
    expect((await gatehouse('export', 'web1', '--output', file)).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe((await gatehouse('export', 'web1')).out);
    expect((await gatehouse('verify', 'web1', '--file', file)).code).toBe(0);
    expect(await gatehouse('export', 'web1', '--output', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already; nothing was written'),
    });
    await writeFile(file, (await readFile(file, 'utf8')).replace('"ada"', '"eve"'));
    expect((await gatehouse('verify', 'web1', '--file', file)).code).toBe(1);
  });

  it('an export that ends before a checkpoint does not hold against it; one that is not there is refused', async () => {
    const [file, checkpoint] = [join(dir, 'log.jsonl'), join(dir, 'checkpoint.json')];
    await gatehouse('export', 'web1', '--output', file);
    await log.audit.append([log.event()]);
    await writeFile(checkpoint, (await gatehouse('checkpoint', 'web1')).out);
    expect(await gatehouse('verify', 'web1', '--file', file, '--checkpoint', checkpoint)).toMatchObject({
      code: 1,
      out: 'record 3: is known to have been there, and the log ends before it\n',
    });
    expect(await gatehouse('verify', 'web1', '--file', join(dir, 'nothing'))).toMatchObject({
      code: 1,
      err: `gatehouse: ${join(dir, 'nothing')} is not there\n`,
    });
  });

  it('erase and cut say how much', async () => {
    expect(await gatehouse('erase', 'web1', 'ada@web1.example')).toMatchObject({
      code: 0,
      out: 'erased from 2 records\n',
    });
    expect(await gatehouse('erase', 'web1', 'eda')).toMatchObject({
      code: 1,
      err: 'gatehouse: the log of "web1" knows nothing of "eda"\n',
    });
    log.clock.set('2026-06-01T00:00:00Z');
    await log.audit.append([log.event()]);
    expect(await gatehouse('cut', 'web1', '2026-05-31', '--json')).toMatchObject({ code: 0, out: '{"records":3}\n' });
    expect((await gatehouse('verify', 'web1')).code).toBe(0);
  });

  it.each([
    [['tail', 'web1', '--last', 'many']],
    [['list', 'web1', '--limit', '0']],
    [['cut', 'web1', 'yesterday']],
    [['cut', 'web1', '2026-02-31']],
  ])('%j is wrong usage: 2', async (words) => {
    const { code, out, err } = await gatehouse(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  it('refuses a checkpoint that is none: 1', async () => {
    expect(await gatehouse('verify', 'web1', '--checkpoint', '/nowhere')).toMatchObject({
      ...{ code: 1, out: '' },
      err: 'gatehouse: /nowhere is not there\n',
    });
    await writeFile(join(dir, 'none.json'), '{}');
    expect(await gatehouse('verify', 'web1', '--checkpoint', join(dir, 'none.json'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('audit checkpoint'),
    });
  });

  it('finds a person in the log by email, user name or id', async () => {
    for (const whom of ['ada@web1.example', 'ada']) {
      const { out } = await gatehouse('list', 'web1', '--subject', whom);
      expect(out.trimEnd().split('\n')).toEqual([expect.stringContaining('subject="ada"')]);
    }
  });

  it('refuses a realm that is not there: 1', async () => {
    expect(await gatehouse('tail', 'nowhere')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('nowhere'),
    });
  });
});
