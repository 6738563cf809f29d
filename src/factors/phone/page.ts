import type { SendNews, Telephony } from '../../messaging/index.ts';
import type { FactorContext, FactorState, PageModel } from '../factor.ts';
import type { AskedCode, AskedCodes } from './asked.ts';
import { channelOf, type Way } from './method-data.ts';
import { type Sent, sentIn } from './sending.ts';

/** How long the page looks for news of a message. */
const newsForMs = 2 * 60 * 1000;

/** Endings of the catalogue's `factor.phone.news.…`. */
const shared = new Set([
  ...['unsure', 'away', 'refused', 'later', 'held', 'sim-changed', 'sim-unknown', 'expired', 'closed'],
]);
const good = new Set(['sms-delivered', 'voice-delivered']);
const open = new Set(['sms-sending', 'sms-taken', 'voice-sending', 'voice-taken', 'unsure']);

/** What became of the last code, and what else can be done: `factors/phone/{challenge,enrol-code,resend}`. */
export async function sentModel(
  deps: { readonly asked: AskedCodes; readonly telephony: Telephony },
  state: FactorState,
  { lastTwo, ways }: { readonly lastTwo: string; readonly ways: readonly Way[] },
  { now }: Pick<FactorContext, 'now'>,
): Promise<PageModel> {
  const sent = sentIn(state);
  if (sent === undefined) {
    const closed = { way: undefined, shown: undefined, news: 'closed', tone: 'warn' };
    return { lastTwo, ways, ...closed, isWaiting: false, isLost: true };
  }
  const [asked, told] = await Promise.all([deps.asked.get(sent.send), deps.telephony.news(sent.send)]);
  const news = wordOf(sent, asked, told, now);
  const isLost = shared.has(news) && news !== 'unsure';
  const isYoung = now.getTime() - Date.parse(sent.at) < newsForMs;
  const isOpen = open.has(news);
  // A number is waited for as long as it can be keyed in; news of a message only while it is likely to come.
  const isWaiting = sent.way === 'key' ? isOpen || good.has(news) : isOpen && isYoung;
  return {
    lastTwo,
    ways,
    way: sent.way,
    shown: isLost ? undefined : sent.shown,
    shownSpaced: sent.shown?.replace(/^(...)(...)$/, '$1 $2'),
    news,
    tone: good.has(news) ? 'good' : isOpen ? undefined : 'warn',
    isWaiting,
    isLost,
    /** Nothing is typed here: once the number is keyed in, the page leads on. */
    goesOnAlone: isWaiting && sent.shown !== undefined && !isLost,
  };
}

function wordOf({ way }: Sent, asked: AskedCode | undefined, told: SendNews | undefined, now: Date): string {
  if (asked?.state === 'reported') return 'held';
  if (asked !== undefined && now >= asked.expiresAt) return 'expired';
  const state = told?.state ?? 'sending';
  if (state !== 'withheld') return shared.has(state) ? state : `${channelOf(way)}-${state}`;
  switch (told?.withheld?.why) {
    case 'country':
    case 'premium':
      return 'refused';
    case 'budget':
      return 'away';
    case 'held':
      return 'held';
    case 'sim_changed':
      return 'sim-changed';
    case 'sim_unknown':
      return 'sim-unknown';
    default:
      return 'later';
  }
}
