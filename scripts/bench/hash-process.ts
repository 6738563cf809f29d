/**
 * Prints the CPU milliseconds of one Argon2id hash, in a process of its own, since glibc asks but once how memory is to
 * be had; as many at once as a server makes that has more to do, since they take the memory's bandwidth from each other.
 */
import { availableParallelism } from 'node:os';
import { createHasher } from '../../src/people/index.ts';

const atOnce = availableParallelism();
const rounds = 16;
const hasher = createHasher();
const phc = await hasher.hash('a password', 'bench');

async function verifyAll(times: number): Promise<void> {
  const one = async (lane: number) => {
    for (let round = 0; round < times; round += 1) await hasher.verify(phc, 'a password', `bench-${lane}`);
  };
  await Promise.all(Array.from({ length: atOnce }, (_, lane) => one(lane)));
}

await verifyAll(2);
const before = process.cpuUsage();
await verifyAll(rounds);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000 / rounds / atOnce));
