import { conformsInIndexes } from './conform-indexes.ts';
import { conformsInLists } from './conform-lists.ts';
import { conformsInOutboxes } from './conform-outbox.ts';
import { conformsInProcesses } from './conform-processes.ts';
import { conformsInRaces } from './conform-races.ts';
import { conformsInSealing } from './conform-sealing.ts';
import { conformsInSingles } from './conform-singles.ts';
import type { OpenDatabase } from './engine-under-test.ts';

/** Every promise of `src/store/port.ts`, for whatever engine `openDatabase` opens. `runs`: of the property test. */
export function conformance(name: string, openDatabase: OpenDatabase, runs = 60): void {
  describe(`${name} keeps the storage port's promises`, () => {
    conformsInSingles(openDatabase);
    conformsInIndexes(openDatabase);
    conformsInLists(openDatabase, runs);
    conformsInRaces(openDatabase);
    conformsInSealing(openDatabase);
    conformsInOutboxes(openDatabase);
    conformsInProcesses(openDatabase);
  });
}
