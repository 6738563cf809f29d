import { auditEvent } from '../../audit/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Role } from '../../policy/index.ts';
import { type Collection, withOutbox } from '../../store/index.ts';
import type { Actor } from '../actor.ts';
import type { User } from '../user.ts';
import { placeOf, publicMembership, type StoredMembership } from './collections.ts';
import type { Lines } from './lines.ts';
import type { ListOf, MemberFault, Membership, Memberships, Where } from './organization.ts';
import type { Administrators } from './tenancy.ts';
import type { TreeChanges } from './tree-changes.ts';

export interface MembershipsParts {
  readonly memberships: Collection<StoredMembership>;
  readonly lines: Lines;
  readonly changes: TreeChanges;
  readonly administrators: Administrators;
  readonly user: (realm: string, userId: string) => Promise<User | undefined>;
  readonly clock: Clock;
}

const longestPage = 500;

type Done = Awaited<ReturnType<Memberships['add']>>;
const refused = (why: MemberFault): Done => ({ ok: false, why });

export function createMemberships(parts: MembershipsParts): Memberships {
  const { memberships, lines, changes, administrators, user, clock } = parts;
  const isThere = (realm: string) => (member: StoredMembership) =>
    member.realm === realm && member.endedAt === undefined;

  async function page(query: ListOf, index: string, key: string) {
    const { items, next } = await memberships.list({
      index,
      equals: [key],
      where: isThere(query.realm),
      limit: Math.min(Math.max(query.limit, 1), longestPage),
      ...(query.after === undefined ? {} : { after: query.after }),
    });
    return { items: items.map(publicMembership), ...(next === undefined ? {} : { next }) };
  }

  const told = (
    type: string,
    at: Date,
    member: Pick<Membership, 'realm' | 'organization' | 'userId' | 'role'>,
    actor: Actor,
  ) =>
    auditEvent(at, {
      type,
      realm: member.realm,
      actor,
      subject: member.userId,
      details: { organization: member.organization ?? null, role: member.role },
    });

  /** Rights on the realm itself that are in force; who has them stands in its list. */
  const administers = (member: Membership) => member.organization === undefined && member.state === 'active';

  const joinIfAble = async (member: Membership) => {
    if (!administers(member)) return;
    const person = await user(member.realm, member.userId);
    if (person?.status === 'active') await administrators.join(member.realm, member.userId);
  };

  async function alter(
    where: Where,
    type: string,
    actor: Actor,
    change: (member: StoredMembership) => StoredMembership | MemberFault,
  ) {
    let why: MemberFault = 'absent';
    const at = clock.now();
    const changed = await memberships.update(idOf(where), (before) => {
      why = 'absent';
      if (before.realm !== where.realm || before.endedAt !== undefined) return undefined;
      const after = change(before);
      if (typeof after === 'string') {
        why = after;
        return undefined;
      }
      return after === before ? before : withOutbox({ ...after, changedAt: at }, told(type, at, after, actor));
    });
    return changed.ok ? changed.doc : why;
  }

  const answer = async (altered: StoredMembership | MemberFault): Promise<Done> => {
    if (typeof altered === 'string') return refused(altered);
    await joinIfAble(altered);
    return { ok: true, membership: publicMembership(altered) };
  };

  return {
    async of(realm, userId) {
      const all: Membership[] = [];
      let after: string | undefined;
      do {
        const next = await page(
          { realm, limit: longestPage, ...(after === undefined ? {} : { after }) },
          'user',
          userId,
        );
        all.push(...next.items);
        after = next.next;
      } while (after !== undefined);
      return all;
    },
    list: ({ organization, ...query }) => page(query, 'place', placeOf(query.realm, organization)),
    below: ({ organization, ...query }) => page(query, 'reach', organization),
    all: (query) => page(query, 'realm', query.realm),
    async hasAny(realm) {
      return (await memberships.list({ index: 'realm', equals: [realm], select: ['id'], limit: 1 })).items.length > 0;
    },

    async add(input, actor) {
      const { realm, organization, userId, role, isAccepted = false } = input;
      if (!isRoleOf(role, organization)) return refused('role_of_realm');
      if ((await user(realm, userId)) === undefined) return refused('no_person');
      const at = clock.now();
      const id = idOf(input);
      const fresh = {
        ...{ id, realm, userId, role, place: placeOf(realm, organization), createdAt: at, changedAt: at },
        ...(organization === undefined ? {} : { organization }),
        ...(isAccepted ? { state: 'active' as const, acceptedAt: at } : { state: 'invited' as const }),
      };
      let isMade = false;
      const made = await changes.steady(realm, async (seq): Promise<StoredMembership | MemberFault> => {
        const line = organization === undefined ? [] : await lines.of(realm, organization);
        if (line === undefined) {
          if (isMade) await memberships.remove(id);
          return 'no_organization';
        }
        const reach = organization === undefined ? [placeOf(realm, organization)] : line.map((each) => each.id);
        const written = await memberships.upsert(id, (before) => {
          if (isMade && before !== undefined) {
            return before.placedBy < seq ? { ...before, reach, placedBy: seq } : before;
          }
          // One that ended is begun anew; what it still has to tell stays.
          if (before !== undefined && before.endedAt === undefined) return undefined;
          const earlier = before?.outbox === undefined ? {} : { outbox: before.outbox };
          const member = { ...fresh, ...earlier, reach, placedBy: seq };
          return withOutbox(member, told(isAccepted ? 'member.added' : 'member.invited', at, member, actor));
        });
        if (!written.ok) return 'already';
        isMade = true;
        return written.doc;
      });
      return answer(made);
    },

    async accept(where, actor) {
      const at = clock.now();
      return answer(
        await alter(where, 'member.accepted', actor, (member) =>
          member.state === 'active' ? 'already' : { ...member, state: 'active', acceptedAt: at },
        ),
      );
    },

    async setRole(where, role, actor) {
      if (!isRoleOf(role, where.organization)) return refused('role_of_realm');
      return answer(
        await alter(where, 'member.role_changed', actor, (member) =>
          member.role === role ? member : { ...member, role },
        ),
      );
    },

    async remove(where, actor) {
      const before = await memberships.get(idOf(where));
      if (before === undefined || !isThere(where.realm)(before)) return refused('absent');
      if (administers(before) && !(await administrators.leave(where.realm, where.userId))) return refused('last_admin');
      const endedAt = clock.now();
      const ended = await alter(where, 'member.removed', actor, (member) => ({ ...member, endedAt }));
      return typeof ended === 'string' ? refused(ended) : { ok: true };
    },
  };
}

const idOf = ({ realm, organization, userId }: Where) => `${placeOf(realm, organization)}/${userId}`;

/** Nobody is a mere member of the realm itself: everybody in it is. */
const isRoleOf = (role: Role, organization: string | undefined) => organization !== undefined || role !== 'member';
