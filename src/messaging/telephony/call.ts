import type { Clock } from '../../kernel/index.ts';
import type { CallScript } from './gateway.ts';
import { newOpeningKey } from './opening-key.ts';
import type { TelephonyNews } from './telephony.ts';
import type { CallPart } from './words.ts';

/** What a call does next: says something and waits for keys, says something and hangs up, or hangs up without a word. */
export type Turn =
  | { readonly does: 'ask'; readonly script: CallScript; readonly before?: CallPart }
  | { readonly does: 'end'; readonly script: CallScript; readonly part: CallPart }
  | { readonly does: 'hang_up' };

/** Keys that were pressed in a call, whoever carries it, and what the call does then. */
export type GoOn = (script: CallScript, keys: string) => Promise<Turn>;

/** Answers by keys that are taken: to open a code; in a call that reads one, the opening included; in one that is keyed in. */
const answersAtMost = { open: 2, code: 4, keyed: 3 } as const;

/**
 * Judges what is pressed in calls. A code is read only to whoever pressed the key that the call asked for: a mailbox, or a
 * switchboard before the extension, presses none. Each answer counts once; nothing is said once the code is too old.
 */
export function createCall({ news, clock }: { readonly news: TelephonyNews; readonly clock: Clock }): GoOn {
  return async (script, keys) => {
    const end = (part: CallPart): Turn => ({ does: 'end', script, part });
    const send = await news.sends.get(script.id);
    if (send === undefined || clock.now() >= new Date(script.until)) return end('over');
    if (!(await news.sends.takeTurn(script.id, script.turn))) return { does: 'hang_up' };
    // Somebody is there: a mailbox presses nothing.
    if (keys !== '') await news.sends.advance(script.id, 'delivered');
    const { opensBy, ...open } = { ...script, turn: script.turn + 1 };
    const again = (atMost: number, next: CallScript, before?: CallPart): Turn =>
      next.turn >= atMost ? end('goodbye') : { does: 'ask', script: next, ...(before === undefined ? {} : { before }) };

    if (isReport(script, keys)) {
      await news.report(send, clock.now());
      return end('reported');
    }
    if (opensBy !== undefined && keys !== opensBy)
      return again(answersAtMost.open, { ...open, opensBy: newOpeningKey() }, 'other-key');
    // The right key; or one while the code was read, which is read again.
    if (script.code !== undefined) return again(answersAtMost.code, open);
    if (!/^\d{6}$/.test(keys)) return again(answersAtMost.keyed, open, 'greeting');
    const judged = await news.keys(send, keys, clock.now());
    if (judged === 'wrong') return again(answersAtMost.keyed, open, 'wrong');
    return end(judged === 'right' ? 'approved' : 'over');
  };
}

/** 0 alone: "this was not me". Where six digits are asked for, none of them is it. */
function isReport({ code }: CallScript, keys: string): boolean {
  return code === undefined ? /^0{1,5}$/.test(keys) : keys === '0';
}
