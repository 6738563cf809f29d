import { auditEvent } from '../../audit/index.ts';
import { type Clock, GatehouseError } from '../../kernel/index.ts';
import { type Collection, Duplicate, withOutbox } from '../../store/index.ts';
import type { Actor } from '../actor.ts';
import { carryBelow } from './carry.ts';
import { aTree, type Outcome, type StoredOrganization, type Tree, type TreeChange, withinOf } from './collections.ts';
import { type JudgeParts, judgeChange } from './judge-change.ts';

export interface TreeChangesParts extends JudgeParts {
  readonly trees: Collection<Tree>;
  readonly clock: Clock;
}

/**
 * Moves and removals of a realm, one after another. Each is written down before anything is done (`Tree.change`), so that
 * whoever comes next finishes what a crash left; it takes effect with one write of the organization itself, which also
 * marks it settled, so that nobody can settle it a second time. Below it, only lists are behind for a moment.
 */
export interface TreeChanges {
  run(change: Pick<TreeChange, 'kind' | 'organization' | 'to' | 'actor'>, realm: string): Promise<Outcome>;
  /** Runs `act` again while the tree changed meanwhile. `seq`: the change that what it reads is no older than. */
  steady<R>(realm: string, act: (seq: number) => Promise<R>): Promise<R>;
  /** Finishes what was left, of any realm; returns how many. */
  repair(): Promise<number>;
}

const rounds = 64;
/** Changes left behind for so long are somebody else's to finish. */
const leftAfterMs = 10_000;

export function createTreeChanges(parts: TreeChangesParts): TreeChanges {
  const { trees, organizations, clock } = parts;
  const crowded = (realm: string) =>
    new GatehouseError('unavailable', `organizations of ${realm} are being moved by many at once`, { retryAfterS: 1 });

  /** What became of it; undefined when others settled something else of this organization meanwhile. */
  async function settle(realm: string, change: TreeChange): Promise<Outcome | undefined> {
    let judged = await judgeChange(parts, realm, change);
    for (;;) {
      let seen: StoredOrganization | undefined;
      const { outcome, place } = judged;
      try {
        const settled = await organizations.update(change.organization, (before) => {
          seen = before;
          if (before.realm !== realm || before.settled?.seq !== change.before) return undefined;
          const marked = { ...before, settled: { seq: change.seq, outcome } };
          if (outcome !== 'done') return marked;
          return change.kind === 'move' ? moved(marked, change, place) : removed(marked, change);
        });
        if (settled.ok) return outcome;
        return seen?.settled?.seq === change.seq ? seen.settled.outcome : seen === undefined ? 'absent' : undefined;
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error;
        judged = { outcome: 'name_taken', place: [] };
      }
    }
  }

  function moved(org: StoredOrganization, change: TreeChange, above: readonly string[]): StoredOrganization {
    const { parent: from, ...rest } = org;
    const at = clock.now();
    const event = auditEvent(at, {
      type: 'organization.moved',
      realm: org.realm,
      actor: change.actor,
      details: { organization: org.id, from: from ?? null, to: change.to ?? null },
    });
    const there = {
      ...rest,
      ...(change.to === undefined ? {} : { parent: change.to }),
      within: withinOf(org.realm, change.to),
      ancestors: above,
      placedBy: change.seq,
      changedAt: at,
    };
    return withOutbox(there, event);
  }

  function removed(org: StoredOrganization, { actor }: TreeChange): StoredOrganization {
    const { within: _within, parent: _parent, ...rest } = org;
    const at = clock.now();
    const event = auditEvent(at, {
      type: 'organization.removed',
      realm: org.realm,
      actor,
      details: { organization: org.id, name: org.name },
    });
    return withOutbox({ ...rest, ancestors: [], removedAt: at, changedAt: at }, event);
  }

  async function finish(realm: string, change: TreeChange): Promise<Outcome | undefined> {
    const outcome = await settle(realm, change);
    if (outcome === 'done' && change.kind === 'move') await carryBelow(parts, change);
    await trees.update(realm, (tree) => {
      const { change: open, ...rest } = tree;
      return open?.seq === change.seq ? rest : undefined;
    });
    return outcome;
  }

  /** The last change, once none is under way. */
  async function calm(realm: string): Promise<number> {
    for (let round = 0; round < rounds; round += 1) {
      const tree = await trees.get(realm);
      if (tree?.change === undefined) return tree?.seq ?? 0;
      await finish(realm, tree.change);
    }
    throw crowded(realm);
  }

  async function take(
    realm: string,
    wanted: { kind: TreeChange['kind']; organization: string; to?: string },
    actor: Actor,
  ) {
    const org = await organizations.get(wanted.organization);
    if (org?.realm !== realm) return 'absent';
    const before = org.settled === undefined ? {} : { before: org.settled.seq };
    const at = clock.now();
    const taken = await trees.upsert(realm, (found) => {
      const tree = found ?? aTree(realm);
      if (tree.change !== undefined) return undefined;
      const seq = tree.seq + 1;
      return { ...tree, seq, change: { ...wanted, ...before, seq, actor, at } };
    });
    return taken.ok ? taken.doc.change : undefined;
  }

  return {
    async run({ kind, organization, to, actor }, realm) {
      for (let round = 0; round < rounds; round += 1) {
        await calm(realm);
        const change = await take(realm, { kind, organization, ...(to === undefined ? {} : { to }) }, actor);
        if (change === 'absent') return 'absent';
        const outcome = change === undefined ? undefined : await finish(realm, change);
        if (outcome !== undefined) return outcome;
      }
      throw crowded(realm);
    },
    async steady(realm, act) {
      for (let round = 0; round < rounds; round += 1) {
        const seq = await calm(realm);
        const result = await act(seq);
        const now = await trees.get(realm);
        if ((now?.seq ?? 0) === seq) return result;
      }
      throw crowded(realm);
    },
    async repair() {
      const before = new Date(clock.now().getTime() - leftAfterMs);
      const left = await trees.list({ index: 'open', range: { to: before }, limit: 100 });
      for (const { id, change } of left.items) if (change !== undefined) await finish(id, change);
      return left.items.length;
    },
  };
}
