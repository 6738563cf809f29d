import type { NumberType } from 'libphonenumber-js/max';

export interface NumberFacts {
  /** ISO 3166-1; absent for ranges of no country (satellites, international networks). */
  readonly country: string | undefined;
  /** Country calling code: `49`. */
  readonly dialCode: string;
  /** The calling code and three digits more: about an operator or a region. */
  readonly prefix: string;
  /** Whether it is a range of ordinary mobile or fixed lines. */
  readonly isOrdinary: boolean;
}

/**
 * Ranges that people have telephones in. What is left out: premium, shared cost and toll-free numbers, personal and
 * company numbers, pagers, voice mail, and VOIP, whose numbers anybody rents by the thousand.
 */
const ordinary = new Set<NumberType>(['MOBILE', 'FIXED_LINE', 'FIXED_LINE_OR_MOBILE']);

/** What numbering plans say of an E.164 number; undefined when it is none. The plans (150 kB) are loaded when first asked. */
export async function numberFacts(number: string): Promise<NumberFacts | undefined> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const parsed = /^\+[1-9][0-9]{6,14}$/.test(number) ? parsePhoneNumberFromString(number) : undefined;
  if (parsed === undefined) return undefined;
  const dialCode = parsed.countryCallingCode;
  return {
    country: parsed.country,
    dialCode,
    prefix: dialCode + parsed.nationalNumber.slice(0, 3),
    isOrdinary: ordinary.has(parsed.getType()),
  };
}
