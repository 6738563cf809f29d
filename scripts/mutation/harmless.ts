import type { Mutant } from './mutants.ts';

/** Faults that change nothing anybody could see, each with why. */
const known: readonly { readonly after: string; readonly why: string }[] = [
  {
    after: 'if (blockLists.size > mostBlockLists) blockLists.clear();',
    why: 'how much is kept is no promise',
  },
];

export function harmless({ after }: Mutant): boolean {
  return known.some((each) => each.after === after.trim());
}
