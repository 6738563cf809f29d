/** What is handed to a mail server or a gateway: rendered, addressed, named. */
export interface Letter {
  /** The message's id: the same at every try. */
  readonly id: string;
  readonly realm: string;
  readonly realmName: string;
  readonly channel: 'mail' | 'sms' | 'voice';
  readonly to: string;
  readonly lang: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly at: Date;
}

/**
 * `refused`: never try again. `later`: the server said not now. `away`: no server to talk to, or it does not know us;
 * not the message's fault. `unconfirmed`: handed over in full, but the answer was lost, so it may have been taken.
 * `reply`: for the log and for operators, without secrets.
 */
export type Sent =
  | { readonly ok: true; readonly reply: string }
  | { readonly ok: false; readonly why: 'refused' | 'later' | 'away' | 'unconfirmed'; readonly reply: string };

export interface Sender {
  /**
   * Answers within `deadlineS`. Calls `beforeHandingOver` when all but the end is with the server, and sends the end
   * only after it: whatever happens before was certainly not a delivery. When it throws, nothing is delivered.
   */
  send(letter: Letter, beforeHandingOver: () => Promise<void>): Promise<Sent>;
}

/** The longest a sender may take, in seconds. */
export const deadlineS = 60;
