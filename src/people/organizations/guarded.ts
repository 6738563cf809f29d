import type { Role } from '../../policy/index.ts';
import type { Memberships, Organizations, Subscriptions } from './organization.ts';
import type { KeepAdmins } from './tenancy.ts';

interface Acts {
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  readonly subscriptions: Subscriptions;
}

const stranding = { ok: false, why: 'strands_admins' } as const;

/** The same acts, of which none leaves a realm without somebody who administers it and can sign in. */
export function guarded({ organizations, memberships, subscriptions }: Acts, keepAdmins: KeepAdmins): Acts {
  const member = (userId: string, organization: string, role: Role) =>
    ({ kind: 'member', userId, organization, role }) as const;

  return {
    organizations: {
      ...organizations,
      async change(realm, id, change, actor) {
        const rules = async () => {
          const now = await organizations.get(realm, id);
          const policy = now && change(now)?.policy;
          return policy && ({ kind: 'rules', level: { kind: 'organization', id }, rules: policy } as const);
        };
        // A name binds nobody.
        if ((await rules()) === undefined) return organizations.change(realm, id, change, actor);
        const kept = await keepAdmins(realm, rules, () => organizations.change(realm, id, change, actor));
        return kept.ok ? kept.value : stranding;
      },
      async move(realm, organization, to, actor) {
        const move = { kind: 'move', organization, ...(to === undefined ? {} : { to }) } as const;
        const act = () => organizations.move(realm, organization, to, actor);
        const kept = await keepAdmins(realm, async () => move, act);
        return kept.ok ? kept.value : stranding;
      },
    },
    memberships: {
      ...memberships,
      async add(input, actor) {
        const { realm, organization, userId, role, isAccepted = false } = input;
        // A role on the realm itself binds by no rule, an invitation not yet.
        if (organization === undefined || !isAccepted) return memberships.add(input, actor);
        const act = () => memberships.add(input, actor);
        const kept = await keepAdmins(realm, async () => member(userId, organization, role), act);
        return kept.ok ? kept.value : stranding;
      },
      async accept(where, actor) {
        const { realm, organization, userId } = where;
        const act = () => memberships.accept(where, actor);
        if (organization === undefined) return act();
        const invited = async () => {
          const theirs = (await memberships.of(realm, userId)).find((each) => each.organization === organization);
          return theirs && member(userId, organization, theirs.role);
        };
        const kept = await keepAdmins(realm, invited, act);
        return kept.ok ? kept.value : stranding;
      },
      async setRole(where, role, actor) {
        const { realm, organization, userId } = where;
        const act = () => memberships.setRole(where, role, actor);
        if (organization === undefined) return act();
        const kept = await keepAdmins(realm, async () => member(userId, organization, role), act);
        return kept.ok ? kept.value : stranding;
      },
      async remove(where, actor) {
        const { realm, organization, userId } = where;
        const loss =
          organization === undefined
            ? ({ kind: 'loss', losses: [{ userId, what: 'all' }] } as const)
            : ({ kind: 'leave', userId, organization } as const);
        const kept = await keepAdmins(
          realm,
          async () => loss,
          () => memberships.remove(where, actor),
        );
        if (kept.ok) return kept.value;
        return organization === undefined ? { ok: false, why: 'last_admin' } : stranding;
      },
    },
    subscriptions: {
      ...subscriptions,
      async add(what, actor) {
        const change = { kind: 'subscription', holder: what.holder, portal: what.portal } as const;
        const kept = await keepAdmins(
          what.realm,
          async () => change,
          () => subscriptions.add(what, actor),
        );
        return kept.ok ? kept.value : stranding;
      },
      async remove(what, actor) {
        const change = { kind: 'subscription', holder: what.holder, portal: what.portal, isOver: true } as const;
        const kept = await keepAdmins(
          what.realm,
          async () => change,
          () => subscriptions.remove(what, actor),
        );
        return kept.ok ? kept.value : stranding;
      },
    },
  };
}
