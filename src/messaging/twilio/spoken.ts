import type { Turn } from '../telephony/call.ts';
import { spokenLines } from '../telephony/spoken-lines.ts';
import type { Words } from '../telephony/words.ts';

/** What a call does next, as TwiML. */
export interface Spoken {
  /** Keys that it waits for go to `answer`. */
  say(turn: Turn, answer: string): Promise<string>;
}

/** Seconds that the next key may take. */
const keyPatienceS = 8;

type Voice = 'en-US' | 'de-DE' | 'fr-FR' | 'es-ES' | 'nl-NL' | 'ja-JP';
const voices: Readonly<Record<string, Voice>> = {
  en: 'en-US',
  de: 'de-DE',
  fr: 'fr-FR',
  es: 'es-ES',
  nl: 'nl-NL',
  ja: 'ja-JP',
};

const load = async () => (await import('twilio/lib/twiml/VoiceResponse.js')).default;

export function createSpoken(words: Words): Spoken {
  return {
    async say(turn, answer) {
      const response = new (await load())();
      if (turn.does !== 'hang_up') {
        const { lang, realmName: realm, code } = turn.script;
        const voice = { language: voices[lang] ?? ('en-US' as const) };
        if (turn.does === 'ask') {
          const gather = response.gather({
            input: ['dtmf'],
            numDigits: code === undefined ? 6 : 1,
            // Star and 0 mean something here, and # nothing.
            finishOnKey: '',
            timeout: keyPatienceS,
            action: answer,
            method: 'POST',
          });
          for (const line of spokenLines(words, turn.script, turn.before)) {
            if ('text' in line) {
              gather.say(voice, line.text);
              if (line.pauseS !== undefined) gather.pause({ length: line.pauseS });
            } else {
              for (const digit of line.code) {
                gather.say(voice, digit);
                gather.pause({ length: 1 });
              }
            }
          }
        }
        const last = turn.does === 'ask' ? 'goodbye' : turn.part;
        response.say(voice, words.call(lang, last, { realm, key: '' }));
      }
      response.hangup();
      return response.toString();
    },
  };
}
