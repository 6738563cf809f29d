import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of one pure room and its tests, to be broken; the checkout stays as it is. */
export interface Workplace {
  /** Names of the room's files. */
  readonly files: readonly string[];
  read(file: string): Promise<string>;
  write(file: string, source: string): Promise<void>;
  /** Whether the room's tests pass; those named, or all. */
  pass(...names: readonly string[]): Promise<boolean>;
  close(): Promise<void>;
}

export async function openWorkplace(room: string): Promise<Workplace> {
  const place = await mkdtemp(join(tmpdir(), 'gatehouse-mutation-'));
  const source = join(place, 'src', room);
  const tests = join(place, 'test', room);
  await cp(join(root, 'src', room), source, { recursive: true });
  await cp(join(root, 'test', room), tests, { recursive: true });
  await symlink(join(root, 'node_modules'), join(place, 'node_modules'));
  await writeFile(join(place, 'package.json'), '{ "type": "module" }');
  const testFiles = (await readdir(tests)).filter((file) => file.endsWith('.test.ts')).toSorted();
  return {
    files: (await readdir(source)).filter((file) => file.endsWith('.ts')).toSorted(),
    read: (file) => readFile(join(source, file), 'utf8'),
    write: (file, text) => writeFile(join(source, file), text),
    pass(...names) {
      const asked = names.length === 0 ? testFiles : names.map((name) => `${name}.test.ts`);
      return pass(asked.map((file) => join(tests, file)));
    },
    close: () => rm(place, { recursive: true }),
  };
}

/** A mutant may never end. */
const patienceMs = 120_000;

function pass(files: readonly string[]): Promise<boolean> {
  const worker = new Worker(new URL('./run-tests.ts', import.meta.url), {
    workerData: files,
    stdout: true,
    stderr: true,
  });
  return new Promise((resolve) => {
    const end = (isPassed: boolean) => {
      clearTimeout(timer);
      resolve(isPassed);
      void worker.terminate();
    };
    const timer = setTimeout(() => end(false), patienceMs);
    worker.once('error', () => end(false));
    worker.once('exit', (code) => end(code === 0));
  });
}
