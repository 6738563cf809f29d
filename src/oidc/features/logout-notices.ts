import { z } from 'zod';
import { auditEvent } from '../../audit/index.ts';
import { type Clock, digest, newId } from '../../kernel/index.ts';
import { type Declaration, type Doc, Duplicate, outboxShape, type Store, withOutbox } from '../../store/index.ts';

/** That a portal must be told of a sign-out. One per portal and session, however often it is put. */
export interface LogoutNotice extends Doc {
  readonly realm: string;
  readonly clientId: string;
  readonly sub: string;
  readonly sid: string;
  /** There while it waits: the index of due ones. */
  readonly queue?: 'open' | undefined;
  /** Not before. While a worker holds it: when its claim is over. */
  readonly dueAt: Date;
  readonly claim?: string | undefined;
  readonly tries: number;
  /** When it is given up. */
  readonly expiresAt: Date;
  readonly keepUntil: Date;
}

const declaration: Declaration<LogoutNotice> = {
  name: 'oidc_logout_notices',
  shape: z.object({
    id: z.string(),
    outbox: outboxShape,
    realm: z.string(),
    clientId: z.string(),
    sub: z.string(),
    sid: z.string(),
    queue: z.literal('open').optional(),
    dueAt: z.date(),
    claim: z.string().optional(),
    tries: z.number().int(),
    expiresAt: z.date(),
    keepUntil: z.date(),
  }),
  indexes: [{ name: 'due', fields: ['queue', 'dueAt'], sparse: true }],
  expiry: 'keepUntil',
  outbox: true,
};

/** A portal that was away longer has signed people out by its own clock. */
const triedForMs = 24 * 3_600_000;
/** So long the same sign-out is known. */
const keptMs = 2 * triedForMs;

export interface SignedOut {
  readonly realm: string;
  readonly clientId: string;
  readonly sub: string;
  readonly sid: string;
}

/** Durable: what was put is delivered, or the audit log says that it could not be. */
export interface LogoutNotices {
  put(signedOut: SignedOut): Promise<void>;
  due(limit: number): Promise<readonly LogoutNotice[]>;
  /** Undefined: another worker has it, or it is over. */
  claim(id: string, forMs: number): Promise<LogoutNotice | undefined>;
  postpone(held: LogoutNotice, byMs: number): Promise<void>;
  /** `why`: it could not be delivered, and will not be. */
  end(held: LogoutNotice, why?: string): Promise<void>;
}

export function createLogoutNotices({ store, clock }: { readonly store: Store; readonly clock: Clock }): LogoutNotices {
  const notices = store.collection(declaration);

  const settle = (held: LogoutNotice, change: (notice: LogoutNotice) => LogoutNotice) =>
    notices.update(held.id, (notice) => (notice.claim === held.claim ? change(notice) : undefined));

  return {
    async put({ realm, clientId, sub, sid }) {
      const now = clock.now();
      const id = `${realm}/${digest(`${clientId}\0${sid}`)}`;
      const after = (ms: number) => new Date(now.getTime() + ms);
      try {
        await notices.insert({
          ...{ id, realm, clientId, sub, sid },
          queue: 'open',
          dueAt: now,
          tries: 0,
          expiresAt: after(triedForMs),
          keepUntil: after(keptMs),
        });
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error;
      }
    },
    async due(limit) {
      // `to` is exclusive, and now is due.
      const range = { to: new Date(clock.now().getTime() + 1) };
      return (await notices.list({ index: 'due', equals: ['open'], range, limit })).items;
    },
    async claim(id, forMs) {
      const now = clock.now();
      const claimed = await notices.update(id, (notice) =>
        notice.queue === 'open' && notice.dueAt <= now
          ? { ...notice, claim: newId(), dueAt: new Date(now.getTime() + forMs), tries: notice.tries + 1 }
          : undefined,
      );
      return claimed.ok ? claimed.doc : undefined;
    },
    async postpone(held, byMs) {
      const dueAt = new Date(clock.now().getTime() + byMs);
      await settle(held, ({ claim: _claim, ...notice }) => ({ ...notice, dueAt }));
    },
    async end(held, why) {
      const { realm, clientId, sub } = held;
      const told =
        why === undefined
          ? []
          : [
              auditEvent(clock.now(), {
                type: 'logout_notice.failed',
                realm,
                actor: { kind: 'system' },
                subject: sub,
                portal: clientId,
                details: { why: why.slice(0, 200), tries: held.tries },
              }),
            ];
      await settle(held, ({ claim: _claim, queue: _queue, ...notice }) => withOutbox(notice, ...told));
    },
  };
}
