import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { memorySettings } from './product.ts';
import { rounded } from './statistics.ts';

const program = fileURLToPath(new URL('./hash-process.ts', import.meta.url));

/** CPU milliseconds of one Argon2id hash at the cost of production, as the sign-ins that are measured verify theirs. */
export async function hashCpuMs(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: { ...process.env, ...memorySettings },
  });
  return rounded(Number(stdout));
}
