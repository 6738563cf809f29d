import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A sign-in that was begun and has not come back yet. */
export interface PendingSignIn {
  readonly verifier: string;
  readonly nonce: string;
  readonly maxAge?: number;
  /** It was begun for the vault, and leads back there. */
  readonly isForVault?: boolean;
  readonly begunAt: Date;
}

export interface SignedIn {
  readonly idToken: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly userinfo: Readonly<Record<string, unknown>> | undefined;
  readonly tokensAt: Date;
  /** How many times tokens were refreshed. */
  readonly refreshes: number;
}

export interface Session {
  readonly id: string;
  /** By `state`; a second tab may have its own. */
  readonly pending: Map<string, PendingSignIn>;
  signedIn: SignedIn | undefined;
  /** `state` sent with the last sign-out, to recognise the way back. */
  signOutState: string | undefined;
  readonly expiresAt: Date;
}

const lifetimeMs = 24 * 60 * 60 * 1000;
const maxSessions = 5_000;
const maxPending = 8;

/** Sessions of one portal, in memory: a restart of the demo signs everybody out of the portals. */
export function createSessions(now: () => Date) {
  const key = randomBytes(32);
  const sessions = new Map<string, Session>();
  const sign = (id: string) => createHmac('sha256', key).update(id).digest('base64url');

  return {
    find(cookie: string | undefined): Session | undefined {
      const [id = '', signature = ''] = (cookie ?? '').split('.');
      const expected = Buffer.from(sign(id));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const session = sessions.get(id);
      return session !== undefined && session.expiresAt > now() ? session : undefined;
    },
    findByToken(accessToken: string): SignedIn | undefined {
      for (const { signedIn, expiresAt } of sessions.values())
        if (signedIn?.accessToken === accessToken && expiresAt > now()) return signedIn;
      return undefined;
    },
    /** The oldest goes when there are too many. */
    begin(): { session: Session; cookie: string } {
      const id = randomBytes(32).toString('base64url');
      const expiresAt = new Date(now().getTime() + lifetimeMs);
      const session: Session = { id, pending: new Map(), signedIn: undefined, signOutState: undefined, expiresAt };
      sessions.set(id, session);
      const oldest = sessions.keys().next().value;
      if (sessions.size > maxSessions && oldest !== undefined) sessions.delete(oldest);
      return { session, cookie: `${id}.${sign(id)}` };
    },
    end(session: Session): void {
      sessions.delete(session.id);
    },
    remember(session: Session, state: string, pending: PendingSignIn): void {
      session.pending.set(state, pending);
      const oldest = session.pending.keys().next().value;
      if (session.pending.size > maxPending && oldest !== undefined) session.pending.delete(oldest);
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;
