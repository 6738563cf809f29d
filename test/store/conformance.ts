import { conformsInCopying } from './conform-copying.ts';
import { conformsInIndexes } from './conform-indexes.ts';
import { conformsInLists } from './conform-lists.ts';
import { conformsInOutboxes } from './conform-outbox.ts';
import { conformsInProcesses } from './conform-processes.ts';
import { conformsInRaces } from './conform-races.ts';
import { conformsInSealing } from './conform-sealing.ts';
import { conformsInSingles } from './conform-singles.ts';
import { conformsInTurns } from './conform-turns.ts';
import type { OpenDatabase } from './engine-under-test.ts';

/** Every promise of `src/store/port.ts`, for whatever engine `openDatabase` opens. `runs`: of the property test; `size`: documents that are copied. */
export function conformance(name: string, openDatabase: OpenDatabase, runs = 60, size = 1_203): void {
  describe(`${name} keeps the storage port's promises`, () => {
    conformsInSingles(openDatabase);
    conformsInIndexes(openDatabase);
    conformsInLists(openDatabase, runs);
    conformsInRaces(openDatabase);
    conformsInSealing(openDatabase);
    conformsInOutboxes(openDatabase);
    conformsInTurns(openDatabase);
    conformsInProcesses(openDatabase);
    conformsInCopying(openDatabase, size);
  });
}
