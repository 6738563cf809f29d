import type { Clock } from '../kernel/index.ts';
import type { Actor, People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import { createRounds, type Leases, type Log, type OutboxItem, type Store } from '../store/index.ts';
import type { TakeCensus } from './census.ts';
import { daysDeclaration, participantId, participantsDeclaration, rolloutsDeclaration } from './collections.ts';
import { type Changed, type Created, createRegister, type Transition } from './register.ts';
import type { Day, Figures, NewRollout, Participant, Rollout, Stand } from './rollout.ts';
import { survey } from './survey.ts';
import { pause, resume, start, stop } from './transitions.ts';
import { createWork, type Worked } from './work.ts';

export interface RolloutsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly realms: Pick<Realms, 'get' | 'list'>;
  readonly people: Pick<People, 'list' | 'get' | 'tenancy'>;
  readonly factorKinds: readonly string[];
  readonly census: TakeCensus;
  readonly log: Log;
  /**
   * Does `act`, unless nobody who administers the realm could sign in with every wave of `rollout` begun, though somebody
   * can now. Absent: anyhow.
   */
  readonly keepAdmins?: (
    rollout: Rollout,
    act: () => Promise<Changed>,
  ) => Promise<{ readonly ok: true; readonly value: Changed } | { readonly ok: false }>;
}

export interface Rollouts {
  create(input: NewRollout, actor: Actor): Promise<Created>;
  /** By id or name. */
  find(realm: string, ref: string): Promise<Rollout | undefined>;
  /** Oldest first; what a decision reads. */
  list(realm: string): Promise<readonly Rollout[]>;
  /** How every wave would stand if it began now; nothing is written. Undefined: the realm is gone. */
  preview(rollout: Rollout): Promise<ReadonlyMap<number, Figures> | undefined>;
  start(rollout: Rollout, actor: Actor): Promise<Changed>;
  pause(rollout: Rollout, actor: Actor): Promise<Changed>;
  resume(rollout: Rollout, actor: Actor, stopAbovePercent?: number): Promise<Changed>;
  /** `from`: index of a wave. */
  stop(rollout: Rollout, actor: Actor, from: number): Promise<Changed>;
  /** Where it binds nobody: not started, or stopped from its first wave on. What is known of its people goes with it. */
  remove(rollout: Rollout, actor: Actor): Promise<Changed>;
  /** Looks at everybody as it is now; `isAsked`: reminds who was not yet, without waiting for the day. */
  work(rollout: Rollout, isAsked: boolean): Promise<Worked | undefined>;
  /** Of the last `days` days on which it was looked at, oldest first. */
  progress(rollout: Rollout, days: number): Promise<readonly Day[]>;
  /** Ids of those who stand so, as they were last seen. */
  standing(rollout: Rollout, stand: Stand, limit: number): Promise<readonly Participant[]>;
  /** Notes from the audit log who began to set something up. Idempotent. */
  told(items: readonly OutboxItem[]): Promise<void>;
  /** Calls `listener` after this process changed one of a realm. */
  onChange(listener: (realm: string) => void): void;
  /** One round over all, whoever holds the lease. */
  workOnce(): Promise<void>;
  startRounds(): void;
  stopRounds(): Promise<void>;
}

const everyMs = 5 * 60_000;
/** A round over many people is followed by a rest nine times as long: a tenth of the time at most. */
const restTimes = 9;
const leaseS = 600;
const leaseName = 'rollouts';
const dayMs = 86_400_000;
/** Once its last wave began so long ago, a look a day is enough. */
const youngMs = 30 * dayMs;
/** The most waves there can be, a record a day each. */
const wavesAtMost = 50;

