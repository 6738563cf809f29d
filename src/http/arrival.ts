import type { IncomingMessage } from 'node:http';
import type { Context, Middleware, Next } from 'koa';
import type { Logger } from 'pino';
import { isLoopbackHost } from '../config/index.ts';
import { GatehouseError, newReference } from '../kernel/index.ts';
import { createAddressReader } from './address.ts';
import { setSecurityHeaders } from './headers.ts';
import type { Request } from './request-context.ts';

/** On the request itself, see `request-context.ts`. */
const received = Symbol('received');
type Received = Request & { readonly isFromProxy: boolean };
type ReceivedMessage = IncomingMessage & { [received]?: Received };

/** What `receive` found out about a request. */
export function requestOf(koa: Context): Received {
  const request = (koa.req as ReceivedMessage)[received];
  if (request === undefined) throw new GatehouseError('internal', 'the request was not received');
  return request;
}

/** Gives a request its reference number, log and address, sets the headers every answer has, and logs the answer. */
export function receive(
  setting: { readonly origin: string; readonly trustProxy: readonly string[] },
  log: Logger,
): Middleware {
  const readAddress = createAddressReader(setting.trustProxy);
  const isHttps = setting.origin.startsWith('https:');

  return async (koa: Context, next: Next) => {
    const startedAt = performance.now();
    const reference = newReference();
    const arrival = readAddress(koa.req);
    let own: Logger | undefined;
    (koa.req as ReceivedMessage)[received] = {
      reference,
      ...arrival,
      // Most requests leave but one line, which needs no logger of their own.
      get log() {
        return (own ??= log.child({ reference }));
      },
    };
    koa.state.reference = reference;
    setSecurityHeaders(koa, isHttps);
    koa.res.once('close', () => {
      log.info(
        {
          reference,
          method: koa.method.slice(0, 16),
          // The pattern, never the path: paths of links that were mailed hold secrets.
          route: String(koa.state.route ?? 'none'),
          status: koa.res.statusCode,
          isComplete: koa.res.writableFinished,
          ms: Math.round((performance.now() - startedAt) * 10) / 10,
          address: arrival.address,
        },
        'answered',
      );
    });
    await next();
  };
}

/** Development shows passwords and codes: only this machine may ask, and only by its own name (DNS rebinding). */
export const refuseOutsiders: Middleware = async (koa: Context, next: Next) => {
  const isLocal = isLoopbackHost(koa.req.socket.remoteAddress ?? '') && isLoopbackHost(hostName(koa.get('Host')));
  if (!isLocal) {
    throw new GatehouseError('forbidden', 'development answers this machine only', {
      messageKey: 'error.development-only',
    });
  }
  await next();
};

/** `[::1]:4000` → `[::1]`. */
const hostName = (host: string) => host.replace(/:\d*$/, '');
