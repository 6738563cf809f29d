import { createMessaging, type MessageViews, type Messaging, outgoingMessage } from '../../src/messaging/index.ts';
import type { Realm } from '../../src/realm/index.ts';
import { createLeases, type OutboxItem, openStore, type Store } from '../../src/store/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

const at = new Date('2026-03-02T09:00:00Z');

export const web1: Realm = {
  id: 'web1',
  name: 'Web1',
  branding: { accent: '#0b5d7a', accentInk: '#ffffff', mark: 'W' },
  languages: ['en', 'de'],
  support: { email: 'help@web1.test' },
  policy: {},
  createdAt: at,
  changedAt: at,
};

/** Texts that show what they were given. */
export const plainViews: MessageViews = {
  catalogues: {
    languages: new Set(['en', 'de']),
    text: (language, key, params) => `${language} ${key} ${JSON.stringify(params)}`,
  },
  html: (view, model) => `<p>${view}</p><pre>${JSON.stringify(model)}</pre>`,
  text: (view, model) => `${view}\n${JSON.stringify(model)}\n`,
};

export interface MessagingForTests extends StoreForTests {
  readonly messaging: Messaging;
  readonly logged: { level: string; text: string; details: object }[];
  /** As another process would make it, on the same data. */
  another(): Promise<Messaging>;
  /** Tries what is due; then lets time pass and tries again, so many times. */
  tryTimes(times: number): Promise<void>;
}

export async function aMessaging(
  mailUrl: string | undefined,
  views: MessageViews = plainViews,
): Promise<MessagingForTests> {
  const made = await aStore();
  const logged: MessagingForTests['logged'] = [];
  const others: Store[] = [];
  const logAs = (level: string) => (details: object, text: string) => void logged.push({ level, text, details });
  const make = (store: Store) =>
    createMessaging({
      ...made,
      store,
      leases: createLeases({ store, clock: made.clock }),
      realms: { get: async (id) => (id === web1.id ? web1 : undefined), list: async () => [web1] },
      views,
      log: { info: logAs('info'), warn: logAs('warn'), error: logAs('error') },
      mail: { url: mailUrl, from: 'Gatehouse <no-reply@id.example.test>' },
    });
  const messaging = make(made.store);
  await made.store.bootstrap();
  return {
    ...made,
    messaging,
    logged,
    async another() {
      const store = await openStore({ database: '', ...made });
      const another = make(store);
      await store.bootstrap();
      others.push(store);
      return another;
    },
    async close() {
      await Promise.all(others.map((store) => store.close()));
      await made.close();
    },
    async tryTimes(times) {
      for (let i = 0; i < times; i++) {
        await messaging.workOnce();
        made.clock.advance(20 * 60_000);
      }
    },
  };
}

export function aMessage(change: Partial<Parameters<typeof outgoingMessage>[1]> = {}): OutboxItem {
  return outgoingMessage(at, {
    realm: 'web1',
    channel: 'mail',
    to: 'mia@example.test',
    template: 'invitation',
    locale: 'en',
    params: { name: 'Mia', link: 'https://id.example.test/i/planted-secret', until: at.toISOString() },
    expiresAt: new Date(at.getTime() + 7 * 24 * 3_600_000),
    ...change,
  });
}