/** Create before `store.bootstrap()`. */
export function createRollouts(deps: RolloutsDeps): Rollouts {
  const { store, clock, leases, realms, people, log } = deps;
  const listeners: ((realm: string) => void)[] = [];
  const changed = (realm: string) => {
    for (const listener of listeners) listener(realm);
  };
  const rollouts = store.collection(rolloutsDeclaration);
  const participants = store.collection(participantsDeclaration);
  const days = store.collection(daysDeclaration);
  const register = createRegister({ rollouts, clock, factorKinds: deps.factorKinds, changed });
  const surveyed = { people, participants, register, census: deps.census, clock };
  const workOn = createWork({ ...surveyed, people, participants, days, register });
  let isStopping = false;

  /** From here on it binds people, now or when its waves begin. */
  async function binding(rollout: Rollout, transition: Transition): Promise<Changed> {
    const { realm, id, state } = rollout;
    const act = () => register.move(realm, id, transition);
    if (deps.keepAdmins === undefined || !transition.from.includes(state)) return act();
    const kept = await deps.keepAdmins(rollout, act);
    return kept.ok ? kept.value : { ok: false, why: 'strands_admins' };
  }

  const progress: Rollouts['progress'] = async ({ id }, wanted) => {
    const from = new Date(clock.now().getTime() - (wanted - 1) * dayMs).toISOString().slice(0, 10);
    const query = { index: 'day', equals: [id], range: { from }, limit: Math.min(wanted, 366) * wavesAtMost };
    return (await days.list(query)).items;
  };

  async function isDue(rollout: Rollout): Promise<boolean> {
    if (rollout.state === 'draft') return false;
    const last = Math.max(...rollout.waves.map(({ startsAt }) => startsAt.getTime()));
    return clock.now().getTime() < last + youngMs || (await progress(rollout, 1)).length === 0;
  }

  /** What is known of people in a roll-out that is there no more. */
  async function clear(id: string): Promise<void> {
    while ((await participants.removeWhere({ index: 'rollout', equals: [id], limit: 500 })) > 0);
    while ((await days.removeWhere({ index: 'day', equals: [id], limit: 500 })) > 0);
  }

  async function workOnce(): Promise<void> {
    for (const realm of await realms.list()) {
      for (const id of await register.removed(realm.id)) await clear(id);
      for (const rollout of await register.list(realm.id)) {
        if (isStopping) return;
        if (!(await isDue(rollout))) continue;
        await workOn(realm, rollout, { isOver: () => isStopping });
      }
    }
  }

  let restUntil = 0;
  const rounds = createRounds(
    'roll-outs',
    everyMs,
    async () => {
      const began = performance.now();
      if (began < restUntil || !(await leases.hold(leaseName, leaseS))) return;
      await workOnce();
      const ended = performance.now();
      restUntil = ended + (ended - began) * restTimes;
    },
    log,
  );

  return {
    create: (input, actor) => register.create(input, actor),
    find: (realm, ref) => register.find(realm, ref),
    list: (realm) => register.list(realm),
    async preview(rollout) {
      const realm = await realms.get(rollout.realm);
      if (realm === undefined) return undefined;
      const waves = new Set(rollout.waves.keys());
      return survey(surveyed, { realm, rollout, waves });
    },
    start: (rollout, actor) => binding(rollout, start(actor)),
    pause: ({ realm, id }, actor) => register.move(realm, id, pause(actor)),
    resume: (rollout, actor, stopAbovePercent) => binding(rollout, resume(actor, stopAbovePercent)),
    stop: ({ realm, id }, actor, from) => register.move(realm, id, stop(actor, from)),
    async remove({ realm, id }, actor) {
      const removed = await register.remove(realm, id, actor);
      if (removed.ok) await clear(id);
      return removed;
    },
    async work({ realm: realmId, id }, isAsked) {
      const [realm, rollout] = await Promise.all([realms.get(realmId), register.find(realmId, id)]);
      return realm === undefined || rollout === undefined ? undefined : workOn(realm, rollout, { isAsked });
    },
    progress,
    async standing({ id }, stand, limit) {
      return (await participants.list({ index: 'stand', equals: [id, stand], limit })).items;
    },
    async told(items) {
      for (const { at, body } of items) {
        const { type, realm, subject } = body;
        if (type !== 'set_up.begun' || typeof realm !== 'string' || typeof subject !== 'string') continue;
        for (const { id: rollout, state } of await register.list(realm)) {
          if (state !== 'running') continue;
          const id = participantId(rollout, subject);
          await participants.upsert(id, (before = { id, rollout, userId: subject }) =>
            before.begunAt !== undefined && before.begunAt >= at ? before : { ...before, begunAt: at },
          );
        }
      }
    },
    onChange: (listener) => void listeners.push(listener),
    workOnce,
    startRounds: () => rounds.start(),
    async stopRounds() {
      isStopping = true;
      await rounds.stop();
      await leases.release(leaseName).catch(() => undefined);
    },
  };
}
