import { auditEvent } from '../audit/index.ts';
import { type Clock, newId } from '../kernel/index.ts';
import type { Actor } from '../people/index.ts';
import { type Collection, Duplicate, type OutboxItem, withOutbox } from '../store/index.ts';
import { keyOf, type StoredRollout } from './collections.ts';
import { judgeNew } from './judge-new.ts';
import type { NewRollout, Rollout, RolloutState } from './rollout.ts';

/** `state`: not from the state it is in. `strands_admins`: nobody who administers the realm could sign in then. */
export type Changed =
  | { readonly ok: true; readonly rollout: Rollout }
  | { readonly ok: false; readonly why: 'absent' | 'strands_admins' }
  | { readonly ok: false; readonly why: 'state'; readonly state: RolloutState };

export type Created =
  | { readonly ok: true; readonly rollout: Rollout }
  | { readonly ok: false; readonly faults: readonly string[] };

type Details = Readonly<Record<string, string | number>>;

/** One change of state: from where, to what, and what is told of it. */
export interface Transition {
  readonly type: 'started' | 'paused' | 'resumed' | 'stopped';
  readonly from: readonly RolloutState[];
  /** Refuses by undefined. */
  readonly change: (rollout: Rollout, now: Date) => Rollout | undefined;
  readonly actor: Actor;
  readonly details?: Details;
  readonly messages?: readonly OutboxItem[];
}

export interface Register {
  create(input: NewRollout, actor: Actor): Promise<Created>;
  /** By id or name. */
  find(realm: string, ref: string): Promise<Rollout | undefined>;
  /** Oldest first. */
  list(realm: string): Promise<readonly Rollout[]>;
  move(realm: string, id: string, transition: Transition): Promise<Changed>;
  /** Only where it binds nobody: not started, or stopped from its first wave on. Then it is there no more. */
  remove(realm: string, id: string, actor: Actor): Promise<Changed>;
  /** Ids of those removed, of which something may be left. */
  removed(realm: string): Promise<readonly string[]>;
}

/** A realm has a handful at a time; this bounds what a decision reads. */
export const mostPerRealm = 100;

/** Long enough for a round to clear away what is left of it. */
const keptMs = 86_400_000;

const isThere = ({ keptUntil }: StoredRollout) => keptUntil === undefined;

export function createRegister(deps: {
  readonly rollouts: Collection<StoredRollout>;
  readonly clock: Clock;
  readonly factorKinds: readonly string[];
  /** Called after a change of this process. */
  readonly changed: (realm: string) => void;
}): Register {
  const { rollouts, clock } = deps;

  async function all(realm: string): Promise<readonly StoredRollout[]> {
    const found: StoredRollout[] = [];
    let after: string | undefined;
    do {
      const next = after === undefined ? {} : { after };
      const page = await rollouts.list({ index: 'name', equals: [realm], limit: mostPerRealm, ...next });
      found.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return found.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));
  }
  const list = async (realm: string) => (await all(realm)).filter(isThere);

  const told = (rollout: Rollout, type: string, actor: Actor, details: Details = {}) =>
    auditEvent(clock.now(), {
      ...{ type: `rollout.${type}`, realm: rollout.realm, actor },
      details: { rollout: rollout.id, name: rollout.name, ...details },
    });

  return {
    list,
    async find(realm, ref) {
      const found = (await rollouts.get(ref)) ?? (await rollouts.findBy('name', [realm, keyOf(ref)]));
      return found?.realm === realm && isThere(found) ? found : undefined;
    },

    async create(input, actor) {
      const judged = judgeNew(input, deps.factorKinds);
      if (!judged.ok) return judged;
      if ((await list(input.realm)).length >= mostPerRealm) {
        return { ok: false, faults: [`a realm has at most ${mostPerRealm} roll-outs`] };
      }
      const now = clock.now();
      const { realm, name, waves, organization } = input;
      const rollout: StoredRollout = {
        ...{ id: newId(), realm, name: name.trim(), key: keyOf(name), rules: judged.rules, waves },
        ...(organization === undefined ? {} : { organization }),
        stopAbovePercent: input.stopAbovePercent ?? 2,
        remindBeforeDays: input.remindBeforeDays ?? 7,
        remindAfterDays: input.remindAfterDays ?? 3,
        ...{ state: 'draft', createdAt: now, changedAt: now },
      };
      const rules = JSON.stringify(judged.rules).slice(0, 1_000);
      try {
        await rollouts.insert(withOutbox(rollout, told(rollout, 'created', actor, { rules, waves: waves.length })));
      } catch (error) {
        if (error instanceof Duplicate) return { ok: false, faults: [`there is a roll-out "${rollout.name}" already`] };
        throw error;
      }
      deps.changed(realm);
      return { ok: true, rollout };
    },

    async move(realm, id, { type, from, change, actor, details, messages = [] }) {
      let state: RolloutState | undefined;
      const moved = await rollouts.update(id, (before) => {
        state = undefined;
        if (before.realm !== realm || !isThere(before)) return undefined;
        state = before.state;
        if (!from.includes(before.state)) return undefined;
        const now = clock.now();
        const after = change(before, now);
        if (after === undefined) return undefined;
        const stored = { ...after, key: before.key, changedAt: now };
        return withOutbox(stored, told(after, type, actor, details), ...messages);
      });
      if (moved.ok) deps.changed(realm);
      if (moved.ok) return { ok: true, rollout: moved.doc };
      return state === undefined ? { ok: false, why: 'absent' } : { ok: false, why: 'state', state };
    },

    async remove(realm, id, actor) {
      let state: RolloutState | undefined;
      const removed = await rollouts.update(id, (before) => {
        state = undefined;
        if (before.realm !== realm || !isThere(before)) return undefined;
        state = before.state;
        if (state !== 'draft' && before.stoppedFrom !== 0) return undefined;
        const now = clock.now();
        // Nobody's name any more.
        const kept = { key: `removed/${id}`, changedAt: now, keptUntil: new Date(now.getTime() + keptMs) };
        return withOutbox({ ...before, ...kept }, told(before, 'removed', actor));
      });
      if (removed.ok) deps.changed(realm);
      if (removed.ok) return { ok: true, rollout: removed.doc };
      return state === undefined ? { ok: false, why: 'absent' } : { ok: false, why: 'state', state };
    },
    removed: async (realm) => (await all(realm)).filter((each) => !isThere(each)).map(({ id }) => id),
  };
}
