import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadKeyring, newKeyLine } from '../../src/config/index.ts';
import { parseKeys } from '../../src/config/keys.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('key files', () => {
  it('are read newest first, with comments and blank lines between', () => {
    const read = parseKeys(`# ours\n${newKeyLine('b')}\r\n\n${newKeyLine('a')}\n`);
    expect(read.ok && read.keys.map((key) => key.id)).toEqual(['b', 'a']);
  });

  it.each([
    ['nothing', '', 'holds no key'],
    ['a line that is no key', 'hello', 'line 1'],
    ['a short key', 'a:c2hvcnQ=', 'has 5 bytes'],
    ['a name used twice', `${newKeyLine('a')}\n${newKeyLine('a')}`, 'used twice'],
    ['a key of zeros', `a:${Buffer.alloc(32).toString('base64')}`, 'not random'],
  ])('with %s are refused', (_, text, fault) => {
    const read = parseKeys(text);
    expect(read.ok ? '' : read.faults.join()).toContain(fault);
  });

  it('never make the reader throw', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseKeys(text).ok === 'boolean'));
  });
});

describe('the keyring', () => {
  it('of development is made once, readable by its owner only, and opens what it sealed after a restart', () => {
    const config = { mode: 'development' as const, data: join(directory, 'data'), keys: undefined };
    const sealed = loadKeyring(config).seal('secret', 'here');
    const file = join(config.data, 'development.keys');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadKeyring(config).open(sealed, 'here')).toBe('secret');
    expect(readFileSync(file, 'utf8')).toMatch(/^development:/);
  });

  it('opens what an older key sealed once a newer one stands on top', () => {
    const file = join(directory, 'rotating');
    const config = { mode: 'production' as const, data: directory, keys: file };
    const old = newKeyLine('old');
    writeFileSync(file, old);
    const sealed = loadKeyring(config).seal('secret', 'here');
    writeFileSync(file, `${newKeyLine('new')}\n${old}`);
    const rotated = loadKeyring(config);
    expect(rotated.open(sealed, 'here')).toBe('secret');
    expect(rotated.keyIdOf(rotated.seal('x', 'y'))).toBe('new');
  });
});
