import type { Outcome } from '../command-line/index.ts';
import type { Administered } from './administration.ts';
import type { Tokens } from './create-tokens.ts';
import type { Actor, Token } from './token.ts';
import { summaryOf } from './token-lines.ts';

/** What the commands work on, opened when one of them runs. */
export interface TokenCommandsContext {
  readonly tokens: Tokens;
  hasRealm(realm: string): Promise<boolean>;
  /** The person known by that email, user name or id. */
  personOf(realm: string, identifier: string): Promise<{ readonly id: string; readonly label: string } | undefined>;
  labelOf(realm: string, userId: string): Promise<string>;
  /** By id, as a realm file calls it, or by names from the top. */
  organizationNamed(realm: string, ref: string): Promise<{ readonly id: string } | undefined>;
  /** How many may have the same token, by the rules of this person's sign-ins. */
  peoplePerToken(realm: string, userId: string): Promise<number>;
  /** Does `act`, unless it is not to be taken from these people: why, and the way out. */
  taking<R>(
    realm: string,
    userIds: readonly string[],
    token: Token,
    act: () => Promise<R>,
  ): Promise<{ readonly ok: true; readonly value: R } | { readonly ok: false; readonly refused: string }>;
  /** Does `act`, unless nobody who administers the realm could sign in without the token: why, and the way out. */
  blocking<R>(
    realm: string,
    token: Token,
    act: () => Promise<R>,
  ): Promise<{ readonly ok: true; readonly value: R } | { readonly ok: false; readonly refused: string }>;
  /** Makes it a method of the person, as if they had registered it; takes that away. */
  activate(realm: string, userId: string, token: Token, actor: Actor): Promise<void>;
  deactivate(realm: string, userId: string, token: Token, actor: Actor): Promise<void>;
  close(): Promise<void>;
}

export const refusals: Readonly<Record<Extract<Administered, { readonly ok: false }>['why'], string>> = {
  unknown: 'no token of the realm has that Credential ID; see `gatehouse token list`',
  unusable: 'the token is lost, disabled or expired; `gatehouse token enable` lets a blocked one work again',
  taken: 'somebody else has that token; take it from them with `gatehouse token unassign`',
  not_assigned: 'that person does not have that token',
  unchanged: 'nothing to do: it is so already',
  wrong: 'these are not two consecutive codes of this token, or they were used before; wait for new ones',
};

export function told(done: string, changed: Administered): Outcome {
  return changed.ok
    ? { lines: [`${done} ${changed.token.credentialId}`], json: summaryOf(changed.token) }
    : { refused: refusals[changed.why] };
}
