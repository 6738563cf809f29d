import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Factors, totpMethod } from '../factors/index.ts';
import { GatehouseError } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import { type FilePerson, type PersonFault, readRealmFile } from '../realm/index.ts';
import type { DemoPersonSource } from './start-page.ts';

export interface DemoPeople {
  /** Makes a person of a realm file where nobody has their identifiers yet; with their authenticator app, if they have one. */
  add(realm: string, person: FilePerson): Promise<'created' | 'unchanged'>;
  /** What `add` would refuse, before anything is made. */
  judge(realm: string, person: FilePerson): Promise<PersonFault | undefined>;
  /** Those of the realm files as they are now, with what they know in clear. Files with faults are passed over. */
  all(): Promise<readonly DemoPersonSource[]>;
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
  readonly people: () => Pick<People, 'find' | 'create' | 'judgeNew'>;
  readonly factors: Factors;
}): DemoPeople {
  const { directory, demoOrigin, people, factors } = parts;

  async function isThere(realm: string, { email, username }: FilePerson): Promise<boolean> {
    for (const identifier of [email, username]) {
      if (identifier !== undefined && (await people().find(realm, identifier)) !== undefined) return true;
    }
    return false;
  }

  return {
    async judge(realm, person) {
      if (await isThere(realm, person)) return undefined;
      const fault = await people().judgeNew({ ...person, realm });
      return fault === undefined ? undefined : { field: fault.field, message: refusals[fault.why] };
    },
    async add(realm, { authenticator, ...person }) {
      if (await isThere(realm, person)) return 'unchanged';
      const made = await people().create({ realm, ...person, emailVerified: true });
      if (!made.ok) {
        const who = person.email ?? person.username ?? person.name;
        throw new GatehouseError('bad_request', `${who} of realm ${realm} cannot be made: ${made.why}`);
      }
      if (authenticator !== undefined) {
        const method = { realm, userId: made.user.id, kind: 'totp', ...totpMethod(authenticator) };
        await factors.methods.add(method, { actor: { kind: 'system' } });
      }
      return 'created';
    },
    async all() {
      const names = (await readdir(directory)).filter((name) => /\.ya?ml$/.test(name)).sort();
      const files = await Promise.all(
        names.map(async (name) =>
          readRealmFile(
            await readFile(join(directory, name), 'utf8'),
            name,
            demoOrigin === undefined ? {} : { demoOrigin },
          ),
        ),
      );
      return files.flatMap((read) =>
        read.ok
          ? (read.file.people as readonly FilePerson[]).map((person) => ({ ...person, realm: read.file.realm }))
          : [],
      );
    },
  };
}
