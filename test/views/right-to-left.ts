import { literal, type MessagePart, partsOf, pound, simplePlaceholder, tag } from './messages.ts';

/** The tag by which browsers and Android know pseudo-languages that run from right to left. */
export const rightToLeft = 'ar-XB';

/** English as if it were written from right to left: every word between overriding marks (Unicode UAX #9 §2.2). */
export function fromRightToLeft(english: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...english].map(([key, message]) => [key, written(partsOf(message, 'en'))]));
}

const written = (parts: readonly MessagePart[]): string => parts.map(writtenPart).join('');

function writtenPart(part: MessagePart): string {
  const { type, value = '', children = [], options } = part;
  if (type === literal) return value.replace(/\S+/g, '\u200f\u202e$&\u202c\u200f');
  if (type === pound) return '#';
  if (type === simplePlaceholder) return `{${value}}`;
  if (type === tag) return `<${value}>${written(children)}</${value}>`;
  if (options === undefined) throw new Error(`nothing known of message parts of type ${type}`);
  // Arabic has six categories, English two: each of the six is said as `other` is.
  const other = options['other']?.value ?? [];
  const exact = Object.entries(options).filter(([name]) => name.startsWith('='));
  const cases = exact.map(([name, option]) => `${name} {${written(option.value)}}`).join(' ');
  return `{${value}, plural, ${cases} other {${written(other)}}}`;
}
