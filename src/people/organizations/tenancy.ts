import type { Role, Rules } from '../../policy/index.ts';
import type { ApplyFileOrganization, ForetellOrganization } from './apply-file.ts';
import type { Memberships, Organizations, Subscriptions } from './organization.ts';

/** On whom or what somebody wants to act. */
export type Target = { readonly organization: string } | { readonly userId: string };

/**
 * Who may act on whom. An owner or admin of an organization acts on it and on everything below it, and on people all of
 * whose memberships lie there; one of the realm itself on everything in it. Asked at the object, at every act.
 */
export interface Authority {
  mayActOn(realm: string, actorId: string, target: Target): Promise<boolean>;
  /** Whether they may give or take this role there: owners make owners. */
  mayGrant(realm: string, actorId: string, role: Role, organization?: string): Promise<boolean>;
  /** Ids of the organizations that they administer themselves, not those below; `realm`: the realm itself. */
  administered(
    realm: string,
    actorId: string,
  ): Promise<{ readonly realm: boolean; readonly organizations: readonly string[] }>;
}

/** What could leave a realm without anybody who administers it and can sign in. `rules`: of an organization or a person. */
export type Stranding =
  | { readonly kind: 'loss'; readonly losses: readonly { readonly userId: string; readonly what: 'all' }[] }
  | {
      readonly kind: 'rules';
      readonly level: { readonly kind: 'organization' | 'user'; readonly id: string };
      readonly rules: Rules;
    }
  | { readonly kind: 'move'; readonly organization: string; readonly to?: string }
  | { readonly kind: 'member'; readonly userId: string; readonly organization: string; readonly role: Role }
  | { readonly kind: 'leave'; readonly userId: string; readonly organization: string }
  | { readonly kind: 'subscription'; readonly holder: string; readonly portal: string; readonly isOver?: boolean };

/**
 * Does `act`, unless nobody who administers the realm could sign in after what `foresee` tells, though somebody can now.
 * Judged when it is this one's turn: no other change that asks goes on in the realm meanwhile, in whatever process.
 * `foresee`: undefined where nobody could be shut out. Not to be asked for within another `act`.
 */
export type KeepAdmins = <R>(
  realm: string,
  foresee: () => Promise<Stranding | undefined>,
  act: () => Promise<R>,
) => Promise<{ readonly ok: true; readonly value: R } | { readonly ok: false }>;

/**
 * Who administers a realm, in one document, so that of two who leave at once one is refused. Leaving is written here
 * first and joining last: after a crash it holds too few, never one who is gone. Who is missing is in it again as soon as
 * their role is given anew.
 */
export interface Administrators {
  /** False: they are the last. True also for who is none. */
  leave(realm: string, userId: string): Promise<boolean>;
  join(realm: string, userId: string): Promise<void>;
}

/** Everything about the tree of a realm. */
export interface Tenancy {
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  readonly subscriptions: Subscriptions;
  readonly authority: Authority;
  readonly administrators: Administrators;
  /** Puts one organization of a realm file in force. */
  readonly applyFile: ApplyFileOrganization;
  /** What that would leave; nothing is changed. */
  readonly foretellFile: ForetellOrganization;
  /** Finishes moves that a crash left half told. Returns how many. */
  repair(): Promise<number>;
  /** Calls `listener` after this process changed anything of a realm: who keeps some of it for a while forgets. */
  onChange(listener: (realm: string) => void): void;
}
