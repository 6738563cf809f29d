import type { People } from './user.ts';

/** What the commands work on, opened when one of them runs. */
export interface PeopleCommandsContext {
  readonly people: People;
  readonly mode: 'development' | 'production';
  hasRealm(realm: string): Promise<boolean>;
  hasPortal(realm: string, clientId: string): Promise<boolean>;
  portraitOf(realm: string, userId: string): Promise<Portrait>;
  close(): Promise<void>;
}

/** What other rooms know of a person. */
export interface Portrait {
  /** The primary first. */
  readonly methods: readonly {
    readonly kind: string;
    readonly name: string | null;
    readonly state: string;
    readonly lastUsedAt: Date | null;
  }[];
  readonly browsers: { readonly known: number; readonly remembered: number };
  /** Those of which some were wrong. */
  readonly guesses: readonly {
    readonly counter: 'password' | 'second_factor';
    readonly wrong: number;
    readonly heldUntil: Date | null;
  }[];
  readonly lastSignIn?: {
    readonly at: string;
    readonly portal: string | null;
    readonly acr: string;
    readonly amr: readonly string[];
  };
  /** Those in force that somebody set, wherever they sign in. */
  readonly rules: readonly { readonly rule: string; readonly value: string; readonly from: string }[];
}

export const refusals = {
  absent: 'that is not there (any more)',
  no_parent: 'there is no such organization to put it below',
  name_invalid: 'a name is one line of visible text, 200 characters at most',
  name_taken: 'another organization beside it has that name',
  id_taken: 'another organization has that id',
  too_deep: 'organizations are ten levels deep at most',
  cycle: 'an organization cannot be moved below itself',
  has_children: 'there are organizations below it; move or remove them first',
  has_members: 'it has members; remove them first with `gatehouse member remove`',
  no_organization: 'there is no such organization; see `gatehouse org list`',
  no_person: 'there is no such person; see `gatehouse user list`',
  already: 'nothing to do: it is so already',
  last_admin:
    'nobody else who can sign in administers the realm; give somebody that role first with `gatehouse member add --role owner`',
  strands_admins:
    'nobody who administers the realm could sign in any more under the rules there; see `gatehouse policy explain`',
  role_of_realm: 'on the realm itself one is `owner` or `admin`; name an organization with --org',
} as const;
