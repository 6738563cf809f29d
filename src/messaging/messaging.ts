import { type Clock, type Keyring, newId } from '../kernel/index.ts';
import type { Realms } from '../realm/index.ts';
import type { Leases, Log, OutboxItem, Store } from '../store/index.ts';
import { isMailable, readMailbox } from './mail-letter.ts';
import { type Message, messageIn } from './message.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createQueue, type Queue, type QueuedMessage } from './queue.ts';
import { createRender, type MessageViews } from './render.ts';
import type { Sender, Sent } from './sender.ts';
import { createSmtp } from './smtp.ts';
import { createWorker } from './worker.ts';

export interface MessagingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly leases: Leases;
  readonly realms: Pick<Realms, 'get' | 'list'>;
  readonly views: MessageViews;
  readonly log: Log;
  readonly mail: {
    /** `smtp://…`; undefined: into the development outbox. */
    readonly url: string | undefined;
    /** `Gatehouse <no-reply@id.example.com>` */
    readonly from: string;
  };
}

export interface Messaging {
  /** Takes outbox items of kind `message` into the queue; idempotent by their id. For the drain. */
  accept(items: readonly OutboxItem[]): Promise<void>;
  start(): void;
  stop(graceMs?: number): Promise<void>;
  /** Tries what is due now; for tests and the command line. */
  workOnce(): Promise<number>;
  readonly list: Queue['list'];
  readonly waiting: Queue['waiting'];
  /** What would have been sent; empty where mail is sent. */
  readonly outbox: Outbox;
  /** Sends a test mail at once, past the queue. `realm`: the first when left out. `unfit`: no server was asked. */
  test(
    to: string,
    realm?: string,
  ): Promise<Sent | { readonly ok: false; readonly why: 'unfit'; readonly reply: string }>;
}

/** Create before `store.bootstrap()`. */
export function createMessaging(parts: MessagingParts): Messaging {
  const { store, clock, keyring, leases, realms, views, log, mail } = parts;
  const queue = createQueue({ store });
  const outbox = createOutbox({ store });
  const render = createRender(views, (id) => realms.get(id));
  const from = readMailbox(mail.from);
  const shown = intoOutbox(outbox, clock);
  const senders: Partial<Record<Message['channel'], Sender>> =
    mail.url === undefined ? { mail: shown, sms: shown, voice: shown } : { mail: createSmtp({ url: mail.url, from }) };
  const worker = createWorker({ queue, render, senders, clock, leases, log });

  return {
    async accept(items) {
      const puts = items.map(async (item) => {
        const message = readOrLog(keyring, item, log);
        if (message !== undefined) await queue.put(item.id, message, item.at);
      });
      await Promise.all(puts);
      worker.wake();
    },
    start: () => worker.start(),
    stop: (graceMs) => worker.stop(graceMs),
    workOnce: () => worker.workOnce(),
    list: (query) => queue.list(query),
    waiting: () => queue.waiting(),
    outbox,
    async test(to, realm) {
      if (!isMailable(to)) return { ok: false, why: 'unfit', reply: 'not an address that mail can go to' };
      const chosen = realm ?? (await realms.list())[0]?.id;
      if (chosen === undefined) return { ok: false, why: 'unfit', reply: 'there is no realm yet; apply one first' };
      if ((await realms.get(chosen)) === undefined) {
        return { ok: false, why: 'unfit', reply: `there is no realm "${chosen}"; see \`gatehouse realm list\`` };
      }
      const letter = await render(testMessage(chosen, to, clock.now()));
      return (senders.mail ?? shown).send(letter, async () => {});
    },
  };
}

/** A message that cannot be read would be read no better the next time: it is logged, and others go on. */
function readOrLog(keyring: Keyring, item: OutboxItem, log: Log): Message | undefined {
  try {
    return messageIn(keyring, item);
  } catch (error) {
    log.error({ err: error, item: item.id }, 'an outbox item is no message; left out');
    return undefined;
  }
}

function intoOutbox(outbox: Outbox, clock: Clock): Sender {
  return {
    async send({ id, realm, channel, to, subject, text }) {
      await outbox.put({ id, at: clock.now(), realm, channel, to, subject, text });
      return { ok: true, reply: 'kept in the development outbox' };
    },
  };
}

function testMessage(realm: string, to: string, at: Date): QueuedMessage {
  return {
    id: newId(),
    realm,
    channel: 'mail',
    to,
    template: 'mail-test',
    locale: '',
    params: JSON.stringify({ at: at.toISOString() }),
    state: 'waiting',
    dueAt: at,
    tries: 1,
    doubts: 0,
    attempts: [],
    kept: 'message',
    createdAt: at,
    expiresAt: at,
    keepUntil: at,
  };
}
