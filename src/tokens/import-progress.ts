import { garbageCollector } from './collect-garbage.ts';

const collectEvery = 2_500;
const tellEvery = 10_000;

/** What an import calls with the number of tokens it has read: says so now and then, and keeps memory small. */
export function createProgress(say: ((line: string) => void) | undefined): (read: number) => void {
  const collect = garbageCollector();
  collect({ type: 'major' });
  let collected = 0;
  let told = 0;
  return (read) => {
    const isDue = read >= collected + collectEvery;
    collect({ type: isDue ? 'major' : 'minor' });
    if (isDue) collected = read;
    if (read < told + tellEvery) return;
    told = read;
    say?.(`${read} read\n`);
  };
}
