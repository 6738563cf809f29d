import type { SimAnswer } from './sim-changes.ts';

/** What is said in a call, and what is done with the keys that are pressed. Travels sealed in callback addresses. */
export interface CallScript {
  /** Of the send it belongs to. */
  readonly id: string;
  readonly realmName: string;
  readonly lang: string;
  /** Read aloud, digit by digit. Absent: the call asks for the digits of the sign-in page instead. */
  readonly code?: string | undefined;
  /** The key after which the code is read, so that no mailbox records it. Absent once it was pressed. */
  readonly opensBy?: string | undefined;
  /** Called when the first does not answer. */
  readonly backup?: Destination | undefined;
  /** How many times the call was answered by keys so far: each answer counts once. */
  readonly turn: number;
  /** ISO 8601. Nothing is said any more after this. */
  readonly until: string;
}

export interface Destination {
  /** E.164. */
  readonly number: string;
  /** Keys pressed once the call is answered; a comma is a pause of a second. */
  readonly extension?: string | undefined;
}

interface Addressed {
  /** The same for everything that belongs to one send. */
  readonly id: string;
  readonly realm: string;
  readonly to: Destination;
  readonly at: Date;
}

export interface TextDispatch extends Addressed {
  readonly channel: 'sms';
  readonly text: string;
}

export interface CallDispatch extends Addressed {
  readonly channel: 'voice';
  readonly script: CallScript;
}

/** One message or call, worded and addressed. */
export type Dispatch = TextDispatch | CallDispatch;

/**
 * `refused`: the provider does not send to this number. `away`: no provider to talk to, or it does not know us; nothing
 * was sent. `unsure`: it may have been sent, and no answer says so. `reply`: for the log, without number or code.
 */
export type Taken =
  | { readonly ok: true; readonly providerId?: string }
  | { readonly ok: false; readonly why: 'refused' | 'away' | 'unsure'; readonly reply: string };

/** Who carries messages and calls. Never tries twice, never throws. */
export interface Gateway {
  send(dispatch: Dispatch): Promise<Taken>;
  /** Whether the SIM card of an E.164 number was changed lately, within three seconds. Absent: it cannot be asked. */
  simChange?(number: string): Promise<SimAnswer>;
}
