import { allLanguages } from '../../src/realm/index.ts';
import { faultsOf, misgiven, missing, unused } from './catalogue-faults.ts';
import { type CatalogueUse, readCatalogues, readUses } from './catalogue-uses.ts';

const catalogues = readCatalogues();
const none: ReadonlyMap<string, string> = new Map();
const english = catalogues.get('en') ?? none;
const uses = readUses();

describe('the catalogues', () => {
  it('are those of the languages on offer, and no others', () => {
    expect([...catalogues.keys()].sort()).toEqual([...allLanguages].sort());
  });

  it.each(allLanguages)(
    '%s has the texts, placeholders and tags of English, and the plural categories of its own',
    (language) => {
      expect(faultsOf(catalogues.get(language) ?? none, english, language)).toEqual([]);
    },
  );

  it('have every text that a template or the code names, and none that nothing names', () => {
    expect(missing(english.keys(), uses)).toEqual([]);
    expect(unused(english.keys(), uses)).toEqual([]);
  });

  it('get from every template the values that their texts need, and have tags only where HTML is meant', () => {
    expect(misgiven(english, uses)).toEqual([]);
  });
});

describe('the watch over the catalogues notices', () => {
  const count = 'fault.wait';

  it.each([
    ['a text that a language lacks', 'de', 'layout.cancel', undefined, 'layout.cancel is missing'],
    ['a text that English lacks', 'de', 'layout.spare', 'Übrig', 'layout.spare is not in English'],
    ['a placeholder left out', 'de', 'layout.back-to-portal', 'Zurück', 'has  instead of portal'],
    ['a placeholder misspelt', 'de', 'layout.back-to-portal', 'Zurück zu {portl}', 'has portl instead of portal'],
    ['a tag left out', 'fr', 'layout.to-portal', 'vers {portal}', 'has portal instead of <b>,portal'],
    ['a plural without a category', 'de', count, '{seconds, plural, other {#}}', 'other instead of one,other'],
    ['a plural without the millions', 'es', count, '{seconds, plural, one {#} other {#}}', 'one,other instead of'],
    ['a category too many', 'ja', count, '{seconds, plural, one {#} other {#}}', 'one,other instead of other'],
    ['a blank at the end', 'nl', 'layout.cancel', 'Annuleren ', 'blanks at its ends'],
    ['a typewriter apostrophe', 'fr', 'layout.help', "L'aide", 'typewriter punctuation'],
    ['a French question mark that may stand alone', 'fr', 'layout.support', 'Besoin ?', 'may break a line'],
  ])('%s', (_, language, key, message, fault) => {
    const broken = new Map(catalogues.get(language));
    if (message === undefined) broken.delete(key);
    else broken.set(key, message);
    const found = faultsOf(broken, english, language);
    expect(found).toEqual([expect.stringContaining(fault)]);
  });

  it('a text that is used and missing, for every text that is certain to be used', () => {
    const certain = [...english.keys()].filter((key) => uses.some(({ text, isCertain }) => isCertain && text === key));
    expect(certain.length).toBeGreaterThan(80);
    for (const key of certain) {
      const found = missing(
        [...english.keys()].filter((one) => one !== key),
        uses,
      );
      expect(found).toContainEqual(expect.stringContaining(key));
    }
  });

  it('a text that nothing uses', () => {
    expect(unused([...english.keys(), 'layout.spare'], uses)).toEqual(['layout.spare']);
  });

  it('a value that a template does not give, and a tag where no HTML is meant', () => {
    const use: CatalogueUse = { text: 'a.b', file: 'a.hbs', pattern: /^a\.b$/, isCertain: true, given: [] };
    expect(misgiven(new Map([['a.b', 'to {portal}']]), [use])).toEqual(['a.b (a.hbs) portal']);
    expect(misgiven(new Map([['a.b', '<b>now</b>']]), [use])).toEqual(['a.b (a.hbs)']);
    expect(misgiven(new Map([['a.b', '<b>now</b>']]), [{ ...use, isRich: true }])).toEqual([]);
  });
});
