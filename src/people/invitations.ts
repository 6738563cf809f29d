import { auditEvent } from '../audit/index.ts';
import { type Clock, type Keyring, randomToken, sameText } from '../kernel/index.ts';
import { outgoingMessage, withSecrets } from '../messaging/index.ts';
import { without } from './collections.ts';
import { isEmail, isName, isUsername } from './normalise.ts';
import { type Passwords, wordsOf } from './passwords.ts';
import type { NewPerson, Registry } from './registry.ts';
import type { Actor, Invited, People, User } from './user.ts';

/** An invitation works for a week. */
export const invitationTtlMs = 7 * 24 * 3_600_000;

const secretBytes = 32;

export interface InvitationsDeps {
  readonly registry: Registry;
  readonly passwords: Passwords;
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** The address of the page with the button. */
  readonly linkTo: (realm: string, token: string) => string | Promise<string>;
}

type Invitations = Pick<People, 'invite' | 'invited' | 'acceptInvitation'>;

/**
 * A token is `{user id}.{256 random bits}`; the person's document keeps its keyed hash, so that making, using up and
 * voiding an invitation are each one write of that document.
 */
export function createInvitations({ registry, passwords, keyring, clock, linkTo }: InvitationsDeps): Invitations {
  const hashOf = (token: string) => keyring.mac('invitation', token);

  const isOpen = (user: User, token: string) => {
    const { invitation, password, status, email } = user;
    if (invitation === undefined || password !== undefined || status !== 'active') return 'invalid';
    if (invitation.to !== undefined && invitation.to !== email) return 'invalid';
    if (!sameText(invitation.hash, hashOf(token))) return 'invalid';
    return invitation.expiresAt > clock.now() ? 'open' : 'expired';
  };

  const invited: Invitations['invited'] = async (realm, token) => {
    const user = await registry.get(realm, token.split('.', 1)[0] ?? '');
    const state = user === undefined ? 'invalid' : isOpen(user, token);
    return user !== undefined && state === 'open'
      ? { ok: true, user }
      : { ok: false, why: state === 'expired' ? 'expired' : 'invalid' };
  };

  /** What goes into the document of an invited person. */
  const invitationFor = async (user: User, email: string, actor: Actor) => {
    const token = `${user.id}.${randomToken(secretBytes)}`;
    const at = clock.now();
    const expiresAt = new Date(at.getTime() + invitationTtlMs);
    const message = outgoingMessage(at, {
      realm: user.realm,
      channel: 'mail',
      to: email,
      template: 'invitation',
      locale: user.locale ?? '',
      timeZone: user.timeZone,
      params: { name: user.name, until: expiresAt.toISOString() },
      expiresAt,
    });
    const told = auditEvent(at, { type: 'user.invited', realm: user.realm, actor, subject: user.id });
    const outbox = [told, withSecrets(keyring, message, { link: await linkTo(user.realm, token) })];
    return { invitation: { hash: hashOf(token), expiresAt, to: email }, outbox };
  };

  const inviteKnown = async (
    user: User,
    email: string,
    actor: Actor,
    isNew: boolean,
  ): ReturnType<Invitations['invite']> => {
    const made = await invitationFor(user, email, actor);
    const updated = await registry.update(user.realm, user.id, (now) =>
      now.password !== undefined || now.status !== 'active'
        ? undefined
        : { ...now, invitation: made.invitation, outbox: [...(now.outbox ?? []), ...made.outbox] },
    );
    if (updated !== undefined) return { ok: true, user: updated, isNew };
    const now = await registry.get(user.realm, user.id);
    return { ok: false, why: now?.status === 'disabled' ? 'disabled' : 'has_password' };
  };

  return {
    invited,
    async invite(input, actor) {
      if (!isEmail(input.email) || (input.username !== undefined && !isUsername(input.username))) {
        return { ok: false, why: 'identifier_invalid' };
      }
      const holder = await registry.find(input.realm, input.email);
      if (holder !== undefined) return inviteKnown(holder, holder.email ?? input.email, actor, false);
      if (!isName(input.name)) return { ok: false, why: 'name_invalid' };
      const added = await registry.add(newcomer(input), (id) => [
        auditEvent(clock.now(), {
          type: 'user.created',
          realm: input.realm,
          actor,
          subject: id,
          details: { invited: true },
        }),
      ]);
      if (added === 'taken') return { ok: false, why: 'identifier_taken' };
      return inviteKnown(added, input.email, actor, true);
    },
    async acceptInvitation(token, password, { realm, rules }) {
      const found = await invited(realm, token);
      if (!found.ok) return found;
      const made = await passwords.make(password, rules, wordsOf(found.user), found.user.id);
      if (!made.ok) return made;
      const at = made.record.setAt;
      const told = auditEvent(at, {
        type: 'invitation.accepted',
        realm,
        actor: { kind: 'person', id: found.user.id },
        subject: found.user.id,
      });
      const accepted = await registry.update(realm, found.user.id, (now) =>
        isOpen(now, token) === 'open'
          ? {
              ...without(now, 'invitation'),
              password: made.record,
              emailVerified: true,
              outbox: [...(now.outbox ?? []), told],
            }
          : undefined,
      );
      return accepted === undefined ? { ok: false, why: 'invalid' } : { ok: true, user: accepted };
    },
  };
}

function newcomer(input: Invited): NewPerson {
  return {
    realm: input.realm,
    status: 'active',
    name: input.name.trim(),
    email: input.email.trim(),
    emailVerified: false,
    ...(input.username === undefined ? {} : { username: input.username.trim() }),
    ...(input.locale === undefined ? {} : { locale: input.locale }),
    ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
  };
}
