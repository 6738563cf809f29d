import { createBinding } from './binding/index.ts';
import { bindToken, type Factors, isMethodOf, unbindToken } from './factors/index.ts';
import { systemClock } from './kernel/index.ts';
import type { People } from './people/index.ts';
import { combine } from './policy/index.ts';
import type { Guards } from './preview/index.ts';
import type { RealmAdmin } from './realm/index.ts';
import type { Rollouts } from './rollout/index.ts';
import { methodNotices } from './sign-in/index.ts';
import type { TokenCommandsContext } from './tokens/commands.ts';
import type { Token, Tokens } from './tokens/index.ts';

/** What `gatehouse token` works on: the inventory, and what a token means for the people who have it. */
export function tokenCommandsOf(
  app: {
    readonly realms: Pick<RealmAdmin, 'get' | 'portal' | 'portals'>;
    readonly people: Pick<People, 'find' | 'get' | 'tenancy'>;
    readonly factors: Pick<Factors, 'methods'>;
    readonly tokens: Tokens;
    /** Absent: nothing is rolled out. */
    readonly rollouts?: Pick<Rollouts, 'list' | 'onChange'>;
    readonly guards: Pick<Guards, 'removing' | 'keeping'>;
  },
  _mode?: string,
  clock = systemClock,
): Omit<TokenCommandsContext, 'close'> {
  const { realms, people, factors, tokens, rollouts, guards } = app;
  const binding = createBinding({
    realms,
    tenancy: people.tenancy,
    ...(rollouts === undefined ? {} : { rollouts }),
    clock,
  });
  const labelOf = async (realm: string, userId: string) => {
    const person = await people.get(realm, userId);
    return person?.email ?? person?.username ?? userId;
  };
  /** The methods that this token is to each of these people; who has none is left out. */
  const theirs = async (realm: string, userIds: readonly string[], token: Token) => {
    const idsOf = async (userId: string) =>
      (await factors.methods.of(realm, userId)).filter(isMethodOf(token.id)).map(({ id }) => id);
    const all = await Promise.all(userIds.map(async (userId) => ({ userId, ids: await idsOf(userId) })));
    return all.filter(({ ids }) => ids.length > 0);
  };
  return {
    tokens,
    labelOf,
    organizationNamed: people.tenancy.organizations.named,
    hasRealm: async (id) => (await realms.get(id)) !== undefined,
    async personOf(realm, identifier) {
      const person = (await people.find(realm, identifier)) ?? (await people.get(realm, identifier));
      return person === undefined ? undefined : { id: person.id, label: await labelOf(realm, person.id) };
    },
    async peoplePerToken(id, userId) {
      const [realm, person, portals] = await Promise.all([realms.get(id), people.get(id, userId), realms.portals(id)]);
      if (realm === undefined || person === undefined) return 1;
      const allowed: number[] = [];
      // The most that any of their sign-ins allows: it could be registered in that one.
      for (const portal of [undefined, ...portals]) {
        const { choices, levels } = await binding.of(realm, portal, person);
        const sessions = choices.length === 0 ? [undefined] : choices.map((choice) => choice.id);
        for (const organization of sessions) allowed.push(combine(levels(organization)).peoplePerToken.value);
      }
      return Math.max(...allowed);
    },
    async taking(realm, userIds, token, act) {
      const taken = await guards.removing(realm, await theirs(realm, userIds, token), act);
      if (taken.ok) return taken;
      const { why, userId } = taken.objection;
      const whose = userId === undefined ? '' : ` of ${await labelOf(realm, userId)}`;
      const needed = `policy needs a method${whose}, and this is the last`;
      return { ok: false, refused: `${why === 'last_admin' ? lastOfAdmins : needed}; ${wayOut}` };
    },
    async blocking(realm, token, act) {
      const losses = (await theirs(realm, token.people, token)).map(({ userId, ids }) => ({ userId, what: ids }));
      const blocked = await guards.keeping(realm, async () => ({ kind: 'loss', losses }), act);
      return blocked.ok ? blocked : { ok: false, refused: `${lastOfAdmins}; ${wayOut}` };
    },
    async activate(realm, userId, token, actor) {
      const person = await people.get(realm, userId);
      await bindToken(factors.methods, userId, token, { actor }, (method) =>
        person === undefined ? [] : methodNotices('method-added', person, method, clock.now()),
      );
    },
    async deactivate(realm, userId, token, actor) {
      const person = await people.get(realm, userId);
      await unbindToken(factors.methods, userId, token, { actor }, (method) =>
        person === undefined ? [] : methodNotices('method-removed', person, method, clock.now()),
      );
    },
  };
}

const lastOfAdmins = 'nobody who administers the realm could sign in any more without this token';
const wayOut = 'give them another first: `gatehouse token assign --active`, or what they set up themselves';
