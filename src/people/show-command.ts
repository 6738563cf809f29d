import { labelOf, type Outcome } from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import { addressesOf } from './addresses.ts';
import type { PeopleCommandsContext, Portrait } from './commands-context.ts';
import { stateOf, summaryOf } from './person-lines.ts';
import type { User } from './user.ts';

/** `gatehouse user show`: who somebody is, and what they could sign in with. */
export async function showPerson(context: PeopleCommandsContext, realm: string, person: User): Promise<Outcome> {
  const { tenancy } = context.people;
  const [memberships, portals, portrait] = await Promise.all([
    tenancy.memberships.of(realm, person.id),
    tenancy.subscriptions.of(realm, person.id),
    context.portraitOf(realm, person.id),
  ]);
  const held = await Promise.all(
    memberships.map(async ({ organization, role, state }) => {
      const line = organization === undefined ? [] : ((await tenancy.organizations.lineOf(realm, organization)) ?? []);
      const name = organization === undefined ? 'the realm itself' : line.map((each) => each.name).join(' / ');
      return { organization: organization ?? null, name, role, state };
    }),
  );
  return {
    lines: table([
      ...identityRows(person),
      ...many(
        'belongs to',
        held.map(({ name, role, state }) => `${name}: ${role}${state === 'active' ? '' : ` (${state})`}`),
      ),
      ...(portals.length === 0 ? [] : [['subscribed', portals.join(', ')]]),
      ...portraitRows(portrait),
      ['more', `\`gatehouse policy explain ${realm} --person ${person.username ?? person.email ?? person.id}\``],
    ]),
    json: {
      ...summaryOf(person),
      ...{ state: stateOf(person), emailVerified: person.emailVerified, addresses: addressesOf(person) },
      ...{ locale: person.locale ?? null, timeZone: person.timeZone ?? null },
      ...{ passwordSetAt: person.password?.setAt ?? null, invitedUntil: person.invitation?.expiresAt ?? null },
      ...{ createdAt: person.createdAt, memberships: held, portals, ...portrait },
      lastSignIn: portrait.lastSignIn ?? null,
    },
  };
}

const shown = (moment: Date | string) => `${new Date(moment).toISOString().slice(0, 19)}Z`;

function identityRows(person: User): readonly (readonly string[])[] {
  const { email, emailVerified, username, locale, timeZone, password, invitation } = person;
  const others = addressesOf(person).filter((address) => address !== email);
  return [
    ['name', person.name || labelOf(person)],
    ['id', person.id],
    ['state', stateOf(person)],
    ['email', email === undefined ? '-' : `${email}${emailVerified ? '' : ' (not proven)'}`],
    ...(username === undefined ? [] : [['user name', username]]),
    ...(others.length === 0 ? [] : [['also told', others.join(', ')]]),
    ...(locale === undefined && timeZone === undefined
      ? []
      : [['language', [locale, timeZone].filter(Boolean).join(', ')]]),
    [
      'password',
      password !== undefined
        ? `set ${shown(password.setAt)}`
        : `none yet${invitation === undefined ? '' : `, invited until ${shown(invitation.expiresAt)}`}`,
    ],
  ];
}

function portraitRows({ methods, browsers, guesses, lastSignIn, rules }: Portrait): readonly (readonly string[])[] {
  return [
    ...many(
      'methods',
      methods.map(({ kind, name, state, lastUsedAt }, at) =>
        [
          `${kind}${name === null ? '' : ` "${name}"`}`,
          ...(at === 0 ? ['primary'] : []),
          ...(state === 'active' ? [] : [state]),
          lastUsedAt === null ? 'never used' : `last used ${shown(lastUsedAt)}`,
        ].join(', '),
      ),
    ),
    ['browsers', `${browsers.known} known, ${browsers.remembered} of them remembered`],
    ...many(
      'guesses',
      guesses.map(
        ({ counter, wrong, heldUntil }) =>
          `${counter === 'password' ? 'password' : 'second factor'}: ${wrong} wrong in a row${heldUntil === null ? '' : `, held until ${shown(heldUntil)}`}`,
      ),
      'none wrong',
    ),
    [
      'last sign-in',
      lastSignIn === undefined
        ? 'none in the audit log'
        : `${shown(lastSignIn.at)} at ${lastSignIn.portal ?? '-'}, acr ${lastSignIn.acr}, amr ${lastSignIn.amr.join(' ')}`,
    ],
    ...many(
      'rules',
      rules.map(({ rule, value, from }) => `${rule} ${value} (${from})`),
      'as by default',
    ),
  ];
}

/** The first line with its name, the others under it. */
const many = (name: string, lines: readonly string[], none = '-'): readonly (readonly string[])[] =>
  lines.length === 0 ? [[name, none]] : lines.map((line, at) => [at === 0 ? name : '', line]);
