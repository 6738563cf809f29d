import type { Method } from '../factors/index.ts';
import { outgoingMessage } from '../messaging/index.ts';
import { addressesOf, type User } from '../people/index.ts';
import type { OutboxItem } from '../store/index.ts';

const daysToTell = 3;

/** N14: to every address of the person, when somebody else gives them a method or takes one away. */
export function methodNotices(
  template: 'method-added' | 'method-removed',
  user: User,
  { kind, name }: Pick<Method, 'kind' | 'name'>,
  at: Date,
): readonly OutboxItem[] {
  return addressesOf(user).map((to) =>
    outgoingMessage(at, {
      realm: user.realm,
      channel: 'mail',
      to,
      template,
      locale: user.locale ?? '',
      timeZone: user.timeZone,
      params: { name: user.name, kind, ...(name === undefined ? {} : { method: name }), at: at.toISOString() },
      expiresAt: new Date(at.getTime() + daysToTell * 24 * 60 * 60 * 1000),
    }),
  );
}
