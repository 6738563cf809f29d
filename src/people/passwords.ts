import { auditEvent } from '../audit/index.ts';
import { type Clock, GatehouseError } from '../kernel/index.ts';
import { outgoingMessage } from '../messaging/index.ts';
import type { OutboxItem } from '../store/index.ts';
import { without } from './collections.ts';
import type { Trust } from './fair-queue.ts';
import type { Hasher } from './hasher.ts';
import { judgePassword, type Words } from './password-rules.ts';
import type { Registry } from './registry.ts';
import { justAfter } from './sessions-end.ts';
import type { PasswordFault, PasswordRecord, PasswordRules, User } from './user.ts';

const noticeTtlMs = 3 * 24 * 3_600_000;

type Made =
  | { readonly ok: true; readonly record: PasswordRecord }
  | { readonly ok: false; readonly why: PasswordFault };

export interface Passwords {
  verify(user: User | undefined, password: string, from?: string, trust?: Trust): Promise<'right' | 'wrong' | 'busy'>;
  /** Whether `verify` would find a place in the hash queue now. */
  admits(from: string, trust: Trust): boolean;
  /** Judged and hashed, stored nowhere. Throws `unavailable` when the hash queue is full. */
  make(password: string, rules: PasswordRules, words: Words, turn: string): Promise<Made>;
  set(user: User, password: string, rules: PasswordRules): Promise<{ ok: true } | { ok: false; why: PasswordFault }>;
}

/** What nobody's password may be made of, beside their own identifiers. */
export const wordsOf = (user: Pick<User, 'realm' | 'name' | 'email' | 'username'>): Words => [
  user.email,
  user.username,
  user.name,
  user.realm,
  'gatehouse',
];

export function createPasswords({
  registry,
  hasher,
  clock,
}: {
  registry: Registry;
  hasher: Hasher;
  clock: Clock;
}): Passwords {
  const rehash = async (user: User, password: string) => {
    const old = user.password?.hash;
    const hash = await hasher.hash(password, `rehash ${user.id}`);
    if (hash === undefined) return;
    await registry.update(user.realm, user.id, (now) =>
      now.password === undefined || now.password.hash !== old
        ? undefined
        : { ...now, password: { ...now.password, hash } },
    );
  };

  const make: Passwords['make'] = async (password, rules, words, turn) => {
    const fault = await judgePassword(password, rules, words);
    if (fault !== undefined) return { ok: false, why: fault };
    const hash = await hasher.hash(password, turn);
    if (hash === undefined) throw new GatehouseError('unavailable', 'the password queue is full', { retryAfterS: 2 });
    return { ok: true, record: { hash, setAt: clock.now() } };
  };

  return {
    make,
    admits: (from, trust) => hasher.admits(from, trust),
    async verify(user, password, from, trust) {
      const phc = user?.password?.hash;
      const verdict = await hasher.verify(phc, password, from ?? user?.id ?? '', trust);
      // A success does not wait for this, nor does it fail by it: the next one tries again.
      if (verdict === 'right' && user !== undefined && phc !== undefined && hasher.isOutdated(phc)) {
        rehash(user, password).catch(() => undefined);
      }
      return verdict;
    },
    async set(user, password, rules) {
      const made = await make(password, rules, wordsOf(user), user.id);
      if (!made.ok) return made;
      const stored = await registry.update(user.realm, user.id, (now) => {
        const isFirst = now.password === undefined;
        const told = [
          ...(now.outbox ?? []),
          auditEvent(made.record.setAt, {
            type: isFirst ? 'password.set' : 'password.changed',
            realm: now.realm,
            actor: { kind: 'person', id: now.id },
            subject: now.id,
          }),
          ...(isFirst ? [] : changeNotice(now, made.record.setAt)),
        ];
        return {
          ...without(now, 'invitation'),
          password: made.record,
          ...(isFirst ? {} : { sessionsValidFrom: justAfter(made.record.setAt) }),
          outbox: told,
        };
      });
      if (stored === undefined) throw new GatehouseError('not_found', `no person ${user.id} to set a password for`);
      return { ok: true };
    },
  };
}

/** To the person themselves, so that a change that was not theirs does not go unnoticed. */
function changeNotice(user: User, at: Date): readonly OutboxItem[] {
  if (user.email === undefined) return [];
  return [
    outgoingMessage(at, {
      realm: user.realm,
      channel: 'mail',
      to: user.email,
      template: 'password-changed',
      locale: user.locale ?? '',
      timeZone: user.timeZone,
      params: { name: user.name, at: at.toISOString() },
      expiresAt: new Date(at.getTime() + noticeTtlMs),
    }),
  ];
}
