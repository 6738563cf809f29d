import { auditEvent } from '../audit/index.ts';
import type { Clock, Keyring } from '../kernel/index.ts';
import type { Store } from '../store/index.ts';
import { createAddresses } from './addresses.ts';
import { createDirectory } from './directory.ts';
import type { Hasher } from './hasher.ts';
import { createInvitations, type InvitationsDeps } from './invitations.ts';
import { isEmail, isName, isUsername, normalise } from './normalise.ts';
import { createTenancy } from './organizations/create-tenancy.ts';
import type { KeepAdmins } from './organizations/tenancy.ts';
import { createOwnRules } from './own-rules.ts';
import { judgePassword } from './password-rules.ts';
import { createPasswords, wordsOf } from './passwords.ts';
import { createRegistry } from './registry.ts';
import { createStanding } from './standing.ts';
import type { NewUser, People } from './user.ts';

export interface PeopleDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly keyring: Keyring;
  /** The address of the invitation page for this token. */
  readonly linkTo: InvitationsDeps['linkTo'];
  /** Absent: it is enough that somebody administers a realm, whether or not they can sign in. */
  readonly keepAdmins?: KeepAdmins;
}

/** The floor where a second factor is asked (NIST SP 800-63B-4 §3.1.1.2); sign-in asks for more where there is none. */
const leastPasswordLength = 8;

const anyhow: KeepAdmins = async (_realm, _foresee, act) => ({ ok: true, value: await act() });

export function createPeople({ store, clock, hasher, keyring, linkTo, keepAdmins = anyhow }: PeopleDeps): People {
  const registry = createRegistry({ store, clock });
  const passwords = createPasswords({ registry, hasher, clock });
  const tenancy = createTenancy({ store, clock, user: registry.get, keepAdmins });

  return {
    get: (realm, userId) => registry.get(realm, userId),
    find: (realm, identifier) => registry.find(realm, identifier),
    normalise,
    update: (realm, userId, change) => registry.update(realm, userId, change),
    tenancy,
    repair: async () => (await registry.repair()) + (await tenancy.repair()),
    async judgeNew(input) {
      const fault = faultOf(input);
      if (fault !== undefined) return { field: fault, why: 'invalid' };
      if (input.password === undefined) return undefined;
      const why = await judgePassword(input.password, { minLength: leastPasswordLength }, wordsOf(input));
      return why === undefined ? undefined : { field: 'password', why };
    },
    async create(input, actor = { kind: 'system' }) {
      const fault = faultOf(input);
      if (fault !== undefined) return { ok: false, why: 'identifier_invalid', details: fault };
      const user = {
        realm: input.realm,
        status: 'active' as const,
        name: input.name.trim(),
        emailVerified: input.emailVerified ?? false,
        ...(input.email === undefined ? {} : { email: input.email.trim() }),
        ...(input.username === undefined ? {} : { username: input.username.trim() }),
        ...(input.locale === undefined ? {} : { locale: input.locale }),
        ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
      };
      const made =
        input.password === undefined
          ? undefined
          : await passwords.make(input.password, { minLength: leastPasswordLength }, wordsOf(user), 'create');
      if (made?.ok === false) return { ok: false, why: 'password_refused', details: made.why };
      const person = { ...user, ...(made === undefined ? {} : { password: made.record }) };
      const added = await registry.add(person, (id) => [
        auditEvent(clock.now(), { type: 'user.created', realm: input.realm, actor, subject: id }),
      ]);
      return added === 'taken' ? { ok: false, why: 'identifier_taken' } : { ok: true, user: added };
    },
    verifyPassword: (user, password, from, trust) => passwords.verify(user, password, from, trust),
    admitsPassword: (from, trust) => passwords.admits(from, trust),
    setPassword: (user, password, rules) => passwords.set(user, password, rules),
    ...createInvitations({ registry, passwords, keyring, clock, linkTo }),
    ...createAddresses({ registry, clock }),
    ...createStanding({ registry, clock, keepAdmins, tenancy }),
    ...createOwnRules({ registry, clock, keepAdmins }),
    ...createDirectory(registry.users),
  };
}

/** The field that cannot be, if any. */
function faultOf({ name, email, username }: NewUser): 'name' | 'email' | 'username' | undefined {
  if (!isName(name)) return 'name';
  if (email === undefined && username === undefined) return 'email';
  if (email !== undefined && !isEmail(email)) return 'email';
  return username !== undefined && !isUsername(username) ? 'username' : undefined;
}
