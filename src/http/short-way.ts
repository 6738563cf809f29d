import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware } from 'koa';
import type { Realm } from '../realm/index.ts';
import type { Receive, Received } from './arrival.ts';
import { describeAsConfigured } from './describe-as-configured.ts';
import type { FindRealm } from './find-realm.ts';
import type { Onlooker } from './onlooker.ts';
import type { Site } from './site.ts';

/**
 * Answers what programs ask a realm's provider. False: nothing was written, it has to be answered the long way, where
 * the fallback finds what came of it. Does not throw.
 */
export type AnswerProgram = (
  realm: string,
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
) => Promise<boolean>;

export interface ShortWay {
  readonly receive: Receive;
  readonly find: FindRealm;
  readonly hostOf: (request: Received, message: IncomingMessage) => string;
  readonly site: (realm: Realm) => Site;
  readonly answersOutsiders: boolean;
  readonly answerProgram: AnswerProgram;
  readonly onlooker: Onlooker | undefined;
}

const isLookedAt = Symbol('isLookedAt');
type LookedAt = IncomingMessage & { [isLookedAt]?: true };

/** On the long way: requests that came the short way first were looked at there. */
export const lookingOn =
  (onlooker: Onlooker): Middleware =>
  async (koa, next) => {
    await ((koa.req as LookedAt)[isLookedAt] === true ? next() : onlooker(koa, next));
  };

/** Addresses that show no page, in their plainest spelling; every other way to write them is for the long way. */
const programPath =
  /^((?:\/realms\/[a-z][a-z0-9-]{1,31})?)\/(token|me|jwks|request|token\/(?:introspection|revocation)|\.well-known\/openid-configuration)(?:\?|$)/;

export type Answering = (message: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Where there is nothing of ours to do, requests skip what pages need: koa's context, the routes, the language. */
export function createShortWay(given: ShortWay, longWay: Answering): Answering {
  async function isAnswered(message: IncomingMessage, response: ServerResponse, received: Received, parts: string[]) {
    const found = await given.find(parts, given.hostOf(received, message)).catch(() => undefined);
    if (found === undefined || found.parts[0] === 'realms') return false;
    const site = given.site(found.realm);
    received.state.route = `${site.id} provider /${found.parts[0] ?? ''}`;
    describeAsConfigured(message, site, received.address);
    return given.answerProgram(found.realm.id, message, response, received.address);
  }

  return async (message: LookedAt & { originalUrl?: string }, response) => {
    const match = programPath.exec(message.url ?? '');
    if (match === null) return longWay(message, response);
    const [, base = '', path = ''] = match;
    const received = given.receive(message, response);
    if (received.isOutsider && !given.answersOutsiders) return longWay(message, response);

    const answer = async () => {
      const parts = [...base.split('/').slice(1), ...path.split('/')];
      if (await isAnswered(message, response, received, parts)) return;
      message.url = message.originalUrl ?? message.url ?? '/';
      await longWay(message, response);
    };
    if (given.onlooker === undefined) return answer();
    message[isLookedAt] = true;
    const passing = { method: message.method ?? '', path: `${base}/${path}`, res: response, state: received.state };
    await given.onlooker(passing, answer);
  };
}
