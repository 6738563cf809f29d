import fc from 'fast-check';
import { type Binding, type Bonds, createBinding } from '../../src/binding/index.ts';
import { createFactors, type Factors, type MethodStore } from '../../src/factors/index.ts';
import { createHasher, createPeople, type People, type User } from '../../src/people/index.ts';
import { allRoles, combine, createJudgeStanding, type Rules } from '../../src/policy/index.ts';
import { createCensus, type LevelRef, type Place, type SurveyDeps } from '../../src/preview/index.ts';
import type { Portal, Realm } from '../../src/realm/index.ts';
import { createRollouts, type Rollouts } from '../../src/rollout/index.ts';
import { whoIs } from '../../src/sign-in/index.ts';
import { createLeases } from '../../src/store/index.ts';
import { createTokens, type Tokens } from '../../src/tokens/index.ts';
import { cheapCost, linkTo } from '../people/people-for-tests.ts';
import { openRules } from '../policy/arbitrary.ts';
import type { SettableClock } from '../support/clock.ts';
import type { StoreForTests } from '../support/store.ts';
import { parts, secret } from '../tokens/tokens-for-tests.ts';
import { addRollouts } from './rollouts-of-many.ts';

const by = { kind: 'operator' } as const;
const realmId = 'msp';
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A realm whose rules a test sets, with people in organizations who have this and that. */
export interface RealmOfMany extends SurveyDeps {
  readonly clock: SettableClock;
  readonly people: People;
  readonly factors: Factors;
  readonly binding: Binding;
  readonly tokens: Tokens;
  readonly rollouts: Rollouts;
  readonly ids: readonly string[];
  readonly organizations: readonly string[];
  readonly levels: readonly LevelRef[];
  /** Puts the rules in force. */
  set(level: LevelRef, rules: Rules): Promise<void>;
  /** How one person stands under `level`, by what a sign-in of theirs would read; undefined when it does not bind them. */
  standing(level: LevelRef, userId: string): Promise<Place | undefined>;
  /** The same at `portal`, were they neither disabled nor locked; and what binds them. */
  judged(
    portal: Portal | undefined,
    userId: string,
  ): Promise<{
    readonly person: User;
    readonly bonds: Bonds;
    readonly standing: Exclude<Place, 'shut_out'> | undefined;
  }>;
  readonly close: () => Promise<void>;
}

export const portalIds = ['mss', 'intel', 'files'];
const kinds = ['totp', 'passkey', 'email', 'recovery', 'pigeon'];

