import { isDeepStrictEqual } from 'node:util';
import type { Binding } from '../binding/index.ts';
import type { Factors } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Actor, People } from '../people/index.ts';
import { combine, type Level, type Rules, withoutEffect } from '../policy/index.ts';
import { createPreview, type Guards, type Previewed } from '../preview/index.ts';
import { judgeRules, type RealmAdmin } from '../realm/index.ts';
import type { Rollouts } from '../rollout/index.ts';
import { whoIs } from '../sign-in/index.ts';
import type { Alone } from '../store/index.ts';
import { forPeople, speaksAgainst, type Warning } from './guard.ts';

/** Whose own rules. `realm` alone: the realm's. */
export type LevelRef = { readonly realm: string } & (
  | { readonly kind: 'realm' }
  | { readonly kind: 'organization' | 'portal' | 'user'; readonly id: string }
);

export interface RulebookDeps {
  readonly realms: RealmAdmin;
  readonly people: People;
  readonly factors: Factors;
  readonly binding: Binding;
  /** Absent: nothing is rolled out. */
  readonly rollouts?: Pick<Rollouts, 'list'>;
  readonly guards: Pick<Guards, 'lastAdmin'>;
  readonly alone: Alone;
  readonly clock: Clock;
}

/** A level among those that bind whoever is under it, outermost first, itself last of its kind. */
export interface Page {
  readonly level: Level;
  readonly levels: readonly Level[];
  /** What it says to no effect. */
  readonly idle: ReturnType<typeof withoutEffect>;
}

export type RulesChanged =
  | { readonly ok: true; readonly before: Rules; readonly page: Page; readonly isChanged: boolean }
  | { readonly ok: false; readonly why: 'absent' }
  | { readonly ok: false; readonly why: 'refused'; readonly faults: readonly string[] }
  /** `canForce`: it may be done all the same. */
  | { readonly ok: false; readonly why: 'warned'; readonly warnings: readonly Warning[]; readonly canForce: boolean };

/** How everybody under the level would stand, and what would be said against the change. */
export type RulesPreviewed =
  | ({ readonly ok: true; readonly level: Level; readonly warnings: readonly Warning[] } & Previewed)
  | Extract<RulesChanged, { readonly why: 'absent' | 'refused' }>;

export interface Rulebook {
  read(ref: LevelRef): Promise<Page | undefined>;
  /** Every level above, and below the realm the level itself: what holds for whoever is there and nothing else. */
  change(
    ref: LevelRef,
    rules: Readonly<Record<string, unknown>>,
    options: { readonly actor: Actor; readonly isForced: boolean },
  ): Promise<RulesChanged>;
  /** The same without changing anything. */
  preview(ref: LevelRef, rules: Readonly<Record<string, unknown>>): Promise<RulesPreviewed>;
}

