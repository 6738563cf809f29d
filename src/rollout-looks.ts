import type { Binding } from './binding/index.ts';
import type { Factors } from './factors/index.ts';
import type { People } from './people/index.ts';
import type { LookAt } from './rollout/index.ts';
import { whoIs } from './sign-in/index.ts';

/** What a roll-out wants to know of a person, by the very code that sign-ins go by. */
export function createLooks(deps: {
  readonly people: People;
  readonly factors: Factors;
  readonly binding: () => Binding;
}): LookAt {
  return async (realm, user) => {
    const [{ person = user, methods, supply }, bonds] = await Promise.all([
      whoIs(deps, realm.id, user.id),
      deps.binding().of(realm, undefined, user),
    ]);
    const { choices, memberships, organizations, rolledOut } = bonds;
    const sessions = choices.length > 1 ? choices.map(({ id }) => id) : [undefined];
    return {
      sessions: (change) => sessions.map((each) => bonds.levels(each, change(rolledOut))),
      organizations,
      factors: supply.factors,
      person: {
        methods: methods.filter(({ state }) => state === 'active'),
        ...{ memberships, provided: supply.provided },
        ...(person.postponed === undefined ? {} : { postponed: person.postponed }),
      },
    };
  };
}
