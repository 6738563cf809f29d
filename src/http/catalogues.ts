import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { escapeHtml } from './escape-html.ts';

export type TextParams = Readonly<Record<string, unknown>>;

/**
 * The texts of every language: `languages/<lang>.json` and `factors/<kind>/languages/<lang>.json`, flat keys, ICU
 * messages. A language is read when it is first spoken.
 */
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
  const files = filesByLanguage([join(views, 'languages'), ...factorFolders(views)]);
  const spoken = new Map<string, ReadonlyMap<string, string>>();
  const compiled = new Map<string, IntlMessageFormat>();

  const texts = (language: string): ReadonlyMap<string, string> => {
    let known = spoken.get(language);
    if (known === undefined) {
      known = readTexts(files.get(language) ?? [], moreLanguages[language]);
      spoken.set(language, known);
    }
    return known;
  };

  const message = (language: string, key: string, isRich: boolean): IntlMessageFormat => {
    const name = `${isRich ? 'rich' : 'plain'} ${language} ${key}`;
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const own = texts(language).get(key);
    const source = own ?? texts(fallback).get(key);
    if (source === undefined) throw new Error(`no text "${key}" in the catalogues`);
    const made = new IntlMessageFormat(source, own === undefined ? fallback : language, undefined, {
      ignoreTag: !isRich,
    });
    compiled.set(name, made);
    return made;
  };

  return {
    languages: new Set([...Object.keys(moreLanguages), ...files.keys()]),
    has: (key) => texts(fallback).has(key),
    text: (language, key, params = {}) =>
      String(message(language, key, false).format(params as Record<string, string>)),
    html(language, key, params = {}) {
      const escaped = Object.entries(params).map(([name, value]) => [
        name,
        typeof value === 'string' ? escapeHtml(value) : value,
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

function filesByLanguage(folders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const folder of folders.filter((each) => existsSync(each))) {
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
      const language = name.slice(0, -'.json'.length);
      found.set(language, [...(found.get(language) ?? []), join(folder, name)]);
    }
  }
  return found;
}

function readTexts(files: readonly string[], more: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  const texts = new Map(Object.entries(more));
  for (const file of files) {
    for (const [key, text] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)) {
      if (typeof text !== 'string') throw new Error(`${file}: "${key}" is not a text`);
      if (texts.has(key)) throw new Error(`${file}: "${key}" is in another catalogue as well`);
      texts.set(key, text);
    }
  }
  return texts;
}
