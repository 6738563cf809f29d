import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/index.ts';
import { aClock } from '../support/clock.ts';
import { aKeyring } from '../support/store.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Text of source files by path, `src/<room>/…`. */
type Sources = Readonly<Record<string, string>>;

const roomOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1] ?? '';
const isStore = (path: string) => roomOf(path) === 'store';

/** Collections that a file declares: by a constant, in place, or by a function of its own that makes declarations. */
function declaredIn(text: string): readonly string[] {
  const makers = [...text.matchAll(/function (\w+)\([^)]*\): Declaration</g)].map(([, name = '']) => name);
  const forms = [
    /: Declaration<[^=]*> = \{\s*name: '([a-z_]+)'/g,
    /\.collection(?:<[^(]*>)?\(\{\s*name: '([a-z_]+)'/g,
    ...makers.map((maker) => new RegExp(`\\b${maker}\\('([a-z_]+)'`, 'g')),
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map(([, name = '']) => name));
}

function collections(sources: Sources): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [path, text] of Object.entries(sources)) {
    for (const name of declaredIn(text)) found.set(name, [...(found.get(name) ?? []), path]);
  }
  return found;
}

/** What is wrong, a line each. */
function faults(sources: Sources): readonly string[] {
  const names = collections(sources);
  const twice = [...names]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name} is declared in ${paths.toSorted().join(' and ')}`);
  const shown = Object.entries(sources).flatMap(([path, text]) => {
    if (!/^src\/[^/]+\/index\.ts$/.test(path) || isStore(path)) return [];
    return [...text.matchAll(/\b\w*[dD]eclarations?\b/g)].map(([name]) => `${path} shows ${name} to other rooms`);
  });
  // The engines know collections by name; whoever else names one reaches around the room that owns it.
  const reached = Object.entries(sources).flatMap(([path, text]) => {
    if (isStore(path)) return [];
    const asked = [...text.matchAll(/\.(?:pending|removeExpired|collection)\(\s*'([a-z_]+)'/g)];
    return asked.map(([, name = '']) => `${path} reaches ${name} by its name`);
  });
  return [...twice, ...shown, ...reached].toSorted();
}

function ours(): Sources {
  const paths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path}`);
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

describe('collections', () => {
  it('are each declared once, in a room that keeps them to itself', () => {
    expect(faults(ours())).toEqual([]);
  });

  it('are all found by this test: the ones of the whole product are among them', async () => {
    const data = await mkdtemp(join(tmpdir(), 'gatehouse-collections-'));
    const read = readConfig({ GATEHOUSE_DATA: data });
    if (!read.ok) throw new Error(read.faults.join('\n'));
    const log = pino({ level: 'silent' });
    const demoOrigin = 'http://localhost:4001';
    const app = await createApp({ config: read.config, keyring: aKeyring(), clock: aClock(), log, demoOrigin });
    const opened = app.store.collections().map(({ declaration }) => declaration.name);
    await app.stop();
    await rm(data, { recursive: true });
    expect(opened.length).toBeGreaterThan(10);
    expect([...collections(ours()).keys()]).toEqual(expect.arrayContaining(opened));
  });

  it('of which one is declared twice, shown, or reached by name are noticed', () => {
    const declared = "export const usersDeclaration: Declaration<User> = {\n  name: 'users',\n};";
    const planted: Sources = {
      'src/people/collections.ts': declared,
      'src/people/index.ts': "export { usersDeclaration } from './collections.ts';",
      'src/audit/place.ts': "const users = store.collection<User>({\n  name: 'users',\n});",
      'src/oidc/made.ts':
        "function made(name: string): Declaration<Doc> {\n  return { name };\n}\nconst all = [made('users')];",
      'src/messaging/peek.ts': "const left = await store.pending('users', 10);",
      'src/store/open.ts': "const left = await engine.pending('users', 10);",
    };
    expect(faults(planted)).toEqual([
      'src/messaging/peek.ts reaches users by its name',
      'src/people/index.ts shows usersDeclaration to other rooms',
      'users is declared in src/audit/place.ts and src/oidc/made.ts and src/people/collections.ts',
    ]);
  });
});
