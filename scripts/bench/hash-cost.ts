import { createHasher } from '../../src/people/index.ts';
import { rounded } from './statistics.ts';

/** CPU milliseconds of one Argon2id hash at the cost of production, as a sign-in verifies one. */
export async function hashCpuMs(times = 24): Promise<number> {
  const hasher = createHasher();
  const phc = await hasher.hash('a password', 'bench');
  const before = process.cpuUsage();
  for (let round = 0; round < times; round += 1) await hasher.verify(phc, 'a password', 'bench');
  const { user, system } = process.cpuUsage(before);
  return rounded((user + system) / 1000 / times);
}
