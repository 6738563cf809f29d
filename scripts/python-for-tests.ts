/** Python programs for tests: packages of PyPI, installed once into a virtual environment outside the repository. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gatehouse-tests');
const run = promisify(execFile);

/** What `hasPython` looks for, for people who lack it. */
export const pythonNeeded = 'a python3 (3.10, with venv)';

/** Whether there is a Python that can make virtual environments. */
export function hasPython(): boolean {
  return spawnSync('python3', ['-c', 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
}

/**
 * The directory of programs of an environment with these packages, such as `Flask==3.1.3`. Made under another name
 * and moved into place, so that two test runs may do it together. Throws when it cannot be installed.
 */
export async function pythonPrograms(requirements: readonly string[]): Promise<string> {
  const target = join(cacheDir, requirements.map((one) => one.replace('==', '-')).join('_'));
  const programs = join(target, 'bin');
  if (existsSync(programs)) return programs;
  await mkdir(cacheDir, { recursive: true });
  const making = await mkdtemp(join(cacheDir, 'making-'));
  const python = join(making, 'bin', 'python3');
  await run('python3', ['-m', 'venv', making]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements]);
  await rename(making, target).catch(async (error: unknown) => {
    await rm(making, { recursive: true, force: true });
    if (!existsSync(programs)) throw error;
  });
  return programs;
}
