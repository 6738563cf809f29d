import { auditEvent } from '../audit/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Rules } from '../policy/index.ts';
import type { KeepAdmins } from './organizations/tenancy.ts';
import type { Registry } from './registry.ts';
import type { People } from './user.ts';

/** What people ask of themselves beside what binds everybody. */
export function createOwnRules(deps: {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly keepAdmins: KeepAdmins;
}): Pick<People, 'setRules'> {
  const { registry, clock, keepAdmins } = deps;

  return {
    async setRules(realm, userId, change, actor) {
      const kept = await keepAdmins(
        realm,
        async () => {
          const user = await registry.get(realm, userId);
          return user && { kind: 'rules', level: { kind: 'user', id: userId }, rules: change(user.policy ?? {}) };
        },
        () =>
          registry.update(realm, userId, (user) => {
            const before = user.policy ?? {};
            const policy = change(before);
            const details = changes(before, policy);
            if (Object.keys(details).length === 0) return user;
            const event = { type: 'user.policy_changed', realm, actor, subject: user.id, details };
            return { ...user, policy, outbox: [...(user.outbox ?? []), auditEvent(clock.now(), event)] };
          }),
      );
      if (!kept.ok) return { ok: false, why: 'strands_admins' };
      return kept.value === undefined ? { ok: false, why: 'absent' } : { ok: true, user: kept.value };
    },
  };
}

/** In UTF-16 units, of each: lists may be longer than the audit log keeps. */
const longestShown = 400;

/** Rule by rule, before → after. */
function changes(before: Rules, after: Rules): Record<string, string> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Rules)[];
  const said = (rules: Rules, rule: keyof Rules) => JSON.stringify(rules[rule] ?? null);
  return Object.fromEntries(
    names.flatMap((rule) => {
      const [from, to] = [said(before, rule), said(after, rule)];
      return from === to ? [] : [[rule, `${from.slice(0, longestShown)} → ${to.slice(0, longestShown)}`]];
    }),
  );
}
