import type { Role } from '../../policy/index.ts';
import type { User } from '../user.ts';
import type { Lines } from './lines.ts';
import type { Membership, Memberships } from './organization.ts';
import type { Authority } from './tenancy.ts';

export function createAuthority(parts: {
  readonly lines: Lines;
  readonly memberships: Pick<Memberships, 'of'>;
  readonly user: (realm: string, userId: string) => Promise<User | undefined>;
}): Authority {
  const { lines, memberships, user } = parts;

  const activeOf = async (realm: string, userId: string) =>
    (await memberships.of(realm, userId)).filter(({ state }) => state === 'active');

  async function ranks(realm: string, actorId: string, among: readonly Role[] = ['owner', 'admin']) {
    const actor = await user(realm, actorId);
    const isAble = actor?.status === 'active' && actor.secondFactorLockedAt === undefined;
    const held = isAble ? (await activeOf(realm, actorId)).filter(({ role }) => among.includes(role)) : [];
    return {
      realm: held.some(({ organization }) => organization === undefined),
      organizations: held.flatMap(({ organization }) => organization ?? []),
    };
  }

  const lieBelow = async (realm: string, mine: readonly string[], organization: string) =>
    mine.length > 0 && (await lines.certain(realm, organization))?.some(({ id }) => mine.includes(id)) === true;

  async function actsOnPerson(realm: string, mine: readonly string[], userId: string) {
    if (mine.length === 0 || (await user(realm, userId)) === undefined) return false;
    const theirs: readonly Membership[] = await activeOf(realm, userId);
    for (const { organization } of theirs) {
      if (organization === undefined || !(await lieBelow(realm, mine, organization))) return false;
    }
    return theirs.length > 0;
  }

  return {
    administered: (realm, actorId) => ranks(realm, actorId),
    async mayActOn(realm, actorId, target) {
      const held = await ranks(realm, actorId);
      if ('organization' in target) {
        if (held.realm) return (await lines.of(realm, target.organization)) !== undefined;
        return lieBelow(realm, held.organizations, target.organization);
      }
      if (held.realm) return (await user(realm, target.userId)) !== undefined;
      return actsOnPerson(realm, held.organizations, target.userId);
    },
    async mayGrant(realm, actorId, role, organization) {
      const held = await ranks(realm, actorId, role === 'owner' ? ['owner'] : ['owner', 'admin']);
      if (organization === undefined) return held.realm;
      if (held.realm) return (await lines.of(realm, organization)) !== undefined;
      return lieBelow(realm, held.organizations, organization);
    },
  };
}
