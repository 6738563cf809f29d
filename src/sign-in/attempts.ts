import { z } from 'zod';
import { type AuditEvent, auditEvent } from '../audit/index.ts';
import type { Clock } from '../kernel/index.ts';
import { type Declaration, outboxShape, type Store, type Updated } from '../store/index.ts';
import type { Attempt, Outcome, SignInRequest } from './attempt.ts';

const attemptLifetimeS = 30 * 60;
/** Longer than the interaction, so that one attempt is never begun twice for it. */
const keptS = 60 * 60;
/** An attempt from further ahead means that the clock was set back: it would live too long. */
const clockSkewS = 2 * 60;

export const attemptsDeclaration: Declaration<Attempt> = {
  name: 'attempts',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    portal: z.string(),
    state: z.enum(['open', 'done', 'ended']),
    endedBecause: z.enum(['expired', 'guesses', 'cancelled', 'locked', 'disabled', 'replaced']).optional(),
    userId: z.string().optional(),
    identifier: z.string().optional(),
    proven: z.array(
      z.object({ factor: z.string(), methodId: z.string().optional(), amr: z.array(z.string()), at: z.date() }),
    ),
    wrongCodes: z.number().int(),
    enrolment: z.string().optional(),
    challenges: z.string().optional(),
    sentBack: z.string().optional(),
    organization: z.string().optional(),
    methodId: z.string().optional(),
    answers: z.array(z.string()),
    reference: z.string(),
    createdAt: z.date(),
    expiresAt: z.date(),
    passwordLength: z.number().int().optional(),
    basis: z.string().optional(),
    refused: z.string().optional(),
    changing: z.date().optional(),
    outcome: z
      .object({
        ...{ acr: z.string(), amr: z.array(z.string()), authTime: z.date(), completedAt: z.date() },
        organization: z.string().optional(),
      })
      .optional(),
    makesKnown: z.object({ days: z.number().int() }).optional(),
    boundTo: z.string().optional(),
    removeAt: z.date(),
    outbox: outboxShape,
  }) as unknown as z.ZodType<Attempt>,
  indexes: [],
  expiry: 'removeAt',
  sealed: ['enrolment', 'challenges', 'sentBack'],
  survives: 'process',
  outbox: true,
};

export type Ending = NonNullable<Attempt['endedBecause']>;

/** What a finished attempt leaves for whoever tells the provider. */
export type Found = { readonly outcome: Outcome } & Pick<Attempt, 'makesKnown'>;

export interface Attempts {
  get(realm: string, uid: string): Promise<Attempt | undefined>;
  /** The attempt behind this request, begun if it is new. */
  open(request: SignInRequest, reference: string, seed: Pick<Attempt, 'userId' | 'basis'>): Promise<Attempt>;
  /** Only while it is open; `change` may refuse by `undefined`. */
  change(uid: string, change: (attempt: Attempt) => Attempt | undefined): Promise<Updated<Attempt>>;
  /** Of any number of racers one wins, and gets the attempt as it is now. Written to disk, with the audit event. */
  finish(uid: string, found: Found, event: AuditEvent): Promise<Attempt | undefined>;
  /** It cannot go on as things are, and stays open: the address, the hour or the policy may be another soon. */
  refuse(uid: string, why: string, event: Omit<AuditEvent, 'type'>): Promise<void>;
  end(uid: string, because: Ending, from?: Pick<AuditEvent, 'address' | 'browser'>): Promise<void>;
}

export function createAttempts(deps: { readonly store: Store; readonly clock: Clock }): Attempts {
  const { clock } = deps;
  const attempts = deps.store.collection(attemptsDeclaration);

  return {
    async get(realm, uid) {
      const attempt = await attempts.get(uid);
      return attempt?.realm === realm ? attempt : undefined;
    },

    async open(request, reference, seed) {
      const now = clock.now();
      const fresh: Attempt = {
        id: request.uid,
        realm: request.realm,
        portal: request.clientId,
        state: 'open',
        proven: [],
        wrongCodes: 0,
        answers: [],
        reference,
        createdAt: now,
        expiresAt: after(now, attemptLifetimeS),
        removeAt: after(now, keptS),
        ...seed,
      };
      const opened = await attempts.upsert(request.uid, (attempt) => attempt ?? fresh);
      return opened.ok ? opened.doc : fresh;
    },

    change: (uid, change) =>
      attempts.update(uid, (attempt) => (attempt.state === 'open' ? change(attempt) : undefined)),

    async finish(uid, found, event) {
      const now = clock.now();
      const finished = await attempts.update(
        uid,
        (attempt) => {
          if (attempt.state !== 'open' || isOver(attempt, now)) return undefined;
          return {
            ...bare(attempt),
            ...found,
            state: 'done',
            outbox: [...(attempt.outbox ?? []), completion(attempt, now, event)],
          };
        },
        { durable: true },
      );
      return finished.ok ? finished.doc : undefined;
    },

    async refuse(uid, why, event) {
      const now = clock.now();
      await attempts.update(uid, (attempt) => {
        if (attempt.state !== 'open' || attempt.refused === why) return undefined;
        const told = auditEvent(now, { ...event, type: 'sign_in.refused', details: { why, ...event.details } });
        return { ...attempt, refused: why, outbox: [...(attempt.outbox ?? []), told] };
      });
    },

    async end(uid, because, from = {}) {
      const now = clock.now();
      await attempts.update(uid, (attempt) => {
        if (attempt.state !== 'open') return undefined;
        const event = auditEvent(now, {
          ...from,
          type: 'sign_in.ended',
          realm: attempt.realm,
          actor: attempt.userId === undefined ? { kind: 'system' } : { kind: 'person', id: attempt.userId },
          ...(attempt.userId === undefined ? {} : { subject: attempt.userId }),
          portal: attempt.portal,
          signIn: uid,
          reference: attempt.reference,
          details: { because },
        });
        return { ...bare(attempt), state: 'ended', endedBecause: because, outbox: [...(attempt.outbox ?? []), event] };
      });
    },
  };
}

/** Says how long it took, from the portal's request on: what operators watch. */
function completion(attempt: Attempt, now: Date, event: AuditEvent): ReturnType<typeof auditEvent> {
  const tookS = Math.max(0, Math.round((now.getTime() - attempt.createdAt.getTime()) / 100) / 10);
  return auditEvent(now, { ...event, details: { ...event.details, tookS } });
}

export function isOver(attempt: Attempt, now: Date): boolean {
  return now >= attempt.expiresAt || after(now, clockSkewS) < attempt.createdAt;
}

/** Without the secrets of what was under way. */
function bare(attempt: Attempt): Attempt {
  const { enrolment: _enrolment, challenges: _challenges, sentBack: _sentBack, changing: _changing, ...rest } = attempt;
  return rest;
}

function after(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
