import { z } from 'zod';
import { type AuditEvent, auditEvent } from '../audit/index.ts';
import { type Clock, digest, type Keyring } from '../kernel/index.ts';
import { outgoingMessage } from '../messaging/index.ts';
import { type Actor, addressesOf, type User } from '../people/index.ts';
import { type Declaration, type Doc, Duplicate, outboxShape, type Store } from '../store/index.ts';
import { readSecrets, writeSecrets } from './browser-secrets.ts';
import { type Remembered, rememberedSince } from './remembered.ts';

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
  /** Present: the person asked for it. Whether it still holds, `remembered.ts` and policy say. */
  readonly remembered?: Remembered;
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
    remembered: z.object({ at: z.date(), until: z.date(), basis: z.string() }).exactOptional(),
    removeAt: z.date(),
    outbox: outboxShape,
  }),
  indexes: [{ name: 'person', fields: ['realm', 'userId', 'lastUsedAt'] }],
  expiry: 'removeAt',
  outbox: true,
};

const dayS = 24 * 60 * 60;
export const knownForS = 90 * dayS;
const keptForS = 3 * 365 * dayS;
/** Nobody signs in with more; this bounds what a list reads. */
const listedAtMost = 500;

export type KnownBrowser = Pick<Browser, 'id' | 'remembered'>;

/** As a person or an operator sees it. `label`: names it to `revoke`, and opens nothing. */
export type ListedBrowser = Pick<Browser, 'name' | 'createdAt' | 'lastUsedAt'> & {
  readonly label: string;
  /** At the latest, where policy still allows as much; absent: a second factor is asked for. */
  readonly rememberedUntil?: Date;
};

/** Known browsers. `cookie`: the value the browser sent, '' for none. */
export interface Browsers {
  /** Undefined: this person is not known in it. */
  recognise(cookie: string, realm: string, userId: string): Promise<KnownBrowser | undefined>;
  /**
   * A full sign-in was completed. Returns the cookie's new value. A browser that is new to a person who was known in
   * others is told to them and to the audit log. `signIn`: its id; done again for the same one, it comes to the same
   * secret, and is told once. `basis`: what the sign-in stood on. `days`: for how long the person asked not to be asked
   * again, 0 for not at all.
   */
  remember(
    cookie: string,
    user: User,
    event: Omit<AuditEvent, 'type'> & { readonly signIn: string },
    asked: { readonly locale: string; readonly basis: string; readonly days: number },
  ): Promise<string>;
  /** Those in which a person is known, the latest first. `basis`: what their sign-ins stand on now. */
  list(realm: string, userId: string, basis: string): Promise<readonly ListedBrowser[]>;
  /** The person is no longer known in it: no second factor is waived there. False: there is none of that label. */
  revoke(realm: string, userId: string, label: string, actor: Actor): Promise<boolean>;
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
    const secret = readSecrets(cookie).find((entry) => entry.tag === tagOf(realm, userId))?.secret;
    if (secret === undefined) return undefined;
    const browser = await browsers.get(idOf(realm, userId, secret));
    return browser !== undefined && clock.now() < browser.expiresAt ? browser : undefined;
  }

  async function knownTo(realm: string, userId: string): Promise<readonly Browser[]> {
    const found = await browsers.list({
      ...{ index: 'person', equals: [realm, userId], limit: listedAtMost, reverse: true },
      where: (browser) => clock.now() < browser.expiresAt,
    });
    return found.items;
  }

  return {
    recognise: known,

    async remember(cookie, user, event, { locale, basis, days }) {
      const now = clock.now();
      const until = { expiresAt: after(now, knownForS), removeAt: after(now, keptForS) };
      const { realm } = user;
      const tag = tagOf(realm, user.id);
      const others = readSecrets(cookie).filter((entry) => entry.tag !== tag);
      const browser = await known(cookie, realm, user.id);
      const asked = days === 0 ? {} : { remembered: { at: now, until: after(now, days * dayS), basis } };
      const told = days === 0 ? [] : [auditEvent(now, { ...event, type: 'browser.remembered', details: { days } })];
      if (browser !== undefined) {
        const secret = readSecrets(cookie).find((entry) => entry.tag === tag)?.secret ?? '';
        await browsers.update(browser.id, (doc) => {
          // One that was revoked meanwhile stays so.
          if (now >= doc.expiresAt) return undefined;
          const kept = doc.remembered?.basis === basis ? doc : bare(doc);
          return { ...kept, ...until, ...asked, lastUsedAt: now, outbox: [...(doc.outbox ?? []), ...told] };
        });
        return writeSecrets([{ tag, secret }, ...others]);
      }
      const earlier = await browsers.list({ index: 'person', equals: [realm, user.id], limit: 1, select: ['id'] });
      const isFirst = earlier.items.length === 0;
      const secret = keyring.mac('browser secret', `${realm}/${user.id}/${event.signIn}`);
      const made: Browser = {
        id: idOf(realm, user.id, secret),
        realm,
        userId: user.id,
        name: event.browser ?? '',
        createdAt: now,
        lastUsedAt: now,
        ...until,
        ...asked,
        outbox: [
          auditEvent(now, { ...event, type: 'browser.known', details: { isFirst } }),
          ...told,
          ...(isFirst ? [] : addressesOf(user).map((to) => notice(user, to, event, locale, now))),
        ],
      };
      try {
        await browsers.insert(made);
      } catch (error) {
        // Whoever did it before may have died before the browser heard of it.
        if (!(error instanceof Duplicate)) throw error;
      }
      return writeSecrets([{ tag, secret }, ...others]);
    },

    async list(realm, userId, basis) {
      const now = clock.now();
      return (await knownTo(realm, userId)).map((browser) => {
        const { id, name, createdAt, lastUsedAt, expiresAt, remembered } = browser;
        const listed = { label: labelOf(id), name, createdAt, lastUsedAt };
        if (remembered === undefined || rememberedSince(browser, basis, now) === undefined) return listed;
        return { ...listed, rememberedUntil: remembered.until < expiresAt ? remembered.until : expiresAt };
      });
    },

    async revoke(realm, userId, label, actor) {
      const now = clock.now();
      const browser = (await knownTo(realm, userId)).find(({ id }) => labelOf(id) === label);
      if (browser === undefined) return false;
      const revoked = await browsers.update(browser.id, (doc) => {
        if (now >= doc.expiresAt) return undefined;
        const event = auditEvent(now, {
          ...{ type: 'browser.revoked', realm, actor, subject: userId },
          details: { browser: doc.name },
        });
        return { ...bare(doc), expiresAt: now, outbox: [...(doc.outbox ?? []), event] };
      });
      return revoked.ok;
    },
  };
}

function bare(browser: Browser): Browser {
  const { remembered: _, ...rest } = browser;
  return rest;
}

/** Hexadecimal, so that it never looks like an option of a command. */
const labelOf = (id: string) => Buffer.from(digest(id), 'base64url').toString('hex').slice(0, 12);

function notice(user: User, to: string, event: Omit<AuditEvent, 'type'>, locale: string, now: Date) {
  return outgoingMessage(now, {
    realm: user.realm,
    channel: 'mail',
    to,
    template: 'new-browser',
    locale: user.locale ?? locale,
    timeZone: user.timeZone,
    params: { name: user.name, at: now.toISOString(), address: event.address ?? '', browser: event.browser ?? '' },
    expiresAt: after(now, 2 * dayS),
  });
}

function after(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
