/**
 * Messages to people: accepted from the outbox of the change they tell of, kept until they are sent, sent once.
 * Promises: nothing accepted is lost, a message is sent at most once unless a mail server's answer was lost on the
 * way, no secret stays after sending. Must not know why a message is sent, nor judge who may get one.
 */
export * from './message.ts';
export { createOutbox, type Outbox, type OutboxEntry } from './outbox.ts';
export type { MessageModel, MessageParams } from './template-model.ts';
