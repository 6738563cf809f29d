import { newId } from '../kernel/index.ts';
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
  readonly params: Readonly<Record<string, string | number>>;
  /** Not sent any more after this. */
  readonly expiresAt: Date;
}

export function outgoingMessage(at: Date, message: Message): OutboxItem {
  return { id: newId(), kind: 'message', at, body: { ...message, expiresAt: message.expiresAt.toISOString() } };
}