export async function aRealmOfMany(opened: StoreForTests, howMany: number, seed: number): Promise<RealmOfMany> {
  const { store, clock, keyring } = opened;
  const hasher = createHasher({ cost: cheapCost });
  const people = createPeople({ store, clock, hasher, keyring, linkTo });
  const tokens = createTokens({ store, clock });
  const factors = createFactors({ store, clock, keyring, tokens });

  const at = clock.now();
  const chance = (...shares: readonly number[]) =>
    fc.integer({ min: 1, max: 100 }).map((n) => shares.filter((s) => n > s).length);
  let drawn = seed * 1_000;
  /** The same for the same seed, another each time it is asked. */
  const draw = <T>(from: fc.Arbitrary<T>): T => {
    drawn += 1;
    return fc.sample(from, { seed: drawn, numRuns: 1 })[0] as T;
  };
  const rules = () => draw(openRules);
  let realm: Realm = {
    ...{
      id: realmId,
      name: 'MSP',
      branding: { accent: '#112233', accentInk: '#ffffff', mark: 'M' },
      languages: ['en'],
    },
    ...{ policy: rules(), createdAt: at, changedAt: at },
  };
  const portals = new Map<string, Portal>(
    portalIds.map((clientId) => [
      clientId,
      {
        ...{
          id: `${realmId}/${clientId}`,
          realm: realmId,
          clientId,
          name: clientId,
          kind: 'web',
          enabled: clientId !== 'files',
        },
        ...{ redirectUris: [], postLogoutRedirectUris: [], scopes: ['openid'], asksConsent: false, policy: rules() },
        ...{ createdAt: at, changedAt: at },
      },
    ]),
  );
  const realms = {
    get: async (id: string) => (id === realmId ? realm : undefined),
    list: async () => [realm],
    portal: async (_: string, clientId: string) => portals.get(clientId),
    portals: async () => [...portals.values()],
  };
  const rollouts = createRollouts({
    ...{ store, clock, realms, people, log: silent, factorKinds: [...factors.kinds.keys()] },
    ...{ leases: createLeases({ store, clock }), census: createCensus({ realms, people, factors, clock }) },
  });
  await store.bootstrap();
  const binding = createBinding({ realms, tenancy: people.tenancy, rollouts, clock });
  const { organizations: tree, memberships, subscriptions } = people.tenancy;

  const organizations: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const parent = draw(fc.constantFrom(undefined, ...organizations));
    const policy = draw(chance(50)) === 0 ? {} : rules();
    const made = await tree.add(
      { realm: realmId, name: `Org ${n}`, policy, ...(parent === undefined ? {} : { parent }) },
      by,
    );
    if (!made.ok) throw new Error(made.why);
    organizations.push(made.organization.id);
    for (const portal of draw(fc.subarray(portalIds, { maxLength: 1 })))
      await subscriptions.add({ realm: realmId, portal, kind: 'organization', holder: made.organization.id }, by);
  }

  const credentials = Array.from({ length: howMany }, (_, n) => `GHST${String(10_000_000 + n)}`);
  if (seed % 4 !== 0) {
    const rows = credentials.map((id) => `${id},totp,${secret}\n`).join('');
    await tokens.import({ realm: realmId, source: parts(`credential_id,kind,seed_base64\n${rows}`) }, by);
  }

  const ids: string[] = [];
  for (const [n, credential] of credentials.entries()) {
    const made = await people.create({ realm: realmId, name: `Person ${n % 7}`, username: `p${n}` });
    if (!made.ok) throw new Error(made.why);
    const { id } = made.user;
    ids.push(id);
    for (const organization of draw(fc.subarray(organizations, { maxLength: 2 }))) {
      const role = draw(fc.constantFrom(...allRoles));
      const isAccepted = draw(chance(80)) === 0;
      await memberships.add({ realm: realmId, organization, userId: id, role, isAccepted }, by);
    }
    for (const portal of draw(fc.subarray(portalIds, { maxLength: 1 })))
      await subscriptions.add({ realm: realmId, portal, kind: 'user', holder: id }, by);
    for (const kind of draw(fc.subarray(kinds, { maxLength: 2 })))
      await addMethod(factors.methods, id, kind, draw(chance(70, 85)));
    const hasToken = draw(chance(50, 75));
    if (hasToken > 0) await tokens.assign(realmId, credential, id, 1, by);
    if (hasToken > 1) {
      const token = await tokens.find(realmId, credential);
      const data = { token: token?.id, credentialId: credential, digits: 6, kind: 'totp', periodS: 30 };
      if (token !== undefined)
        await factors.methods.add({ realm: realmId, userId: id, kind: 'token', data }, { actor: by });
    }
    const [isDisabled, isLocked, hasPostponed, hasRules] = [chance(92), chance(92), chance(80), chance(75)].map(draw);
    const policy = hasRules === 0 ? {} : { policy: rules() };
    const postponed = hasPostponed === 0 ? {} : { postponed: { times: 2, since: at } };
    const lock = isLocked === 0 ? {} : { secondFactorLockedAt: at };
    await people.update(realmId, id, (user) => ({ ...user, ...policy, ...postponed, ...lock }));
    if (isDisabled !== 0) await people.disable(realmId, id, by);
  }

  await addRollouts(rollouts, draw, { realm: realmId, organizations, at });

  async function judged(portal: Portal | undefined, userId: string) {
    const { person, methods, supply } = await whoIs({ people, factors }, realmId, userId);
    if (person === undefined) throw new Error('nobody');
    const bonds = await binding.of(realm, portal, person);
    const sessions = bonds.choices.length > 1 ? bonds.choices.map(({ id }) => id) : [undefined];
    const standings = sessions.map((organization) => {
      const judge = createJudgeStanding({
        rules: combine(bonds.levels(organization)),
        factors: supply.factors,
        now: clock.now(),
      });
      return judge({
        methods: methods.filter(({ state }) => state === 'active'),
        memberships: bonds.memberships,
        provided: supply.provided,
        ...(person.postponed === undefined ? {} : { postponed: person.postponed }),
      }).standing;
    });
    const standing = (['stuck', 'asked', 'ready'] as const).find((each) => standings.includes(each));
    return { person, bonds, standing };
  }

  return {
    ...{ realms, people, factors, binding, tokens, rollouts, clock, ids, organizations, close: opened.close, judged },
    levels: [
      { kind: 'realm' },
      ...organizations.map((id) => ({ kind: 'organization', id }) as const),
      ...portalIds.map((id) => ({ kind: 'portal', id }) as const),
      ...ids.slice(0, 2).map((id) => ({ kind: 'user', id }) as const),
    ],
    async set(level, policy) {
      if (level.kind === 'realm') realm = { ...realm, policy };
      else if (level.kind === 'organization') await tree.change(realmId, level.id, () => ({ policy }), by);
      else if (level.kind === 'user') await people.update(realmId, level.id, (user) => ({ ...user, policy }));
      else {
        const portal = portals.get(level.id);
        if (portal !== undefined) portals.set(level.id, { ...portal, policy });
      }
    },
    async standing(level, userId) {
      const { person, bonds, standing } = await judged(
        level.kind === 'portal' ? portals.get(level.id) : undefined,
        userId,
      );
      if (level.kind === 'user' && level.id !== userId) return undefined;
      const belongs = bonds.memberships.some(({ organization, under }) =>
        [organization, ...under].includes(level.kind === 'organization' ? level.id : ''),
      );
      if (level.kind === 'organization' && !belongs) return undefined;
      return person.status === 'disabled' || person.secondFactorLockedAt !== undefined ? 'shut_out' : standing;
    },
  };
}

/** `fate`: 0 active, 1 disabled, 2 removed. */
async function addMethod(methods: MethodStore, userId: string, kind: string, fate: number): Promise<void> {
  const added = await methods.add({ realm: realmId, userId, kind, data: {}, secret: 'sealed' }, { actor: by });
  if (!added.ok) throw new Error(added.why);
  if (fate === 1) await methods.disable(realmId, added.method.id, { actor: by });
  if (fate === 2) await methods.remove(realmId, added.method.id, { actor: by });
}
