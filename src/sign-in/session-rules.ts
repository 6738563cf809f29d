import type { Portal, Realm } from '../realm/index.ts';
import { rulesFor } from './visit.ts';

/** How long a session lasts and how long it may lie idle: for one portal, or for the realm alone. */
export function sessionRules(realm: Realm, portal: Portal | undefined) {
  const { sessionHours, idleMinutes } = rulesFor(realm, portal);
  return { sessionHours: sessionHours.value, idleMinutes: idleMinutes.value };
}
