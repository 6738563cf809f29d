/**
 * Messages to people: accepted from the outbox of the change they tell of, kept until they are sent, sent once.
 * Promises: nothing accepted is lost, a message is sent at most once unless a mail server's answer was lost on the
 * way (then at most twice), no secret stays after sending. Must not know why a message is sent, nor judge who gets one.
 */
export type { Admitted, Allowance, AllowanceRefusal, CodeMessage } from './allowance/allowance.ts';
export {
  type AllowanceDesk,
  type AllowanceParts,
  createAllowance,
  type MeasuredMessage,
} from './allowance/create-allowance.ts';
export type { BudgetedOrganization } from './allowance/levels.ts';
export { type Greeted, greetMailServer } from './greet.ts';
export { isMailable } from './mail-letter.ts';
export { type Message, outgoingMessage, withSecrets } from './message.ts';
export { createMessaging, type Messaging, type MessagingParts } from './messaging.ts';
export type { Outbox, OutboxEntry } from './outbox.ts';
export type { MessageState, QueuedMessage } from './queue.ts';
export type { MessageViews } from './render.ts';
export type { Sent } from './sender.ts';
export { openTelephony, type TelephonySetting } from './telephony/open.ts';
export type { PhoneCode, SendNews, Telephony } from './telephony/telephony.ts';
export type { MessageModel, MessageParams } from './template-model.ts';
export type { Topic as TwilioTopic } from './twilio/addresses.ts';
export type { JudgeTwilioCallback } from './twilio/callbacks.ts';
export { greetTwilio, twilioOf } from './twilio/greet.ts';
