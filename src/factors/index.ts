/**
 * Kinds of proof, and what each person enrolled. Promises that every proof is judged by its own folder alone, that a
 * method's secret is sealed at rest, that the record of every method ever bound stays. Must not know HTTP, how guesses are
 * counted, or what a sign-in still needs. A new factor is a folder here, its views, and one line below.
 */
import type { Clock, Keyring } from '../kernel/index.ts';
import type { Telephony } from '../messaging/index.ts';
import type { OutboxItem, Store } from '../store/index.ts';
import type { Tokens } from '../tokens/index.ts';
import { createEmail } from './email/index.ts';
import type { Factor } from './factor.ts';
import { createMethods, type MethodStore } from './methods.ts';
import { createPasskey } from './passkey/index.ts';
import { type CountKeys, createPhone } from './phone/index.ts';
import { createRecovery } from './recovery/index.ts';
import { createAfterRemovals } from './removals.ts';
import { createToken } from './token/index.ts';
import { createTotp } from './totp/index.ts';

export interface Factors {
  readonly kinds: ReadonlyMap<string, Factor>;
  readonly methods: MethodStore;
  /** To be told what the audit log is told: ends what else there is of removed methods. */
  after(items: readonly OutboxItem[]): Promise<void>;
}

export interface FactorsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
  /** Absent: there is no inventory of tokens. */
  readonly tokens?: Tokens;
  /** Absent: there are no codes by telephone. */
  readonly phone?: { readonly telephony: Telephony; readonly countKeys: CountKeys };
}

export function createFactors(deps: FactorsDeps): Factors {
  const methods = createMethods(deps);
  const list: readonly Factor[] = [
    createTotp({ methods }),
    createPasskey({ methods, store: deps.store }),
    ...(deps.phone === undefined ? [] : [createPhone({ methods, ...deps, ...deps.phone })]),
    createEmail({ methods, ...deps }),
    ...(deps.tokens === undefined ? [] : [createToken({ methods, tokens: deps.tokens })]),
    createRecovery({ methods }),
  ];
  const kinds = new Map(list.map((factor) => [factor.kind, factor]));
  return { kinds, methods, after: createAfterRemovals({ kinds, methods }) };
}

/** Kinds by their nature, for whoever judges settings where no factor is made. */
export const kindsThat = {
  /** Restricted (NIST SP 800-63B-4 §3.1.3.3): never to be the only second factor offered. */
  travelByTelephone: 'phone',
  /** No second factor. */
  travelByMail: 'email',
  /** WebAuthn §5.1.3: to a domain. */
  areBoundToAName: 'passkey',
} as const;

export * from './factor.ts';
export type { MethodEvent, MethodStore, NewMethod, Surveyed } from './methods.ts';
export { bindToken, isMethodOf, unbindToken } from './token/index.ts';
export { codeAt, stepAt, type TotpSeed, totpDefaults, totpMethod } from './totp/index.ts';
