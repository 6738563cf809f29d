import { type Factors, totpMethod } from '../factors/index.ts';
import { GatehouseError } from '../kernel/index.ts';
import { idInFile, type People, type User } from '../people/index.ts';
import type { FilePerson, PersonFault } from '../realm/index.ts';
import { readDemoFiles } from './demo-files.ts';
import type { DemoRealmSource } from './start-page.ts';

export interface DemoPeople {
  /** Makes a person of a realm file where nobody has their identifiers yet; with their authenticator app, if they have one. */
  add(realm: string, person: FilePerson): Promise<'created' | 'unchanged'>;
  /** What `add` would refuse, before anything is made. */
  judge(realm: string, person: FilePerson): Promise<PersonFault | undefined>;
  /**
   * The realm files as they are now, with what their people know in clear, and the authenticator app each has now, which
   * they may have set up since. Files with faults are passed over.
   */
  all(): Promise<readonly DemoRealmSource[]>;
}

const refusals = {
  invalid: 'cannot be used',
  too_short: 'is too short; take 8 characters or more',
  too_long: 'is too long',
  common: 'is one that many people use; take a less common one',
  like_identifier: 'is made of what the person is called; take another',
} as const;

/** `people`: asked for when needed, since realms are made before people. */
export function createDemoPeople(parts: {
  readonly directory: string;
  readonly demoOrigin: string | undefined;
  readonly people: () => Pick<People, 'find' | 'create' | 'judgeNew' | 'tenancy'>;
  readonly factors: Factors;
}): DemoPeople {
  const { directory, demoOrigin, people, factors } = parts;

  async function found(realm: string, { email, username }: FilePerson): Promise<User | undefined> {
    for (const identifier of [email, username]) {
      const user = identifier === undefined ? undefined : await people().find(realm, identifier);
      if (user !== undefined) return user;
    }
    return undefined;
  }

  async function asTheyAre(realm: string, { authenticator, ...person }: FilePerson): Promise<FilePerson> {
    const user = await found(realm, person);
    const methods = user === undefined ? [] : await factors.methods.of(realm, user.id);
    const app = methods.find(({ kind, state }) => kind === 'totp' && state === 'active');
    const secret = user === undefined ? authenticator : app?.secret;
    return { ...person, ...(secret === undefined ? {} : { authenticator: secret }) };
  }

  return {
    async judge(realm, person) {
      if ((await found(realm, person)) !== undefined) return undefined;
      const fault = await people().judgeNew({ ...person, realm });
      return fault === undefined ? undefined : { field: fault.field, message: refusals[fault.why] };
    },
    async add(realm, { authenticator, memberships = [], portals = [], about: _about, ...person }) {
      if ((await found(realm, person)) !== undefined) return 'unchanged';
      const made = await people().create({ realm, ...person, emailVerified: true });
      if (!made.ok) {
        const who = person.email ?? person.username ?? person.name;
        throw new GatehouseError('bad_request', `${who} of realm ${realm} cannot be made: ${made.why}`);
      }
      if (authenticator !== undefined) {
        const method = { realm, userId: made.user.id, kind: 'totp', ...totpMethod(authenticator) };
        await factors.methods.add(method, { actor: { kind: 'system' } });
      }
      const { tenancy } = people();
      const actor = { kind: 'system' } as const;
      const userId = made.user.id;
      for (const portal of portals)
        await tenancy.subscriptions.add({ realm, portal, kind: 'user', holder: userId }, actor);
      // The realm itself last: what binds somebody who administers nothing yet shuts no administrator out.
      for (const { organization, role } of memberships.toSorted(isOfRealm)) {
        const where = organization === undefined ? {} : { organization: idInFile(realm, organization) };
        await tenancy.memberships.add({ realm, userId, role, isAccepted: true, ...where }, actor);
      }
      return 'created';
    },
    async all() {
      const files = await readDemoFiles(directory, demoOrigin);
      return await Promise.all(
        files.map(async (file) => ({
          ...file,
          people: await Promise.all(file.people.map((person) => asTheyAre(file.realm, person))),
        })),
      );
    },
  };
}

type Role = NonNullable<FilePerson['memberships']>[number];

const isOfRealm = (one: Role, other: Role) =>
  Number(one.organization === undefined) - Number(other.organization === undefined);
