import { z } from 'zod';
import { type AuditEvent, auditEvent } from '../audit/index.ts';
import { type Clock, type Keyring, randomToken } from '../kernel/index.ts';
import { outgoingMessage } from '../messaging/index.ts';
import type { User } from '../people/index.ts';
import { type Declaration, type Doc, outboxShape, type Store } from '../store/index.ts';

/** A browser that completed a full sign-in of this person. `id`: keyed hash of the secret it holds. */
interface Browser extends Doc {
  readonly id: string;
  readonly realm: string;
  readonly userId: string;
  /** `Firefox on Windows` */
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  /** Kept beyond, to know that a later one is not the first. */
  readonly removeAt: Date;
}

const browsersDeclaration: Declaration<Browser> = {
  name: 'browsers',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    userId: z.string(),
    name: z.string(),
    createdAt: z.date(),
    lastUsedAt: z.date(),
    expiresAt: z.date(),
    removeAt: z.date(),
    outbox: outboxShape,
  }),
  indexes: [{ name: 'person', fields: ['realm', 'userId', 'lastUsedAt'] }],
  expiry: 'removeAt',
  outbox: true,
};

export const knownForS = 90 * 24 * 60 * 60;
const keptForS = 3 * 365 * 24 * 60 * 60;
/** People who share a browser; the one who signed in longest ago is forgotten. */
const peoplePerBrowser = 8;

/** Known browsers. `cookie`: the value the browser sent, '' for none. */
export interface Browsers {
  /** The id of the browser, when this person is known in it. */
  recognise(cookie: string, realm: string, userId: string): Promise<string | undefined>;
  /**
   * A full sign-in was completed. Returns the cookie's new value. A browser that is new to a person who was known in
   * others is told to them and to the audit log.
   */
  remember(cookie: string, user: User, event: Omit<AuditEvent, 'type'>, locale: string): Promise<string>;
}

export function createBrowsers(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
}): Browsers {
  const { clock, keyring } = deps;
  const browsers = deps.store.collection(browsersDeclaration);

  // Which of the cookie's secrets is whose, without a look-up and without naming anybody.
  const tagOf = (realm: string, userId: string) => keyring.mac('browser tag', `${realm}/${userId}`).slice(0, 12);
  const idOf = (realm: string, userId: string, secret: string) =>
    keyring.mac('browser', `${realm}/${userId}/${secret}`);

  async function known(cookie: string, realm: string, userId: string): Promise<Browser | undefined> {
    const secret = parse(cookie).find((entry) => entry.tag === tagOf(realm, userId))?.secret;
    if (secret === undefined) return undefined;
    const browser = await browsers.get(idOf(realm, userId, secret));
    return browser !== undefined && clock.now() < browser.expiresAt ? browser : undefined;
  }

  return {
    recognise: async (cookie, realm, userId) => (await known(cookie, realm, userId))?.id,

    async remember(cookie, user, event, locale) {
      const now = clock.now();
      const until = { expiresAt: after(now, knownForS), removeAt: after(now, keptForS) };
      const { realm } = user;
      const tag = tagOf(realm, user.id);
      const others = parse(cookie).filter((entry) => entry.tag !== tag);
      const browser = await known(cookie, realm, user.id);
      if (browser !== undefined) {
        const secret = parse(cookie).find((entry) => entry.tag === tag)?.secret ?? '';
        await browsers.update(browser.id, (doc) => ({ ...doc, ...until, lastUsedAt: now }));
        return format([{ tag, secret }, ...others]);
      }
      const earlier = await browsers.list({ index: 'person', equals: [realm, user.id], limit: 1, select: ['id'] });
      const isFirst = earlier.items.length === 0;
      const secret = randomToken();
      await browsers.insert({
        id: idOf(realm, user.id, secret),
        realm,
        userId: user.id,
        name: event.browser ?? '',
        createdAt: now,
        lastUsedAt: now,
        ...until,
        outbox: [
          auditEvent(now, { ...event, type: 'browser.remembered', details: { isFirst } }),
          ...(isFirst || user.email === undefined ? [] : [notice(user, user.email, event, locale, now)]),
        ],
      });
      return format([{ tag, secret }, ...others]);
    },
  };
}

function notice(user: User, to: string, event: Omit<AuditEvent, 'type'>, locale: string, now: Date) {
  return outgoingMessage(now, {
    realm: user.realm,
    channel: 'mail',
    to,
    template: 'new-browser',
    locale: user.locale ?? locale,
    timeZone: user.timeZone,
    params: { name: user.name, at: now.toISOString(), address: event.address ?? '', browser: event.browser ?? '' },
    expiresAt: after(now, 2 * 24 * 60 * 60),
  });
}

interface Entry {
  readonly tag: string;
  readonly secret: string;
}

/** `tag.secret~tag.secret`, the latest first. Anything else is ignored. */
function parse(cookie: string): readonly Entry[] {
  return cookie
    .split('~', peoplePerBrowser)
    .map((part) => /^([\w-]{12})\.([\w-]{43})$/.exec(part))
    .flatMap((match) =>
      match?.[1] === undefined || match[2] === undefined ? [] : [{ tag: match[1], secret: match[2] }],
    );
}

function format(entries: readonly Entry[]): string {
  return entries
    .slice(0, peoplePerBrowser)
    .map(({ tag, secret }) => `${tag}.${secret}`)
    .join('~');
}

function after(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
