import { IntlMessageFormat } from 'intl-messageformat';

/** The parts of an ICU message, as its parser numbers them. */
export const literal = 0;
export const simplePlaceholder = 1;
const plural = 6;
export const pound = 7;
export const tag = 8;

/** A part of a parsed ICU message; `options` are a plural's cases, `children` what a tag holds. */
export interface MessagePart {
  readonly type: number;
  readonly value?: string;
  readonly options?: Readonly<Record<string, { readonly value: readonly MessagePart[] }>>;
  readonly children?: readonly MessagePart[];
  readonly pluralType?: Intl.PluralRuleType;
}

export const partsOf = (message: string, language: string): readonly MessagePart[] =>
  new IntlMessageFormat(message, language).getAst() as unknown as readonly MessagePart[];

/** This part and all inside it. */
function* within(parts: readonly MessagePart[]): Generator<MessagePart> {
  for (const part of parts) {
    yield part;
    for (const option of Object.values(part.options ?? {})) yield* within(option.value);
    yield* within(part.children ?? []);
  }
}

/** Names of the placeholders, and of the tags: `realm`, `<b>`. */
export function placeholders(message: string, language: string): readonly string[] {
  const named = [...within(partsOf(message, language))].filter(({ type }) => type !== literal && type !== pound);
  return [...new Set(named.map(({ type, value }) => (type === tag ? `<${value}>` : `${value}`)))].sort();
}

/**
 * Plurals that have not exactly the categories of their language (CLDR, by `Intl.PluralRules`). One that lists numbers
 * (`=6 {six}`) is a choice among those, and needs `other` for the rest.
 */
export function pluralFaults(message: string, language: string): readonly string[] {
  return [...within(partsOf(message, language))].flatMap(({ type, value, options = {}, pluralType = 'cardinal' }) => {
    if (type !== plural) return [];
    const cases = Object.keys(options);
    const categories = cases.filter((name) => !name.startsWith('='));
    const needed = new Intl.PluralRules(language, { type: pluralType }).resolvedOptions().pluralCategories;
    const isChoice = categories.length < cases.length && String(categories) === 'other';
    return isChoice || String(categories.sort()) === String([...needed].sort())
      ? []
      : [`${value}: ${categories.join()} instead of ${needed.join()}`];
  });
}
