/**
 * Demo portals: real relying parties on openid-client, one koa application with a path per portal. For development
 * and for flow tests. Promises to use the provider only as any portal would, over HTTP. Must not know its insides.
 */
import { readFileSync } from 'node:fs';
import Koa from 'koa';
import { createDesk } from './desk.ts';
import { lookOf } from './looks.ts';
import { type DemoLog, type DemoPortal, portalUrl } from './portal.ts';
import { createRelyingParty } from './relying-party.ts';
import { createSessions } from './sessions.ts';

export type { DemoLog, DemoPortal } from './portal.ts';
export { portalUrl } from './portal.ts';

export interface DemoOptions {
  /** `http://localhost:4001`, where people reach this server; requests for other hosts are refused. */
  readonly demoOrigin: string;
  readonly portals: readonly DemoPortal[];
  readonly log: DemoLog;
  readonly now?: () => Date;
}

const baseStyle = readFileSync(new URL('style.css', import.meta.url), 'utf8');

/** The application; listening is the caller's. */
export function createDemo({ demoOrigin, portals, log, now = () => new Date() }: DemoOptions): Koa {
  const desks = new Map(
    portals.map((portal) => {
      const relyingParty = createRelyingParty(portal, portalUrl(demoOrigin, portal, '/callback'), now);
      return [
        portal.id,
        { portal, desk: createDesk({ portal, demoOrigin, relyingParty, sessions: createSessions(now), log, now }) },
      ];
    }),
  );
  const { host, port } = new URL(demoOrigin);
  const hosts = new Set([host, `localhost:${port}`, `127.0.0.1:${port}`]);
  const app = new Koa();

  app.use(async (context) => {
    if (!hosts.has(context.host)) context.throw(421, `this server is ${demoOrigin}`);
    // The answer of the provider comes to `demoOrigin`, and a cookie given under another name would not come with it.
    if (context.host !== host && isRead(context.method)) return context.redirect(`${demoOrigin}${context.url}`);
    const [, id = '', rest] = /^\/([^/]+)(\/.+)?$/.exec(context.path) ?? [];
    const found = desks.get(id);
    if (found === undefined) return notFound(context, portals);
    const { portal, desk } = found;
    if (rest === '/style.css') return style(context, portal);
    const act = desk.get(`${context.method === 'HEAD' ? 'GET' : context.method} ${rest ?? ''}`);
    if (act === undefined) return notFound(context, [portal]);
    context.set({
      'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self' ${new URL(portal.issuer).origin}; frame-ancestors 'none'; base-uri 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    await act(context);
    if (typeof context.body === 'string' && context.body !== '') context.type = 'html';
  });
  return app;
}

const isRead = (method: string) => method === 'GET' || method === 'HEAD';

function style(context: Koa.Context, portal: DemoPortal): void {
  context.type = 'css';
  context.body = `${lookOf(portal.id).css}\n${baseStyle}`;
}

function notFound(context: Koa.Context, portals: readonly DemoPortal[]): void {
  context.status = 404;
  context.type = 'text';
  context.body = `Nothing here. There is: ${portals.map((portal) => `/${portal.id}`).join(', ')}\n`;
}
