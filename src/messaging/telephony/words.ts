import type { MessageViews } from '../render.ts';

/** What stands in messages and is said in calls, in the languages of the catalogues. */
export interface Words {
  language(wanted: string): string;
  /** Ends with the line that binds the code to its origin, so that browsers offer it there and nowhere else. */
  message(lang: string, given: { realm: string; code: string; host: string }): string;
  /** `greeting`: who calls, and why. `open`: `key` is to be pressed. `over`: the code is too old. */
  call(lang: string, part: CallPart, given: { realm: string; key: string }): string;
}

export type CallPart = (typeof callParts)[number];

const callParts = [
  'greeting',
  'open',
  'other-key',
  'code',
  'again',
  'repeat',
  'key-in',
  'approved',
  'wrong',
  'over',
  'reported',
  'goodbye',
] as const;

export function createWords({ catalogues }: Pick<MessageViews, 'catalogues'>): Words {
  return {
    language(wanted) {
      const primary = wanted.toLowerCase().split('-')[0] ?? '';
      return catalogues.languages.has(primary) ? primary : 'en';
    },
    message: (lang, { realm, code, host }) =>
      // WICG "Origin-bound one-time codes": the last line, the host alone.
      `${catalogues.text(lang, 'phone.message', { realm, code })}\n\n@${host} #${code}`,
    call: (lang, part, given) => catalogues.text(lang, `phone.call.${part}`, given),
  };
}
