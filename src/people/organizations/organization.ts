import type { Role, Rules } from '../../policy/index.ts';
import type { Doc, Page } from '../../store/index.ts';
import type { Actor } from '../actor.ts';

/** An account in a realm; together they are a tree. */
export interface Organization extends Doc {
  readonly id: string;
  readonly realm: string;
  /** Unique among its siblings, case, width and accents aside. */
  readonly name: string;
  /** Absent at the top. */
  readonly parent?: string;
  /** Ids, outermost first. For lists: during a move they may be behind, rights never depend on them. */
  readonly ancestors: readonly string[];
  readonly policy: Rules;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** Levels of a tree, the top one counted. */
export const deepest = 10;

/** A person's role in an organization, or on the realm itself. Gives rights and rules once it is `active`. */
export interface Membership extends Doc {
  readonly realm: string;
  /** Absent: the role is on the realm itself, and everything in it. */
  readonly organization?: string;
  readonly userId: string;
  readonly role: Role;
  readonly state: 'invited' | 'active';
  readonly createdAt: Date;
  readonly acceptedAt?: Date;
}

/** What an organization or a person has taken out. An organization's is its own: those below it have theirs. */
export interface Subscription extends Doc {
  readonly realm: string;
  /** Client id. */
  readonly portal: string;
  readonly kind: 'organization' | 'user';
  /** Id of the organization or the person. */
  readonly holder: string;
  readonly createdAt: Date;
}

export interface NewOrganization {
  readonly realm: string;
  readonly name: string;
  readonly parent?: string;
  readonly policy?: Rules;
  /** Random when left out. */
  readonly id?: string;
}

/** `strands_admins`: nobody who administers the realm could sign in then. */
export type OrganizationFault =
  | 'absent'
  | 'no_parent'
  | 'name_invalid'
  | 'name_taken'
  | 'too_deep'
  | 'id_taken'
  | 'strands_admins';
/** What the tree itself refuses. */
export type MoveFault = 'absent' | 'no_parent' | 'name_taken' | 'too_deep' | 'cycle';
export type RemoveFault = 'absent' | 'has_children' | 'has_members';

type Either<T, W> = ({ readonly ok: true } & T) | { readonly ok: false; readonly why: W };

export interface Organizations {
  get(realm: string, id: string): Promise<Organization | undefined>;
  /** By names from the top down; `[]` is nothing. */
  find(realm: string, names: readonly string[]): Promise<Organization | undefined>;
  /** As people write it: by id, as a realm file calls it, or by names from the top with slashes between. */
  named(realm: string, ref: string): Promise<Organization | undefined>;
  /** From the top down to itself, by parents as they are now; undefined when it is not there. */
  lineOf(realm: string, id: string): Promise<readonly Organization[] | undefined>;
  /** Children of `parent`, or the top, in order of name. */
  children(query: ListOf & { readonly parent?: string }): Promise<Page<Organization>>;
  /** Everything below, in order of name. */
  below(query: ListOf & { readonly organization: string }): Promise<Page<Organization>>;
  /** All of a realm, in order of name; `prefix` of the name narrows. */
  list(query: ListOf & { readonly prefix?: string }): Promise<Page<Organization>>;
  add(input: NewOrganization, actor: Actor): Promise<Either<{ organization: Organization }, OrganizationFault>>;
  /** Name or rules. `change` is pure; undefined refuses. */
  change(
    realm: string,
    id: string,
    change: (organization: Organization) => Partial<Pick<Organization, 'name' | 'policy'>> | undefined,
    actor: Actor,
  ): Promise<Either<{ organization: Organization }, OrganizationFault>>;
  /** With everything below it, at one instant. Without `to`: to the top. */
  move(
    realm: string,
    id: string,
    to: string | undefined,
    actor: Actor,
  ): Promise<Either<unknown, MoveFault | 'strands_admins'>>;
  /** Only an empty one: without children and members. */
  remove(realm: string, id: string, actor: Actor): Promise<Either<unknown, RemoveFault>>;
}

export interface ListOf {
  readonly realm: string;
  readonly after?: string;
  readonly limit: number;
}

export type MemberFault =
  | 'no_organization'
  | 'no_person'
  | 'absent'
  | 'already'
  | 'last_admin'
  | 'strands_admins'
  | 'role_of_realm';

export interface Memberships {
  /** All of a person's, invitations too, those on the realm itself first. */
  of(realm: string, userId: string): Promise<readonly Membership[]>;
  /** Members of one organization; without one, those with a role on the realm itself. */
  list(query: ListOf & { readonly organization?: string }): Promise<Page<Membership>>;
  /** Members of an organization and everything below it. */
  below(query: ListOf & { readonly organization: string }): Promise<Page<Membership>>;
  /** Of everybody in the realm. */
  all(query: ListOf): Promise<Page<Membership>>;
  /** Whether this realm has any membership: where not, nobody needs to be asked about theirs. */
  hasAny(realm: string): Promise<boolean>;
  /** Without an organization: a role on the realm itself, `owner` or `admin`. `isAccepted`: in force at once. */
  add(
    input: {
      readonly realm: string;
      readonly organization?: string;
      readonly userId: string;
      readonly role: Role;
      readonly isAccepted?: boolean;
    },
    actor: Actor,
  ): Promise<Either<{ membership: Membership }, MemberFault>>;
  accept(where: Where, actor: Actor): Promise<Either<{ membership: Membership }, MemberFault>>;
  setRole(where: Where, role: Role, actor: Actor): Promise<Either<{ membership: Membership }, MemberFault>>;
  remove(where: Where, actor: Actor): Promise<Either<unknown, MemberFault>>;
}

export interface Where {
  readonly realm: string;
  readonly organization?: string;
  readonly userId: string;
}

export interface Subscriptions {
  /** Client ids of the portals that this organization or person has, in order. */
  of(realm: string, holder: string): Promise<readonly string[]>;
  /** To one portal, or of the whole realm. */
  list(query: ListOf & { readonly portal?: string }): Promise<Page<Subscription>>;
  hasAny(realm: string): Promise<boolean>;
  /** The caller knows that holder and portal are there. */
  add(what: SubscriptionKey, actor: Actor): Promise<Either<unknown, SubscriptionFault>>;
  remove(what: SubscriptionKey, actor: Actor): Promise<Either<unknown, SubscriptionFault>>;
}

/** `already`: it is so by now. */
export type SubscriptionFault = 'already' | 'strands_admins';

export type SubscriptionKey = Pick<Subscription, 'realm' | 'portal' | 'kind' | 'holder'>;
