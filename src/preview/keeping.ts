import type { Objection } from '../policy/index.ts';
import type { RealmAdmin } from '../realm/index.ts';
import type { Alone } from '../store/index.ts';
import type { Hypothesis, Loss } from './hypothesis.ts';

export type Kept<R, O extends Objection = Objection> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly objection: O };

/** Methods of one person, by id. */
export interface MethodsOf {
  readonly userId: string;
  readonly ids: readonly string[];
}

/** `userId`: whose method policy needs. */
export interface RemovalObjection extends Objection {
  readonly userId?: string;
}

/**
 * Judged and done while nothing else that asks goes on in the realm, in whatever process: of two changes that each leave
 * an admin to the other, the second is judged with the first in force. Neither can be asked for within the other.
 */
export interface Keeping {
  /** Does `act`, unless `lastAdmin` speaks against what it would come to. `foresee`: undefined where nothing can. */
  keeping<R>(
    realm: string,
    foresee: () => Promise<Hypothesis | Loss | undefined>,
    act: () => Promise<R>,
  ): Promise<Kept<R>>;
  /** Does `act`, unless `removal` speaks against it. */
  removing<R>(realm: string, methods: readonly MethodsOf[], act: () => Promise<R>): Promise<Kept<R, RemovalObjection>>;
}

interface Judges {
  lastAdmin(realm: string, change: Hypothesis | Loss): Promise<Objection | undefined>;
  removal(realm: string, methods: readonly MethodsOf[]): Promise<RemovalObjection | undefined>;
}

export function createKeeping(
  { alone, realms }: { readonly alone: Alone; readonly realms: Pick<RealmAdmin, 'forget'> },
  { lastAdmin, removal }: Judges,
): Keeping {
  const unless = <R, O extends Objection>(realm: string, judge: () => Promise<O | undefined>, act: () => Promise<R>) =>
    alone(`who administers ${realm}`, async (stillMine): Promise<Kept<R, O>> => {
      // What other processes changed a moment ago counts.
      realms.forget();
      const objection = await judge();
      if (objection !== undefined) return { ok: false, objection };
      stillMine();
      return { ok: true, value: await act() };
    });

  return {
    keeping: (realm, foresee, act) =>
      unless(
        realm,
        async () => {
          const change = await foresee();
          return change === undefined ? undefined : lastAdmin(realm, change);
        },
        act,
      ),
    removing: (realm, methods, act) => unless(realm, () => removal(realm, methods), act),
  };
}
