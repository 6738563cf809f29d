import type { CallScript } from '../telephony/gateway.ts';
import type { CallPart, Words } from '../telephony/words.ts';

/** What a call does next, as TwiML. */
export interface Spoken {
  /** The code twice, digit by digit, or the request to key one in; then waits for keys, which go to `answer`. */
  ask(script: CallScript, answer: string, before?: CallPart): Promise<string>;
  /** Says so, and hangs up. */
  end(script: Pick<CallScript, 'lang' | 'realmName'>, part: CallPart): Promise<string>;
  /** Hangs up without a word. */
  silence(): Promise<string>;
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
  const voiceOf = (lang: string) => ({ language: voices[lang] ?? ('en-US' as const) });

  return {
    async ask(script, answer, before = 'greeting') {
      const response = new (await load())();
      const voice = voiceOf(script.lang);
      const say = (part: CallPart) => words.call(script.lang, part, script.realmName);
      const gather = response.gather({
        input: ['dtmf'],
        numDigits: script.code === undefined ? 6 : 1,
        // Star and 0 mean something here, and # nothing.
        finishOnKey: '',
        timeout: keyPatienceS,
        action: answer,
        method: 'POST',
      });
      gather.say(voice, say(before));
      if (script.code === undefined) {
        gather.say(voice, say('key-in'));
      } else {
        for (const part of ['code', 'again'] as const) {
          gather.say(voice, say(part));
          for (const digit of script.code) {
            gather.say(voice, digit);
            gather.pause({ length: 1 });
          }
        }
      }
      gather.say(voice, say('repeat'));
      response.say(voice, say('goodbye'));
      response.hangup();
      return response.toString();
    },
    async end({ lang, realmName }, part) {
      const response = new (await load())();
      response.say(voiceOf(lang), words.call(lang, part, realmName));
      response.hangup();
      return response.toString();
    },
    async silence() {
      const response = new (await load())();
      response.hangup();
      return response.toString();
    },
  };
}
