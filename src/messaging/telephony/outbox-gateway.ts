import type { Outbox } from '../outbox.ts';
import type { GoOn, Turn } from './call.ts';
import type { CallDispatch, CallScript, Gateway } from './gateway.ts';
import { spokenLines } from './spoken-lines.ts';
import type { Words } from './words.ts';

export type OutboxOfCalls = Pick<Outbox, 'put' | 'callIn' | 'goOnWithCall'>;

export interface OutboxTelephone {
  readonly gateway: Gateway;
  /** Presses keys in a call that is shown in the outbox. False: there is none of this id that waits for any. */
  press(id: string, keys: string): Promise<boolean>;
}

/**
 * Development without a provider: what would have been sent, or said, is shown at /dev/outbox. A call that reads a code is
 * answered by itself; what else is pressed in calls comes from the keypad of that page, and is judged as any other.
 */
export function createOutboxTelephone(given: {
  readonly outbox: () => OutboxOfCalls;
  readonly words: Words;
  readonly goOn: GoOn;
}): OutboxTelephone {
  const { outbox, words, goOn } = given;

  async function say(id: string, turn: Turn, pressed: string): Promise<void> {
    // Posted twice: the other one goes on.
    if (turn.does === 'hang_up') return;
    await outbox().goOnWithCall(id, `\n[${pressed}]\n${spoken(words, turn)}`, waitsIn(turn));
  }

  async function ring({ id, at, realm, to, script }: CallDispatch): Promise<void> {
    const text = spoken(words, { does: 'ask', script, before: 'greeting' });
    const call = JSON.stringify(script);
    await outbox().put({ id, at, realm, channel: 'voice', to: to.number, subject: 'Telephone call', text, call });
    if (script.opensBy !== undefined) await say(id, await goOn(script, script.opensBy), script.opensBy);
  }

  return {
    gateway: {
      async send(dispatch) {
        if (dispatch.channel === 'voice') {
          await ring(dispatch);
        } else {
          const { to, channel, text, id, at, realm } = dispatch;
          await outbox().put({ id, at, realm, channel, to: to.number, subject: 'Text message', text });
        }
        return { ok: true };
      },
    },
    async press(id, keys) {
      const call = await outbox().callIn(id);
      if (call === undefined) return false;
      await say(id, await goOn(JSON.parse(call) as CallScript, keys), keys);
      return true;
    },
  };
}

const waitsIn = (turn: Turn): string | undefined => (turn.does === 'ask' ? JSON.stringify(turn.script) : undefined);

/** What is heard, as text. */
function spoken(words: Words, turn: Exclude<Turn, { does: 'hang_up' }>): string {
  const { lang, realmName: realm } = turn.script;
  if (turn.does === 'end') return words.call(lang, turn.part, { realm, key: '' });
  return spokenLines(words, turn.script, turn.before)
    .map((line) => ('text' in line ? line.text : line.code))
    .join(' ');
}
