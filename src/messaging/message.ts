import { z } from 'zod';
import { type Keyring, newId } from '../kernel/index.ts';
import type { OutboxItem } from '../store/index.ts';

/** A message to a person: which template, in which language, with which values. Travels in the `outbox` of the change it tells of. */
export interface Message {
  readonly realm: string;
  readonly channel: 'mail' | 'sms' | 'voice';
  /** Address or number. Sealed by the collection that carries it where it is not the person's own email. */
  readonly to: string;
  /** A folder of `views/messages/`: `method-added`, `account-held`, `new-browser`, `invitation`. */
  readonly template: string;
  readonly locale: string;
  /** IANA zone of the times in it; UTC when left out. */
  readonly timeZone?: string | undefined;
  readonly params: Readonly<Record<string, string | number>>;
  /** Not sent any more after this. */
  readonly expiresAt: Date;
}

export function outgoingMessage(at: Date, message: Message): OutboxItem {
  const { timeZone, expiresAt, ...rest } = message;
  const zone = timeZone === undefined ? {} : { timeZone };
  return { id: newId(), kind: 'message', at, body: { ...rest, ...zone, expiresAt: expiresAt.toISOString() } };
}

const paramsShape = z.record(z.string(), z.union([z.string().max(4096), z.number()]));

const bodyShape = z.object({
  realm: z.string().min(1),
  channel: z.enum(['mail', 'sms', 'voice']),
  to: z.string().min(1).max(512),
  template: z.string().regex(/^[a-z0-9-]{1,64}$/),
  locale: z.string().max(64),
  timeZone: z.string().max(64).optional(),
  params: paramsShape,
  expiresAt: z.iso.datetime().transform((text) => new Date(text)),
  /** Sealed JSON of more params. */
  secrets: z.string().optional(),
});

const associated = (item: Pick<OutboxItem, 'id'>) => `outbox:${item.id}:secrets`;

/** The same item with values (links, codes) that must not lie in the store in clear. */
export function withSecrets(keyring: Keyring, item: OutboxItem, secrets: Readonly<Record<string, string>>): OutboxItem {
  return { ...item, body: { ...item.body, secrets: keyring.seal(JSON.stringify(secrets), associated(item)) } };
}

/** The message in an outbox item, its secrets among its params. Throws when the item is no message. */
export function messageIn(keyring: Keyring, item: OutboxItem): Message {
  const { secrets, ...message } = bodyShape.parse(item.body);
  if (secrets === undefined) return message;
  const opened = paramsShape.parse(JSON.parse(keyring.open(secrets, associated(item))));
  return { ...message, params: { ...message.params, ...opened } };
}
