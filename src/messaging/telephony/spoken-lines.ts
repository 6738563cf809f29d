import type { CallScript } from './gateway.ts';
import type { CallPart, Words } from './words.ts';

/** What is said in a call, in order. `code`: digit by digit, slowly. */
export type SpokenLine = { readonly text: string; readonly pauseS?: number } | { readonly code: string };

/** Time to find the keypad before the key is named again. */
const toFindTheKeyS = 3;

/** What a call says before it waits for keys. `before`: comes first. */
export function spokenLines(words: Words, script: CallScript, before?: CallPart): readonly SpokenLine[] {
  const { lang, realmName, code, opensBy } = script;
  const say = (part: CallPart, key = '') => ({ text: words.call(lang, part, { realm: realmName, key }) });
  const first = before === undefined ? [] : [say(before)];
  if (opensBy !== undefined) {
    const open = say('open', opensBy);
    return [...first, { ...open, pauseS: toFindTheKeyS }, open];
  }
  const body = code === undefined ? [say('key-in')] : [say('code'), { code }, say('again'), { code }];
  return [...first, ...body, say('repeat')];
}
