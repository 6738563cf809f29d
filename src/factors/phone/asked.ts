import { z } from 'zod';
import { auditEvent } from '../../audit/index.ts';
import { type Keyring, sameText } from '../../kernel/index.ts';
import {
  type Collection,
  type Declaration,
  type Doc,
  type OutboxItem,
  outboxShape,
  type Store,
} from '../../store/index.ts';

/** A code that was sent, or a number that is to be keyed in. `id`: of the send. Only its keyed hash is kept. */
export interface AskedCode extends Doc {
  readonly realm: string;
  readonly userId: string;
  /** What it is bound to: no other sign-in takes it. */
  readonly signIn: string;
  readonly hash: string;
  /** It is keyed in during the call, and never typed on a page. */
  readonly isKeyed: boolean;
  readonly state: 'open' | 'approved' | 'used' | 'reported' | 'withheld';
  /** E.164. */
  readonly number: string;
  /** JSON of the mails that tell the person of fraud, should it be reported. */
  readonly warnings: string;
  readonly expiresAt: Date;
  readonly removeAt: Date;
}

const askedDeclaration: Declaration<AskedCode> = {
  name: 'phone_codes',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    userId: z.string(),
    signIn: z.string(),
    hash: z.string(),
    isKeyed: z.boolean(),
    state: z.enum(['open', 'approved', 'used', 'reported', 'withheld']),
    number: z.string(),
    warnings: z.string(),
    expiresAt: z.date(),
    removeAt: z.date(),
    outbox: outboxShape,
  }),
  indexes: [],
  expiry: 'removeAt',
  sealed: ['number', 'warnings'],
  outbox: true,
};

/** NIST SP 800-63B-4 §3.1.3.2: at most 10 minutes. */
export const codeLivesMs = 10 * 60 * 1000;
const keptMs = 24 * 60 * 60 * 1000;

export interface NewAsked extends Pick<AskedCode, 'id' | 'realm' | 'userId' | 'signIn' | 'isKeyed' | 'number'> {
  readonly code: string;
  readonly warnings: readonly OutboxItem[];
}

export type Spent =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'wrong' | 'expired' | 'replayed' | 'pending' };

/** Everything that was asked, each used once. */
export interface AskedCodes {
  get(id: string): Promise<AskedCode | undefined>;
  put(asked: NewAsked, now: Date): Promise<void>;
  /** Judges what was typed, and uses it up. `signIn`: of whoever types. `code` undefined: it was keyed in elsewhere. */
  spend(id: string, signIn: string, code: string | undefined, now: Date): Promise<Spent>;
  /** Judges what was keyed in during a call. */
  approve(id: string, digits: string, now: Date): Promise<'right' | 'wrong' | 'over'>;
  /** No longer taken; the person is told, in the same write. True for the first report. */
  report(id: string, now: Date): Promise<boolean>;
  /** It was never sent, because of the SIM card: recorded once. */
  withhold(id: string, why: 'sim_changed' | 'sim_unknown', now: Date): Promise<void>;
}

export function createAskedCodes(deps: { readonly store: Store; readonly keyring: Keyring }): AskedCodes {
  const asked: Collection<AskedCode> = deps.store.collection(askedDeclaration);
  const hashOf = (id: string, code: string) => deps.keyring.mac('phone code', `${id}\n${code}`);
  const isLive = (doc: AskedCode, now: Date) => now < doc.expiresAt;

  return {
    get: (id) => asked.get(id),

    async put({ code, warnings, ...rest }, now) {
      const expiresAt = new Date(now.getTime() + codeLivesMs);
      await asked.insert({
        ...rest,
        hash: hashOf(rest.id, code),
        state: 'open',
        warnings: JSON.stringify(warnings),
        expiresAt,
        removeAt: new Date(now.getTime() + keptMs),
      });
    },

    async spend(id, signIn, code, now) {
      const doc = await asked.get(id);
      if (doc === undefined || doc.signIn !== signIn || !isLive(doc, now)) return { ok: false, why: 'expired' };
      if (doc.state === 'reported' || doc.state === 'withheld') return { ok: false, why: 'expired' };
      if (doc.isKeyed !== (code === undefined)) return { ok: false, why: code === undefined ? 'pending' : 'expired' };
      if (code !== undefined && !sameText(doc.hash, hashOf(id, code))) return { ok: false, why: 'wrong' };
      const needed = doc.isKeyed ? 'approved' : 'open';
      const spent = await asked.update(id, (now) => (now.state === needed ? { ...now, state: 'used' } : undefined));
      if (spent.ok) return { ok: true };
      return { ok: false, why: doc.isKeyed && doc.state === 'open' ? 'pending' : 'replayed' };
    },

    async approve(id, digits, now) {
      const doc = await asked.get(id);
      if (doc === undefined || !doc.isKeyed || doc.state !== 'open' || !isLive(doc, now)) return 'over';
      if (!sameText(doc.hash, hashOf(id, digits))) return 'wrong';
      const approved = await asked.update(id, (now) =>
        now.state === 'open' ? { ...now, state: 'approved' } : undefined,
      );
      return approved.ok ? 'right' : 'over';
    },

    async report(id, now) {
      const reported = await asked.update(id, (doc) => {
        if (doc.state === 'reported') return undefined;
        const event = auditEvent(now, {
          ...{ type: 'phone.fraud_reported', ...about(doc) },
          actor: { kind: 'person', id: doc.userId },
        });
        return { ...doc, state: 'reported', outbox: [...(doc.outbox ?? []), event, ...warningsOf(doc)] };
      });
      return reported.ok;
    },

    async withhold(id, why, now) {
      await asked.update(id, (doc) => {
        if (doc.state !== 'open') return undefined;
        const event = auditEvent(now, { type: `phone.${why}`, ...about(doc), actor: { kind: 'system' } });
        return { ...doc, state: 'withheld', outbox: [...(doc.outbox ?? []), event] };
      });
    },
  };
}

const about = ({ realm, userId, signIn }: AskedCode) => ({ realm, subject: userId, signIn });

/** As they were prepared; dates come out of JSON as text. */
function warningsOf({ warnings }: AskedCode): readonly OutboxItem[] {
  const prepared = JSON.parse(warnings) as readonly (Omit<OutboxItem, 'at'> & { readonly at: string })[];
  return prepared.map((item) => ({ ...item, at: new Date(item.at) }));
}
