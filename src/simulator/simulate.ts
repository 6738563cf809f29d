import type { Binding } from '../binding/index.ts';
import type { Factors } from '../factors/index.ts';
import type { People } from '../people/index.ts';
import { type Explained, explain, type Level } from '../policy/index.ts';
import type { Realms } from '../realm/index.ts';
import { whoIs } from '../sign-in/index.ts';
import { play } from './play.ts';
import type { AnsweredAcr, Circumstances, Played } from './scene.ts';

export interface SimulatorDeps {
  readonly realms: Realms;
  readonly people: People;
  readonly factors: Factors;
  readonly binding: Binding;
  readonly answeredAcr: AnsweredAcr;
}

/** Who signs in where. */
export interface Whom {
  readonly realm: string;
  /** Client id. */
  readonly portal: string;
  readonly userId: string;
}

export type CannotSimulate = 'no_realm' | 'no_portal' | 'portal_disabled' | 'no_person' | 'not_a_choice';

export interface Simulator {
  /** The next sign-in of this person there, page by page, each answered rightly. Changes nothing. */
  simulate(
    whom: Whom,
    circumstances: Circumstances,
  ): Promise<({ readonly ok: true } & Played) | { readonly ok: false; readonly why: CannotSimulate }>;
  /** Every rule in force for them there, where its value is from, and why the others lost. Without a portal: everywhere. */
  explain(
    whom: Omit<Whom, 'portal'> & { readonly portal?: string; readonly organization?: string },
  ): Promise<
    | { readonly ok: true; readonly levels: readonly Level[]; readonly rules: readonly Explained[] }
    | { readonly ok: false; readonly why: CannotSimulate }
  >;
}

export function createSimulator(deps: SimulatorDeps): Simulator {
  const { realms, binding, answeredAcr } = deps;

  async function find(realmId: string, clientId: string | undefined, userId: string, at?: Date) {
    const realm = await realms.get(realmId);
    if (realm === undefined) return { ok: false, why: 'no_realm' } as const;
    const portal = clientId === undefined ? undefined : await realms.portal(realmId, clientId);
    if (clientId !== undefined && portal === undefined) return { ok: false, why: 'no_portal' } as const;
    const { person, methods, supply } = await whoIs(deps, realmId, userId);
    if (person === undefined) return { ok: false, why: 'no_person' } as const;
    const bonds = await binding.of(realm, portal, person, at);
    return { ok: true, realm, portal, somebody: { person, methods, supply, bonds } } as const;
  }

  return {
    async simulate({ realm: realmId, portal: clientId, userId }, circumstances) {
      const found = await find(realmId, clientId, userId, circumstances.at);
      if (!found.ok) return found;
      const { realm, portal, somebody } = found;
      if (portal?.enabled !== true) return { ok: false, why: 'portal_disabled' };
      if (!isAChoice(somebody.bonds.choices, circumstances.organization)) return { ok: false, why: 'not_a_choice' };
      const [{ supply }, bonds] = await Promise.all([
        whoIs(deps, realm.id, undefined),
        binding.of(realm, portal, undefined),
      ]);
      const scene = { circumstances, kinds: deps.factors.kinds, answeredAcr, nobody: { supply, bonds }, somebody };
      return { ok: true, ...play(scene) };
    },
    async explain({ realm, portal, userId, organization }) {
      const found = await find(realm, portal, userId);
      if (!found.ok) return found;
      const { bonds } = found.somebody;
      if (!isAChoice(bonds.choices, organization)) return { ok: false, why: 'not_a_choice' };
      const levels = bonds.levels(organization);
      return { ok: true, levels, rules: explain(levels) };
    },
  };
}

const isAChoice = (choices: readonly { readonly id: string }[], organization: string | undefined) =>
  organization === undefined || choices.some(({ id }) => id === organization);
