import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { IntlMessageFormat } from 'intl-messageformat';

export type TextParams = Readonly<Record<string, unknown>>;

/** The texts of every language: `languages/<lang>.json` and `factors/<kind>/languages/<lang>.json`, flat keys, ICU messages. */
export interface Catalogues {
  readonly languages: ReadonlySet<string>;
  has(key: string): boolean;
  /** Plain text. Throws on a key that no catalogue has, and on a missing param. */
  text(language: string, key: string, params?: TextParams): string;
  /** HTML: the message may hold `<b>` and `<code>`; params are escaped. */
  html(language: string, key: string, params?: TextParams): string;
  /** The same message as plain text, its `<b>` and `<code>` left out. */
  bare(language: string, key: string, params?: TextParams): string;
}

/** What a language lacks is said in this one; a test holds that nothing lacks. */
const fallback = 'en';

export function loadCatalogues(
  views: string,
  moreLanguages: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Catalogues {
  const messages = new Map<string, Map<string, string>>();
  for (const [language, texts] of Object.entries(moreLanguages)) messages.set(language, new Map(Object.entries(texts)));
  for (const folder of [join(views, 'languages'), ...factorFolders(views)]) readFolder(folder, messages);
  const compiled = new Map<string, IntlMessageFormat>();

  const message = (language: string, key: string, isRich: boolean): IntlMessageFormat => {
    const name = `${isRich ? 'rich' : 'plain'} ${language} ${key}`;
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const own = messages.get(language)?.get(key);
    const source = own ?? messages.get(fallback)?.get(key);
    if (source === undefined) throw new Error(`no text "${key}" in the catalogues`);
    const made = new IntlMessageFormat(source, own === undefined ? fallback : language, undefined, {
      ignoreTag: !isRich,
    });
    compiled.set(name, made);
    return made;
  };

  return {
    languages: new Set(messages.keys()),
    has: (key) => messages.get(fallback)?.has(key) === true,
    text: (language, key, params = {}) =>
      String(message(language, key, false).format(params as Record<string, string>)),
    html(language, key, params = {}) {
      const escaped = Object.entries(params).map(([name, value]) => [
        name,
        typeof value === 'string' ? Handlebars.escapeExpression(value) : value,
      ]);
      return joined(
        message(language, key, true).format({ ...Object.fromEntries(escaped), b: wrap('b'), code: wrap('code') }),
      );
    },
    bare: (language, key, params = {}) => {
      const marks: TextParams = { b: unwrapped, code: unwrapped };
      return joined(message(language, key, true).format({ ...params, ...marks } as Record<string, string>));
    },
  };
}

const joined = (parts: unknown): string => (Array.isArray(parts) ? parts.join('') : String(parts));
const unwrapped = (chunks: readonly unknown[]) => chunks.join('');
const wrap = (tag: 'b' | 'code') => (chunks: readonly unknown[]) => `<${tag}>${chunks.join('')}</${tag}>`;

function factorFolders(views: string): readonly string[] {
  const factors = join(views, 'factors');
  return existsSync(factors) ? readdirSync(factors).map((kind) => join(factors, kind, 'languages')) : [];
}

function readFolder(folder: string, messages: Map<string, Map<string, string>>): void {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const language = file.slice(0, -'.json'.length);
    const known = messages.get(language) ?? new Map<string, string>();
    for (const [key, text] of Object.entries(
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>,
    )) {
      if (typeof text !== 'string') throw new Error(`${join(folder, file)}: "${key}" is not a text`);
      if (known.has(key)) throw new Error(`${join(folder, file)}: "${key}" is in another catalogue as well`);
      known.set(key, text);
    }
    messages.set(language, known);
  }
}
