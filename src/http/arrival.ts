import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Middleware, Next } from 'koa';
import type { Logger } from 'pino';
import { isLoopbackHost } from '../config/index.ts';
import { GatehouseError, newReference } from '../kernel/index.ts';
import { createAddressReader } from './address.ts';
import { setSecurityHeaders } from './headers.ts';
import type { Request } from './request-context.ts';

/** On the request itself, see `request-context.ts`. */
const received = Symbol('received');
type ReceivedMessage = IncomingMessage & { [received]?: Received };

export interface Received extends Request {
  readonly isFromProxy: boolean;
  /** From another machine, or by another name than this one's. */
  readonly isOutsider: boolean;
  /** koa's own. `route`: the pattern that answers, never the path: paths of links that were mailed hold secrets. */
  readonly state: { readonly reference: string; route?: string };
}

/** What `receive` found out about a request. */
export function requestOf(koa: Pick<Context, 'req'>): Received {
  const request = (koa.req as ReceivedMessage)[received];
  if (request === undefined) throw new GatehouseError('internal', 'the request was not received');
  return request;
}

export type Receive = (request: IncomingMessage, response: ServerResponse) => Received;

/** Gives a request its reference number, log and address, sets the headers every answer has, and logs the answer. */
export function createReceive(
  setting: { readonly origin: string; readonly trustProxy: readonly string[] },
  log: Logger,
): Receive {
  const readAddress = createAddressReader(setting.trustProxy);
  const isHttps = setting.origin.startsWith('https:');

  return (request: ReceivedMessage, response) => {
    const startedAt = performance.now();
    const reference = newReference();
    const { address, isFromProxy } = readAddress(request);
    const state: Received['state'] = { reference };
    let own: Logger | undefined;
    const made: Received = {
      reference,
      address,
      isFromProxy,
      isOutsider: isOutsider(request),
      state,
      // Most requests leave but one line, which needs no logger of their own.
      get log() {
        return (own ??= log.child({ reference }));
      },
    };
    request[received] = made;
    setSecurityHeaders(response, isHttps);
    response.on('close', () => {
      log.info(
        {
          reference,
          method: (request.method ?? '').slice(0, 16),
          route: state.route ?? 'none',
          status: response.statusCode,
          isComplete: response.writableFinished,
          ms: Math.round((performance.now() - startedAt) * 10) / 10,
          address,
        },
        'answered',
      );
    });
    return made;
  };
}

/** `koa.req` may have been received on the short way. */
export function receiving(receive: Receive): Middleware {
  return async (koa: Context, next: Next) => {
    koa.state = ((koa.req as ReceivedMessage)[received] ?? receive(koa.req, koa.res)).state;
    await next();
  };
}

/** Development shows passwords and codes: only this machine may ask, and only by its own name (DNS rebinding). */
export const refuseOutsiders: Middleware = async (koa: Context, next: Next) => {
  if (requestOf(koa).isOutsider) {
    throw new GatehouseError('forbidden', 'development answers this machine only', {
      messageKey: 'error.development-only',
    });
  }
  await next();
};

const isOutsider = ({ socket, headers }: IncomingMessage): boolean =>
  !(isLoopbackHost(socket.remoteAddress ?? '') && isLoopbackHost(hostName(headers.host ?? '')));

/** `[::1]:4000` → `[::1]`. */
const hostName = (host: string) => host.replace(/:\d*$/, '');
