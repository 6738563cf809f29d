/**
 * For development only: the start page, the outbox and a built-in authenticator, outside of all realms. Shows
 * passwords and codes in clear. Promises not to exist in production: making it there throws. Must not change anything.
 */
import type { Context, Next } from 'koa';
import type { PageRequest } from '../http/index.ts';
import { type Clock, GatehouseError } from '../kernel/index.ts';
import type { Outbox } from '../messaging/index.ts';
import type { Realms } from '../realm/index.ts';
import { readPasted, readSecret, showAccount } from './authenticator.ts';
import type { AuthenticatorPage, OutboxPage } from './page-models.ts';
import { type DemoPersonSource, identifierOf, startPage } from './start-page.ts';

export type { AuthenticatorAccount, AuthenticatorPage, DemoPerson, OutboxPage, StartPage } from './page-models.ts';
export type { DemoPersonSource } from './start-page.ts';

export interface DevParts {
  readonly mode: 'development' | 'production';
  readonly clock: Clock;
  readonly realms: Realms;
  readonly outbox: Outbox;
  readonly demo: {
    /** `http://localhost:4001` */
    readonly origin: string;
    /** People of the realm files that are in force. */
    people(): readonly DemoPersonSource[] | Promise<readonly DemoPersonSource[]>;
  };
  /** Renders a page that belongs to no realm. */
  readonly render: (context: Context, page: PageRequest) => Promise<void>;
}

export type DevMiddleware = (context: Context, next: Next) => Promise<void>;

const outboxPageSize = 50;

/** Middleware for `/`, `/dev/outbox`, `/dev/outbox.json` and `/dev/authenticator`; passes on everything else. */
export function createDev(parts: DevParts): DevMiddleware {
  if (parts.mode !== 'development') throw new GatehouseError('internal', 'development pages are for development only');
  const pages: ReadonlyMap<string, (context: Context) => Promise<void>> = new Map([
    ['/', (context) => showStart(parts, context)],
    ['/dev/outbox', (context) => showOutbox(parts, context)],
    ['/dev/outbox.json', (context) => listOutbox(parts, context)],
    ['/dev/authenticator', (context) => showAuthenticator(parts, context)],
  ]);
  return async (context, next) => {
    const page = context.method === 'GET' || context.method === 'HEAD' ? pages.get(context.path) : undefined;
    if (page === undefined) {
      await next();
      return;
    }
    context.set('cache-control', 'no-store');
    await page(context);
  };
}

async function showStart({ realms, demo, render }: DevParts, context: Context): Promise<void> {
  const model = await startPage(realms, await demo.people(), demo.origin);
  await render(context, { view: 'dev/start', step: 'dev-start', titleKey: 'dev.start', model: { ...model } });
}

async function showOutbox({ outbox, render }: DevParts, context: Context): Promise<void> {
  const { items, next } = await outbox.list({ limit: outboxPageSize, ...queried(context, 'after') });
  const olderHref = next === undefined ? undefined : `/dev/outbox?${new URLSearchParams({ after: next }).toString()}`;
  const model: OutboxPage = { messages: items, olderHref };
  await render(context, { view: 'dev/outbox', step: 'dev-outbox', titleKey: 'dev.outbox', model: { ...model } });
}

async function listOutbox({ outbox }: DevParts, context: Context): Promise<void> {
  const { items } = await outbox.list({ limit: 200 });
  context.body = items;
}

async function showAuthenticator({ clock, realms, demo, render }: DevParts, context: Context): Promise<void> {
  const { secret = '' } = queried(context, 'secret');
  const now = clock.now();
  const pasted = secret === '' ? undefined : readPasted(secret);
  const names = new Map((await realms.list()).map((realm) => [realm.id, realm.name]));
  const known = (await demo.people()).flatMap((person) => {
    if (person.authenticator === undefined) return [];
    const issuer = names.get(person.realm) ?? person.realm;
    const read = readSecret(person.authenticator, `${person.name} (${identifierOf(person)})`, issuer);
    return read.ok ? [showAccount(read.account, now, false)] : [];
  });
  const accounts = [...(pasted?.ok === true ? [showAccount(pasted.account, now, true)] : []), ...known];
  const model: AuthenticatorPage = {
    accounts,
    fault: pasted?.ok === false ? pasted.why : undefined,
    pasted: secret,
    action: '/dev/authenticator',
    reloadHref: context.url,
    refreshS: Math.min(60, ...accounts.map((account) => account.remainingS)),
  };
  await render(context, {
    view: 'dev/authenticator',
    step: 'dev-authenticator',
    titleKey: 'dev.authenticator',
    model: { ...model },
  });
}

/** The query parameter, where it is there once and of bearable length. */
function queried<Name extends string>(context: Context, name: Name): { [name in Name]?: string } {
  const value = context.query[name];
  return typeof value === 'string' && value !== '' && value.length <= 2048
    ? ({ [name]: value } as { [name in Name]: string })
    : {};
}
