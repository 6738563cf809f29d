import type { CountryCode } from 'libphonenumber-js/max';

/** A number that codes can go to. */
export interface Telephone {
  /** E.164, such as `+12025550140`. */
  readonly number: string;
  /** Keys pressed once somebody answers; a comma is a pause of a second. */
  readonly extension?: string;
}

const longestTyped = 64;
const longestExtension = 20;

/** Where a number without a country code is taken to be from: the realm's own country, or that of the language. */
export function regionOf(country: string | undefined, locale: string): string {
  if (country !== undefined) return country;
  try {
    return new Intl.Locale(locale).maximize().region ?? 'US';
  } catch {
    return 'US';
  }
}

/** The number in what was typed, however it is written; undefined when it is none that exists. Takes anything. */
export async function readNumber(typed: unknown, region: string): Promise<Telephone | undefined> {
  if (typeof typed !== 'string' || typed.length > longestTyped) return undefined;
  // The metadata of all countries is 150 kB: loaded with the first number.
  const { isSupportedCountry, parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const defaultCountry: CountryCode = isSupportedCountry(region) ? region : 'US';
  const parsed = parsePhoneNumberFromString(typed.normalize('NFKC').trim(), { defaultCountry, extract: false });
  if (parsed?.isValid() !== true) return undefined;
  const extension = readExtension(parsed.ext ?? '');
  return extension === undefined || extension === '' ? { number: parsed.number } : { number: parsed.number, extension };
}

/** '' when nothing was typed; undefined when it cannot be pressed on a telephone. `p`, `w` and `;` are pauses too. */
export function readExtension(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > longestTyped) return undefined;
  const keys = typed
    .normalize('NFKC')
    .replaceAll(/[\s\p{Pd}.()]/gu, '')
    .replaceAll(/[pw;]/gi, ',');
  return /^[0-9*#,]*$/.test(keys) && keys.length <= longestExtension ? keys : undefined;
}

/** What pages show of a number before a second factor was given. */
export const lastTwo = (number: string): string => number.slice(-2);
