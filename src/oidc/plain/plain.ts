import type { AnswerPlainly, PlainParts } from './parts.ts';
import { createPlainToken } from './token.ts';
import { createPlainUserinfo } from './userinfo.ts';

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
