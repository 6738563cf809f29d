import type { Binding } from '../binding/index.ts';
import type { People } from '../people/index.ts';
import { combine } from '../policy/index.ts';
import type { Portal, Realm } from '../realm/index.ts';
import { rulesFor } from './decide.ts';

/** How long a session lasts and how long it may lie idle: for one portal, or for the realm alone. */
export function sessionRules(realm: Realm, portal: Portal | undefined) {
  const { sessionHours, idleMinutes } = rulesFor(realm, portal);
  return { sessionHours: sessionHours.value, idleMinutes: idleMinutes.value };
}

/** The same for a session: what binds the person whose it is takes part. */
export function createSessionRulesOf({ people, binding }: { people: Pick<People, 'get'>; binding: Binding }) {
  return async (
    realm: Realm,
    portal: Portal | undefined,
    session: { readonly userId: string; readonly organization?: string | undefined },
  ) => {
    const person = await people.get(realm.id, session.userId);
    const levels = await binding.levelsFor(realm, portal, person, session.organization);
    const { sessionHours, idleMinutes } = combine(levels);
    return { sessionHours: sessionHours.value, idleMinutes: idleMinutes.value };
  };
}
