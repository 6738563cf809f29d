import { auditEvent } from '../../audit/index.ts';
import type { OutboxItem } from '../../store/index.ts';
import { outgoingMessage } from '../message.ts';
import type { CodeMessage } from './allowance.ts';
import { amount } from './amount.ts';
import { monthName } from './costs.ts';
import type { Place, Tell } from './counts.ts';
import type { Level, Terms } from './levels.ts';
import { judged } from './usage.ts';
import { endOf } from './windows.ts';

/** What the log, and whoever pays, are told when a limit, a budget or a prefix changes. */
export function tellOf(message: CodeMessage, terms: Terms, locale: string, now: Date): Tell {
  const { realm, userId, signIn, channel } = message;
  const about = { realm, actor: { kind: 'system' as const } };

  const levelOf = (place: Place): Level =>
    terms.organizations.find(({ id }) => place.kind === 'organization' && id === place.key) ?? terms.realm;

  return (place, news, count): readonly OutboxItem[] => {
    const key = place.key === undefined ? {} : { [place.kind]: place.key };
    if (news.about === 'limit') {
      const limit = place.limits[news.span] ?? 0;
      const details = { limited: place.kind, ...key, span: news.span, limit, channel };
      return [auditEvent(now, { ...about, type: 'code_message.limited', subject: userId, signIn, details })];
    }
    if (news.about === 'usage') {
      const { sent, used } = judged(count.usage ?? { slices: [] }, now);
      const details = { ...key, ...(news.changed === 'slowed' ? { sent, used } : {}) };
      return [auditEvent(now, { ...about, type: `code_messages.${news.changed}`, details })];
    }
    const level = levelOf(place);
    const budget = amount(place.money?.budget ?? 0, terms.currency);
    const spent = amount(count.spending?.micros ?? 0, terms.currency);
    const month = monthName(news.month);
    const event = auditEvent(now, {
      ...about,
      type: `code_messages.budget_${news.crossed}`,
      details: { level: place.kind, ...key, month, spent, budget },
    });
    if (level.contact === undefined) return [event];
    const mail = outgoingMessage(now, {
      realm,
      channel: 'mail',
      to: level.contact,
      template: `code-budget-${news.crossed}`,
      locale,
      params: { level: level.name, month, spent, budget },
      expiresAt: endOf('month', news.month),
    });
    return [event, mail];
  };
}
