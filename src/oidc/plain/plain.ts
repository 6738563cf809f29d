import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Adapter } from 'oidc-provider';
import type { Logger } from 'pino';
import type { Clock } from '../../kernel/index.ts';
import type { Portal, Realm } from '../../realm/index.ts';
import type { FindAccount } from '../accounts.ts';
import type { RealmKeys } from '../keys.ts';
import { createPlainToken } from './token.ts';
import { createPlainUserinfo } from './userinfo.ts';

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

/** True: it answered. False: nothing was written nor read away, and the provider is to judge. */
export type AnswerPlainly = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * By path below the issuer: what portals ask all day, answered without oidc-provider where nothing about it takes
 * judgement, as oidc-provider would. Whatever is refused, or is anything but plain, is the provider's to say
 * (docs/adr/0013).
 */
export function createPlainWays(parts: PlainParts): ReadonlyMap<string, AnswerPlainly> {
  return new Map([
    ['/me', createPlainUserinfo(parts)],
    ['/token', createPlainToken(parts)],
  ]);
}