export function createRulebook(deps: RulebookDeps): Rulebook {
  const { realms, people, factors, binding, guards, clock } = deps;
  const { organizations } = people.tenancy;
  const previews = createPreview(deps);

  /** With `rules` in place of what the level says now. */
  async function pageOf(ref: LevelRef, rules?: Rules): Promise<Page | undefined> {
    const realm = await realms.get(ref.realm);
    if (realm === undefined) return undefined;
    const isRealm = ref.kind === 'realm';
    const top: Level = {
      ...{ kind: 'realm', id: realm.id, name: realm.name },
      rules: isRealm ? (rules ?? realm.policy) : realm.policy,
    };
    if (isRealm) return page([top], top);
    if (ref.kind === 'portal') {
      const portal = await realms.portal(ref.realm, ref.id);
      if (portal === undefined) return undefined;
      const own: Level = { kind: 'portal', id: portal.clientId, name: portal.name, rules: rules ?? portal.policy };
      return page([top, own], own);
    }
    if (ref.kind === 'organization') {
      const line = await organizations.lineOf(ref.realm, ref.id);
      if (line === undefined) return undefined;
      const levels = line.map(({ id, name, policy }, at): Level => {
        const under = line.slice(0, at).map((above) => above.id);
        return { kind: 'organization', id, name, rules: id === ref.id ? (rules ?? policy) : policy, under };
      });
      const own = levels.at(-1);
      return own === undefined ? undefined : page([top, ...levels], own);
    }
    const person = await people.get(ref.realm, ref.id);
    if (person === undefined) return undefined;
    const asked = { ...person, policy: rules ?? person.policy ?? {} };
    const levels = await binding.levelsFor(realm, undefined, asked);
    const own = levels.find(({ kind }) => kind === 'user');
    return own === undefined ? undefined : page(levels, own);
  }

  const write = async (ref: LevelRef, wanted: Readonly<Record<string, unknown>>, actor: Actor) => {
    const { realm } = ref;
    if (ref.kind === 'realm' || ref.kind === 'portal') {
      const where = ref.kind === 'portal' ? { realm, clientId: ref.id } : { realm };
      const report = await realms.setRules(where, wanted, actor);
      return report.ok ? [] : report.faults;
    }
    if (ref.kind === 'organization') {
      const changed = await organizations.change(
        realm,
        ref.id,
        ({ policy }) => ({ policy: merged(policy, wanted) }),
        actor,
      );
      return changed.ok ? [] : [shutOutSays[changed.why] ?? changed.why];
    }
    const changed = await people.setRules(realm, ref.id, (rules) => merged(rules, wanted), actor);
    return changed.ok ? [] : [shutOutSays[changed.why] ?? changed.why];
  };

  /** The level as it is, and with the change; its rules are judged by themselves. */
  async function draft(ref: LevelRef, wanted: Readonly<Record<string, unknown>>) {
    const now = await pageOf(ref);
    if (now === undefined) return { ok: false, why: 'absent' } as const;
    const judged = judgeRules(merged(now.level.rules, wanted), [...factors.kinds.keys()]);
    if (!judged.ok) return { ok: false, why: 'refused', faults: judged.faults } as const;
    const changed = await pageOf(ref, judged.rules);
    return changed === undefined ? ({ ok: false, why: 'absent' } as const) : ({ ok: true, now, changed } as const);
  }

  /** What speaks against it: by the rules alone, for who administers the realm, for everybody under the level. */
  async function judge(ref: LevelRef, now: Page, changed: Page) {
    const { rules } = changed.level;
    const { person, methods, supply } = await whoIs(deps, ref.realm, ref.kind === 'user' ? ref.id : undefined);
    const alone = speaksAgainst({
      ...{ before: combine(now.levels), after: combine(changed.levels), factors: supply.factors, at: clock.now() },
      ...(person === undefined ? {} : { somebody: { person, methods, supply } }),
    });
    const [lastAdmin, previewed] = await Promise.all([
      guards.lastAdmin(ref.realm, { kind: 'rules', level: ref, rules }),
      previews.of(ref.realm, ref, rules),
    ]);
    const people = previewed?.people ?? [];
    const warnings = [...alone, ...(lastAdmin === undefined ? [] : [lastAdmin]), ...forPeople(ref.kind, people)];
    return { warnings, previewed };
  }

  return {
    read: (ref) => pageOf(ref),
    async preview(ref, wanted) {
      const drafted = await draft(ref, wanted);
      if (!drafted.ok) return drafted;
      const { now, changed } = drafted;
      const { warnings, previewed } = await judge(ref, now, changed);
      if (previewed === undefined) return { ok: false, why: 'absent' };
      return { ok: true, level: changed.level, warnings, ...previewed };
    },
    // Judged with every change before it in force: two that each can be satisfied may not go together.
    change: (ref, wanted, { actor, isForced }) =>
      deps.alone(`rules of ${ref.realm}`, async (stillMine): Promise<RulesChanged> => {
        realms.forget();
        const drafted = await draft(ref, wanted);
        if (!drafted.ok) return drafted;
        const { now, changed } = drafted;
        const before = now.level.rules;
        const isChanged = !isDeepStrictEqual(before, changed.level.rules);
        if (!isChanged) return { ok: true, before, page: changed, isChanged };
        const { warnings } = await judge(ref, now, changed);
        const canForce = warnings.every(({ isRefusal }) => !isRefusal);
        if (warnings.length > 0 && !(isForced && canForce)) return { ok: false, why: 'warned', warnings, canForce };
        stillMine();
        const faults = await write(ref, wanted, actor);
        if (faults.length > 0) return { ok: false, why: 'refused', faults };
        return { ok: true, before, page: (await pageOf(ref)) ?? changed, isChanged };
      }),
  };
}

/** Judged anew by who writes it: somebody else may have been first. */
const shutOutSays: Readonly<Record<string, string>> = {
  strands_admins: 'nobody who administers the realm could sign in any more, by what was changed meanwhile',
};

function page(levels: readonly Level[], level: Level): Page {
  return { level, levels, idle: withoutEffect(levels, level) };
}

/** Null and undefined leave the rule to other levels. */
function merged(policy: Rules, wanted: Readonly<Record<string, unknown>>): Rules {
  const all = Object.entries({ ...policy, ...wanted });
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== undefined));
}
