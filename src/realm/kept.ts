import type { Path } from './describe-issue.ts';
import type { RealmInFile } from './file-shape.ts';
import { type Foretold, type KeepAdmins, strandedFault } from './foretell.ts';

export type Kept = <R>(
  realm: string,
  file: Pick<RealmInFile, 'portals' | 'organizations'>,
  foresee: () => Promise<Foretold | undefined>,
  act: () => Promise<R>,
) => Promise<
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly fault: { readonly path: Path; readonly message: string } }
>;

/** What was changed is in no file. */
export const noFile = { portals: [], organizations: [] };

/** `keepAdmins`, with a fault of the file in place of reasons. */
export function createKept(keepAdmins: KeepAdmins | undefined): Kept {
  return async (realm, file, foresee, act) => {
    if (keepAdmins === undefined) return { ok: true, value: await act() };
    let foretold: Foretold | undefined;
    const done = await keepAdmins(realm, async () => (foretold = await foresee()), act);
    if (done.ok) return done;
    return { ok: false, fault: strandedFault(file, done.reasons, foretold ?? noFile) };
  };
}
