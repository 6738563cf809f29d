import type { CatalogueUse } from './catalogue-uses.ts';
import { placeholders, pluralFaults } from './messages.ts';

type Catalogue = ReadonlyMap<string, string>;

/** What is wrong with a language beside English, a line per text. */
export function faultsOf(catalogue: Catalogue, english: Catalogue, language: string): readonly string[] {
  const lacking = [...english.keys()].filter((key) => !catalogue.has(key)).map((key) => `${key} is missing`);
  return [
    ...lacking,
    ...[...catalogue].flatMap(([key, message]) => {
      const original = english.get(key);
      return original === undefined
        ? [`${key} is not in English`]
        : faultsOfText(message, original, language).map((fault) => `${key}: ${fault}`);
    }),
  ];
}

function faultsOfText(message: string, original: string, language: string): readonly string[] {
  const has = String(placeholders(message, language));
  const needs = String(placeholders(original, 'en'));
  return [
    ...(has === needs ? [] : [`has ${has} instead of ${needs}`]),
    ...pluralFaults(message, language),
    ...(message === '' || message.trim() !== message ? ['is empty, or has blanks at its ends'] : []),
    ...(/'|\.\.\./.test(message) ? ['has typewriter punctuation'] : []),
    // French typography: what stands before these belongs to the word.
    ...(language === 'fr' && / [?!;:»]|« /.test(message) ? ['may break a line before its punctuation'] : []),
  ];
}

/** Texts that a template or the code names, and no catalogue has. */
export const missing = (keys: Iterable<string>, uses: readonly CatalogueUse[]): readonly string[] => {
  const known = [...keys];
  return uses
    .filter(({ isCertain, pattern }) => isCertain && !known.some((key) => pattern.test(key)))
    .map(({ text, file }) => `${text} (${file})`);
};

/** Texts that nothing names. */
export const unused = (keys: Iterable<string>, uses: readonly CatalogueUse[]): readonly string[] =>
  [...keys].filter((key) => !uses.some(({ pattern }) => pattern.test(key)));

/** Templates that do not give a text the values it needs, or put one with tags where no HTML is meant. */
export const misgiven = (english: Catalogue, uses: readonly CatalogueUse[]): readonly string[] =>
  uses.flatMap(({ given, text, file, isRich, pattern }) => {
    if (given === undefined) return [];
    return [...english].flatMap(([key, message]) => {
      if (!pattern.test(key)) return [];
      const needs = placeholders(message, 'en');
      const lacks = needs.filter((name) => !name.startsWith('<') && !given.includes(name));
      const hasTags = needs.some((name) => name.startsWith('<'));
      return lacks.length > 0 || (hasTags && isRich !== true) ? [`${text} (${file}) ${lacks.join()}`.trim()] : [];
    });
  });
