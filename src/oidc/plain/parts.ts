import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapter } from 'oidc-provider';
import type { Logger } from 'pino';
import type { Clock } from '../../kernel/index.ts';
import type { Portal, Realm } from '../../realm/index.ts';
import type { FindAccount } from '../accounts.ts';
import type { RealmKeys } from '../keys.ts';

/** Of one realm, as its provider has them. */
export interface PlainParts {
  readonly realm: Pick<Realm, 'resources'>;
  readonly issuer: string;
  readonly keys: Pick<RealmKeys, 'jwks'>;
  readonly adapter: (model: string) => Adapter;
  readonly findAccount: FindAccount;
  readonly portalOf: (clientId: string) => Portal | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** True: it answered, or nobody waits for an answer. False: nothing was written nor read away, and the provider is to judge. */
export type AnswerPlainly = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
