import type { Clock } from '../kernel/index.ts';

/** How old what is read may be: changes of other nodes act within this time. */
const keptMs = 2_000;
/** Of one realm; more is forgotten all at once. */
const most = 5_000;

export interface Kept<V> {
  get(realm: string, id: string): Promise<V>;
  forget(realm: string): void;
}

/** Answers of `read`, for a moment: a busy organization is read once, however many of its people sign in. */
export function createKept<V>(clock: Clock, read: (realm: string, id: string) => Promise<V>): Kept<V> {
  const realms = new Map<string, Map<string, { readonly at: number; readonly value: Promise<V> }>>();

  return {
    get(realm, id) {
      const now = clock.now().getTime();
      const of = realms.get(realm) ?? new Map<string, { readonly at: number; readonly value: Promise<V> }>();
      realms.set(realm, of);
      const known = of.get(id);
      // A clock that was set back makes it stale too.
      if (known !== undefined && now >= known.at && now - known.at < keptMs) return known.value;
      if (of.size >= most) of.clear();
      const fresh = { at: now, value: read(realm, id) };
      of.set(id, fresh);
      fresh.value.catch(() => {
        if (of.get(id) === fresh) of.delete(id);
      });
      return fresh.value;
    },
    forget(realm) {
      realms.delete(realm);
    },
  };
}
