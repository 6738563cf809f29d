import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const config = join(root, '.dependency-cruiser.js');

/** `rule: file` of everything that breaks a rule below `directory`. */
function violations(directory: string, folders: readonly string[]): readonly string[] {
  const run = spawnSync(process.execPath, [tool, '--config', config, '--output-type', 'json', ...folders], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const report = JSON.parse(run.stdout) as {
    summary: { violations: readonly { rule: { name: string }; from: string }[]; totalCruised: number };
  };
  expect(report.summary.totalCruised).toBeGreaterThan(10);
  return report.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

/** Files that break a rule each: rule, file, what it holds. */
const planted: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['rooms-by-their-index', 'src/people/a.ts', "export { b } from '../realm/b.ts';"],
  ['rooms-by-their-index', 'src/people/c.ts', "import type { B } from '../realm/b.ts';\nexport type C = B;"],
  ['kernel-alone', 'src/kernel/a.ts', "export { realm } from '../realm/index.ts';"],
  ['policy-alone', 'src/policy/a.ts', "import type { B } from '../realm/index.ts';\nexport type C = B;"],
  ['kernel-and-policy-pure', 'src/policy/b.ts', "import Koa from 'koa';\nexport const app = Koa;"],
  [
    'kernel-and-policy-pure',
    'src/policy/c.ts',
    "import * as oidc from 'oidc-provider';\nexport const provider = oidc;",
  ],
  ['commands-apart', 'src/main.ts', "import { serve } from './serve.ts';\nexport const started = serve;"],
  ['command-line-alone', 'src/command-line/a.ts', "export { realm } from '../realm/index.ts';"],
  ['factors-apart', 'src/factors/totp/a.ts', "export { b } from '../push/b.ts';"],
  ['factors-never-http', 'src/factors/totp/c.ts', "export { page } from '../../http/index.ts';"],
  ['factors-never-http', 'src/factors/totp/d.ts', "import Koa from 'koa';\nexport const app = Koa;"],
  [
    'engine-in-store',
    'src/people/d.ts',
    "import { DatabaseSync } from 'node:sqlite';\nexport const open = DatabaseSync;",
  ],
  ['engine-in-store', 'src/people/e.ts', "export const open = () => import('mongoose');"],
  ['oidc-provider-in-oidc', 'src/policy/c.ts', "import * as oidc from 'oidc-provider';\nexport const provider = oidc;"],
  ['oidc-provider-in-oidc', 'src/http/a.ts', "import * as oidc from 'oidc-provider';\nexport const provider = oidc;"],
  ['composition-on-top', 'src/people/f.ts', "export { app } from '../app.ts';"],
  ['no-cycles', 'src/realm/d.ts', "import { e } from './e.ts';\nexport const d = () => e;"],
  ['no-tests-in-product', 'src/realm/f.ts', "export { x } from '../../test/x.ts';"],
  ['no-development-packages', 'src/realm/g.ts', "import fc from 'fast-check';\nexport const check = fc;"],
  ['relying-party-apart', 'demo/a.ts', "export { realm } from '../src/realm/index.ts';"],
  ['demo-apart', 'src/realm/h.ts', "export { z } from '../../demo/z.ts';"],
  ['resolvable', 'src/realm/i.ts', "export { nothing } from './nothing.ts';"],
];

/** Files that the planted ones lean on, all in order. */
const sound: Readonly<Record<string, string>> = {
  'package.json':
    '{ "type": "module", "dependencies": { "koa": "*", "oidc-provider": "*", "mongoose": "*" }, "devDependencies": { "fast-check": "*" } }',
  'src/app.ts': 'export const app = 1;',
  'src/serve.ts': "export { listCommand as serve } from './tokens/index.ts';",
  'src/tokens/index.ts': "export { listCommand } from './commands.ts';",
  'src/tokens/commands.ts': 'export const listCommand = 1;',
  'src/realm/index.ts': "export type { B } from './b.ts';\nexport const realm = 1;",
  'src/realm/b.ts': 'export type B = number;\nexport const b = 1;',
  'src/realm/e.ts': "import { d } from './d.ts';\nexport const e = () => d;",
  'src/http/index.ts': 'export const page = 1;',
  'src/factors/push/b.ts': 'export const b = 1;',
  'test/x.ts': 'export const x = 1;',
  'demo/z.ts': 'export const z = 1;',
};

describe('the rules of the house', () => {
  it('are kept', () => {
    expect(violations(root, ['src', 'demo', 'test', 'scripts', 'bin'])).toEqual([]);
  });

  it('are each noticed when broken, and nothing else is', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-planted-'));
    try {
      symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
      const files = [...Object.entries(sound), ...planted.map(([, file, text]) => [file, text] as const)];
      for (const [file, text] of files) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), `${text}\n`);
      }
      const found = new Set(violations(directory, ['src', 'demo']));
      expect([...found].sort()).toEqual([...new Set(planted.map(([rule, file]) => `${rule}: ${file}`))].sort());
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
