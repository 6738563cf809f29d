import { bindToken, type Factors, unbindToken } from './factors/index.ts';
import type { People } from './people/index.ts';
import type { RealmAdmin } from './realm/index.ts';
import type { TokenCommandsContext, Tokens } from './tokens/index.ts';

/** What `gatehouse token` works on: the inventory, and what a token means for the people who have it. */
export function tokenCommandsOf({
  realms,
  people,
  factors,
  tokens,
}: {
  readonly realms: Pick<RealmAdmin, 'get'>;
  readonly people: Pick<People, 'find' | 'get'>;
  readonly factors: Pick<Factors, 'methods'>;
  readonly tokens: Tokens;
}): Omit<TokenCommandsContext, 'close'> {
  const labelOf = async (realm: string, userId: string) => {
    const person = await people.get(realm, userId);
    return person?.email ?? person?.username ?? userId;
  };
  return {
    tokens,
    labelOf,
    hasRealm: async (id) => (await realms.get(id)) !== undefined,
    async personOf(realm, identifier) {
      const person = (await people.find(realm, identifier)) ?? (await people.get(realm, identifier));
      return person === undefined ? undefined : { id: person.id, label: await labelOf(realm, person.id) };
    },
    mayShare: async (id) => ((await realms.get(id))?.policy.peoplePerToken ?? 1) > 1,
    activate: (_realm, userId, token, actor) => bindToken(factors.methods, userId, token, { actor }),
    deactivate: (_realm, userId, token, actor) => unbindToken(factors.methods, userId, token, { actor }),
  };
}
