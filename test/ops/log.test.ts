import { spawnSync } from 'node:child_process';
import { createLog } from '../../src/ops/index.ts';

const logged = (write: (log: ReturnType<typeof createLog>) => void): string => {
  const lines: string[] = [];
  write(createLog({ level: 'trace', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
};

describe('the log', () => {
  it.each([
    'password',
    'code',
    'secret',
    'token',
    'csrf',
    'refresh_token',
    'cookie',
    'authorization',
    'set-cookie',
    'link',
  ])('S2: never holds a value named %s, at any of three levels', (name) => {
    const value = '482913';
    expect(logged((log) => log.info({ [name]: value }))).not.toContain(value);
    expect(logged((log) => log.info({ form: { [name]: value } }))).not.toContain(value);
    expect(logged((log) => log.info({ request: { headers: { [name]: value } } }))).not.toContain(value);
    expect(logged((log) => log.info({ forms: [{ [name]: value }] }))).not.toContain(value);
    expect(logged((log) => log.child({ [name]: value }).info('said'))).not.toContain(value);
  });

  it('writes what holds no secret as it is', () => {
    const at = new Date('2026-01-02T03:04:05Z');
    const line = logged((log) => log.info({ at, list: [1, { name: 'x' }], deep: { one: { two: { three: [4] } } } }));
    expect(JSON.parse(line)).toMatchObject({
      at: at.toISOString(),
      list: [1, { name: 'x' }],
      deep: { one: { two: { three: [4] } } },
    });
  });

  it('keeps codes that are words', () => {
    expect(logged((log) => log.info({ code: 'not_found' }))).toContain('"code":"not_found"');
  });

  it('tells errors with their causes, without what libraries hang on them', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', request: { body: 'hunter2' } });
    const text = logged((log) => log.error({ err: new Error('mail failed', { cause }) }));
    expect(text).toContain('mail failed');
    expect(text).toContain('ECONNREFUSED');
    expect(text).not.toContain('hunter2');
  });

  it('leaves out what is less serious than its level', () => {
    const lines: string[] = [];
    createLog({ level: 'warn', destination: { write: (line) => void lines.push(line) } }).info('x');
    expect(lines).toEqual([]);
  });
});

describe('standard output', () => {
  const program = (end: string) => `
    import { createLog } from ${JSON.stringify(new URL('../../src/ops/log.ts', import.meta.url).href)};
    const log = createLog({ level: 'info' });
    for (const line of ['one', 'two', 'three']) log.info(line);
    ${end}`;

  it.each([
    ['is done', ''],
    ['is told to exit', 'process.exit(3);'],
    ['fails', "throw new Error('unexpected');"],
    ['fails later', "setImmediate(() => { throw new Error('unexpected'); });"],
  ])('has every line of a process that %s', (_how, end) => {
    const { stdout } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program(end)],
      { encoding: 'utf8' },
    );
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toStrictEqual(['one', 'two', 'three']);
  });
});
