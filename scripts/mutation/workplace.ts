import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of one room and its tests, to be broken; the checkout stays as it is. */
export interface Workplace {
  /** Names of the room's files. */
  readonly files: readonly string[];
  read(file: string): Promise<string>;
  write(file: string, source: string): Promise<void>;
  /** Whether the room's tests pass; `names` of test files, or all. */
  pass(...names: readonly string[]): Promise<boolean>;
  close(): Promise<void>;
}

export async function openWorkplace(room: string): Promise<Workplace> {
  const place = await mkdtemp(join(tmpdir(), 'gatehouse-mutation-'));
  const source = join(place, 'src', room);
  await mkdir(join(place, 'test/support'), { recursive: true });
  await cp(join(root, 'src', room), source, { recursive: true });
  await cp(join(root, 'test', room), join(place, 'test', room), { recursive: true });
  await cp(join(root, setup), join(place, setup));
  await symlink(join(root, 'node_modules'), join(place, 'node_modules'));
  await writeFile(join(place, 'no-shrinking.js'), noShrinking);
  await writeFile(join(place, 'package.json'), '{ "type": "module" }');
  await writeFile(join(place, 'jest.config.js'), `export default ${JSON.stringify(config)};`);
  return {
    files: (await readdir(source)).filter((file) => file.endsWith('.ts')).toSorted(),
    read: (file) => readFile(join(source, file), 'utf8'),
    write: (file, text) => writeFile(join(source, file), text),
    pass: (...names) => pass(place, names),
    close: () => rm(place, { recursive: true }),
  };
}

/** That a property fails is all there is to know. */
const noShrinking = "import fc from 'fast-check';\nfc.configureGlobal({ endOnFailure: true });\n";

/** As in the checkout's own configuration. */
const setup = 'test/support/structured-clone.ts';
const config = {
  testEnvironment: 'node',
  setupFiles: [`<rootDir>/${setup}`, '<rootDir>/no-shrinking.js'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};

function pass(place: string, names: readonly string[]): Promise<boolean> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const patterns = names.map((name) => `/${name}\\.test\\.ts$`);
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      '--bail',
      '-i',
      '--silent',
      ...patterns,
    ],
    // A mutant may never end.
    { cwd: place, stdio: 'ignore', timeout: 120_000 },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}
