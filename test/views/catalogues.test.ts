import { IntlMessageFormat } from 'intl-messageformat';
import { allLanguages } from '../../src/realm/index.ts';
import { type CatalogueUse, readCatalogues, readUses } from './catalogue-uses.ts';

const catalogues = readCatalogues();
const english = catalogues.get('en') ?? new Map<string, string>();
const uses = readUses();
const exactly = (use: CatalogueUse) => (key: string) => use.pattern.test(key);

/** Names of the placeholders, and of the tags, of a message: `realm`, `<b>`. */
function placeholders(message: string, language: string): string[] {
  const found = new Set<string>();
  const walk = (elements: readonly { type: number; value?: unknown; options?: object; children?: never[] }[]) => {
    for (const element of elements) {
      // 0 is literal text and 7 the # of a plural; 8 is a tag.
      if (element.type !== 0 && element.type !== 7) {
        found.add(element.type === 8 ? `<${String(element.value)}>` : String(element.value));
      }
      for (const option of Object.values(element.options ?? {}) as { value: never[] }[]) walk(option.value);
      walk(element.children ?? []);
    }
  };
  walk(new IntlMessageFormat(message, language).getAst() as never[]);
  return [...found].sort();
}

describe('the catalogues', () => {
  it.each(allLanguages)('%s has every text that English has, and none more', (language) => {
    const keys = [...(catalogues.get(language)?.keys() ?? [])];
    expect(keys.sort()).toEqual([...english.keys()].sort());
  });

  it.each(allLanguages)('%s has the placeholders and tags of English in every text', (language) => {
    const different = [...(catalogues.get(language) ?? [])].filter(
      ([key, message]) =>
        String(placeholders(message, language)) !== String(placeholders(english.get(key) ?? '', 'en')),
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });

  it.each(allLanguages)(
    '%s leaves no text empty, with blanks at its ends, or with a straight apostrophe',
    (language) => {
      const bad = [...(catalogues.get(language) ?? [])].filter(
        ([, message]) => message === '' || message.trim() !== message || message.includes("'"),
      );
      expect(bad).toEqual([]);
    },
  );

  it('has every text that a template or the code names', () => {
    const missing = uses.filter((use) => use.isCertain && ![...english.keys()].some(exactly(use)));
    expect(missing.map(({ text, file }) => `${text} (${file})`)).toEqual([]);
  });

  it('has no text that nothing names', () => {
    const unused = [...english.keys()].filter((key) => !uses.some((use) => use.pattern.test(key)));
    expect(unused).toEqual([]);
  });

  it('gets from every template the values that its texts need, and puts tags only where HTML is meant', () => {
    const wrong = uses.flatMap(({ given, text, file, isRich, pattern }) => {
      if (given === undefined) return [];
      return [...english].flatMap(([key, message]) => {
        if (!pattern.test(key)) return [];
        const needs = placeholders(message, 'en');
        const lacks = needs.filter((name) => !name.startsWith('<') && !given.includes(name));
        const hasTags = needs.some((name) => name.startsWith('<'));
        return lacks.length > 0 || (hasTags && !isRich) ? [`${text} (${file}) ${lacks.join()}`] : [];
      });
    });
    expect(wrong).toEqual([]);
  });
});
