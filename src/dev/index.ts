/**
 * For development only: the start page, the outbox and a built-in authenticator, outside of all realms. Shows
 * passwords and codes in clear. Promises not to exist in production: making it there throws. Must not change anything
 * but what a telephone could: keys can be pressed in the calls of the outbox.
 */
import type { PageRequest, SiteContext, SiteRoute } from '../http/index.ts';
import { type Clock, GatehouseError } from '../kernel/index.ts';
import type { Outbox } from '../messaging/index.ts';
import type { Realms } from '../realm/index.ts';
import { readPasted, readSecret, showAccount } from './authenticator.ts';
import type { AuthenticatorPage, OutboxPage } from './page-models.ts';
import { accountsOf, type DemoRealmSource, startPage } from './start-page.ts';

export { createDemoPeople, type DemoPeople } from './demo-people.ts';
export { createDemoTokens, type DemoTokens } from './demo-tokens.ts';
export type {
  AuthenticatorAccount,
  AuthenticatorPage,
  DemoPerson,
  DemoRealm,
  OutboxPage,
  StartPage,
} from './page-models.ts';
export type { DemoRealmSource } from './start-page.ts';

export interface DevParts {
  readonly mode: 'development' | 'production';
  readonly clock: Clock;
  readonly realms: Pick<Realms, 'list' | 'portals' | 'issuerOf'>;
  readonly outbox: Pick<Outbox, 'list'>;
  /** False: no call of this id waits for keys. Undefined: a provider carries calls. */
  readonly pressKeys: ((id: string, keys: string) => Promise<boolean>) | undefined;
  readonly demo: {
    /** `http://localhost:4001` */
    readonly origin: string;
    /** The realm files. */
    realms(): readonly DemoRealmSource[] | Promise<readonly DemoRealmSource[]>;
  };
}

const outboxPageSize = 50;

/** `/`, `/dev/outbox` with its keypads, `/dev/outbox.json` and `/dev/authenticator`. Throws in production. */
export function createDev(parts: DevParts): readonly SiteRoute[] {
  if (parts.mode !== 'development') throw new GatehouseError('internal', 'development pages are for development only');
  const page = (path: string, show: (parts: DevParts, context: SiteContext) => Promise<PageRequest>): SiteRoute => ({
    method: 'GET',
    path,
    // For developers: written in English only, so it says so.
    handle: async (context) => context.render({ ...(await show(parts, context)), onlyLanguage: 'en' }),
  });
  return [
    page('/', showStart),
    page('/dev/outbox', showOutbox),
    page('/dev/authenticator', showAuthenticator),
    { method: 'GET', path: '/dev/outbox.json', handle: (context) => listOutbox(parts, context) },
    { method: 'POST', path: '/dev/outbox/:id/keys', handle: (context) => pressKeys(parts, context) },
  ];
}

async function showStart({ realms, demo }: DevParts): Promise<PageRequest> {
  const model = await startPage(realms, await demo.realms(), demo.origin);
  return { view: 'dev/start', step: 'dev-start', titleKey: 'dev.start', model: { ...model } };
}

async function showOutbox({ outbox }: DevParts, context: SiteContext): Promise<PageRequest> {
  const { items, next } = await outbox.list({ limit: outboxPageSize, ...queried(context, 'after') });
  const olderHref = next === undefined ? undefined : `/dev/outbox?${new URLSearchParams({ after: next }).toString()}`;
  const messages = items.map(({ takesKeys = false, ...message }) => ({
    ...message,
    keysAction: takesKeys ? `/dev/outbox/${encodeURIComponent(message.id)}/keys` : undefined,
  }));
  const model: OutboxPage = { messages, olderHref };
  return { view: 'dev/outbox', step: 'dev-outbox', titleKey: 'dev.outbox', model: { ...model } };
}

async function listOutbox({ outbox }: DevParts, { koa }: SiteContext): Promise<void> {
  const { items } = await outbox.list({ limit: 200 });
  koa.set('cache-control', 'no-store');
  koa.body = items.map(({ id, at, realm, channel, to, subject, text }) => ({
    ...{ id, at, realm, channel, to, subject, text },
  }));
}

/** `key`: a button of the keypad; `keys`: what was typed. As a telephone would send them: six at most. */
async function pressKeys({ pressKeys: press }: DevParts, context: SiteContext): Promise<void> {
  const { key = '', keys = '' } = await context.form();
  const pressed = (key === '' ? keys : key).replaceAll(/\s/g, '');
  if (!/^[0-9*#]{1,6}$/.test(pressed)) throw new GatehouseError('bad_request', 'no keys of a telephone, or too many');
  const id = context.params['id'] ?? '';
  if (!((await press?.(id, pressed)) ?? false)) throw new GatehouseError('not_found', 'no call that waits for keys');
  context.redirect(`/dev/outbox#message-${id}`);
}

async function showAuthenticator({ clock, realms, demo }: DevParts, context: SiteContext): Promise<PageRequest> {
  const { secret: typed = '' } = queried(context, 'secret');
  const now = clock.now();
  const pasted = typed === '' ? undefined : readPasted(typed);
  const names = new Map((await realms.list()).map((realm) => [realm.id, realm.name]));
  const known = (await demo.realms()).flatMap((source) =>
    accountsOf(source).flatMap(({ secret, label }) => {
      const read = readSecret(secret, label, names.get(source.realm) ?? source.realm);
      return read.ok ? [showAccount(read.account, now, false)] : [];
    }),
  );
  const accounts = [...(pasted?.ok === true ? [showAccount(pasted.account, now, true)] : []), ...known];
  const model: AuthenticatorPage = {
    accounts,
    fault: pasted?.ok === false ? pasted.why : undefined,
    pasted: typed,
    action: '/dev/authenticator',
    reloadHref: context.koa.url,
    refreshS: Math.min(60, ...accounts.map((account) => account.remainingS)),
  };
  return {
    view: 'dev/authenticator',
    step: 'dev-authenticator',
    titleKey: 'dev.authenticator',
    model: { ...model },
  };
}

/** The query parameter, where it is there once and of bearable length. */
function queried<Name extends string>({ koa }: SiteContext, name: Name): { [name in Name]?: string } {
  const value = koa.query[name];
  return typeof value === 'string' && value !== '' && value.length <= 2048
    ? ({ [name]: value } as { [name in Name]: string })
    : {};
}
