import type { RawToken } from './draft.ts';
import { fromBase32, fromBase64, fromHex } from './seed-text.ts';

/** What a record says: a token, nothing of ours, or why it cannot be read. */
export type Told = { readonly raw: RawToken } | { readonly skipped: string } | { readonly fault: string };

/** How the columns of a file are to be read. */
export interface Layout {
  /** Of our own columns, Entra's, or one without a heading. */
  readonly name: 'columns' | 'entra' | 'oath' | 'yubico' | 'yubico-log';
  /** The first record is a heading, not a token. */
  readonly hasHeading: boolean;
  tell(cells: readonly string[]): Told;
}

/** Our own columns; the first row names those that are there, in any order. The same that an export writes. */
export const columns = [
  'credential_id',
  'kind',
  'algorithm',
  'digits',
  'period',
  'counter',
  'drift',
  'serial',
  'issuer',
  'organization',
  'assigned_to',
  'expires',
  'seed_base32',
  'seed_hex',
  'seed_base64',
  'state',
] as const;

type Column = (typeof columns)[number];

/** Chosen by what the first record holds. */
export function layoutOf(first: readonly string[]): Layout | { readonly fault: string } {
  const heading = first.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replaceAll(/[ _-]+/g, '_'),
  );
  if (heading.includes('credential_id')) return ownColumns(heading);
  if (heading.includes('serial_number') && heading.includes('secret_key')) return entra(heading);
  const [one = '', two = '', three = ''] = first.map((cell) => cell.trim());
  if (/^(logging start|yubico otp|oath-hotp|static password.*|challenge-response.*)$/i.test(one)) return yubicoLog;
  const isKind = /^(hotp|totp|)$/i.test(three);
  if (first.length <= 5 && isKind && (one.startsWith('#') || fromHex(two) !== undefined)) return oath;
  if (/^#?\s*\d+$/.test(one) && first.length >= 6) return yubico;
  return {
    fault: `the first line names no columns and looks like none of the known layouts; one column has to be credential_id`,
  };
}

function ownColumns(heading: readonly string[]): Layout | { readonly fault: string } {
  const unknown = heading.find((name) => !columns.includes(name as Column));
  if (unknown !== undefined)
    return { fault: `there is no column "${unknown.slice(0, 40)}"; known are ${columns.join(', ')}` };
  if (new Set(heading).size < heading.length) return { fault: 'a column is named twice' };
  const seeds = ['seed_base32', 'seed_hex', 'seed_base64'] as const;
  if (!seeds.some((name) => heading.includes(name))) return { fault: `a column of ${seeds.join(', ')} is missing` };
  return {
    name: 'columns',
    hasHeading: true,
    tell(cells) {
      if (cells.length !== heading.length)
        return { fault: `${cells.length} columns where the first line names ${heading.length}` };
      const cell = (name: Column) => {
        const at = heading.indexOf(name);
        return at === -1 ? '' : unescaped(cells[at] ?? '').trim();
      };
      const given = seeds.filter((name) => cell(name) !== '');
      const [only] = given;
      if (only === undefined || given.length > 1) return { fault: 'exactly one seed is wanted' };
      const read = { seed_base32: fromBase32, seed_hex: fromHex, seed_base64: fromBase64 }[only];
      const seed = read(cell(only));
      if (seed === undefined) return { fault: `${only} cannot be read` };
      return {
        raw: {
          credentialId: cell('credential_id'),
          seed,
          kind: cell('kind') === '' ? 'totp' : cell('kind'),
          algorithm: cell('algorithm'),
          digits: cell('digits'),
          periodS: cell('period'),
          counter: cell('counter'),
          driftSteps: cell('drift'),
          serial: cell('serial'),
          issuer: cell('issuer'),
          organization: cell('organization'),
          assignTo: cell('assigned_to'),
          expires: cell('expires'),
          state: cell('state'),
        },
      };
    },
  };
}

/** The list that Microsoft Entra takes: upn, serial number, secret key, time interval, manufacturer, model. */
function entra(heading: readonly string[]): Layout {
  return {
    name: 'entra',
    hasHeading: true,
    tell(cells) {
      const cell = (name: string) => {
        const at = heading.indexOf(name);
        return at === -1 ? '' : unescaped(cells[at] ?? '').trim();
      };
      if (cells.length !== heading.length)
        return { fault: `${cells.length} columns where the first line names ${heading.length}` };
      return withSeed(fromBase32(cell('secret_key')), (seed) => ({
        credentialId: cell('serial_number'),
        seed,
        kind: 'totp',
        periodS: cell('time_interval'),
        serial: cell('serial_number'),
        issuer: cell('manufacturer'),
        assignTo: cell('upn'),
      }));
    },
  };
}

/** serial, seed in hex, hotp or totp, digits, period; from the third column on with these defaults: hotp, 6, 30. */
const oath: Layout = {
  name: 'oath',
  hasHeading: false,
  tell(cells) {
    const [serial = '', seed = '', kind = '', digits, periodS] = cells.map((cell) => cell.trim());
    if (serial.startsWith('#')) return { skipped: 'a remark' };
    if (cells.length > 5) return { fault: 'more than five columns' };
    return withSeed(fromHex(seed), (bytes) => ({
      credentialId: serial,
      seed: bytes,
      kind: kind === '' ? 'hotp' : kind,
      digits,
      periodS,
      serial,
    }));
  },
};

/** serial, public id, `0` for OATH, secret in hex, access code, time: the "Yubico format" of the Personalization Tool. */
const yubico: Layout = {
  name: 'yubico',
  hasHeading: false,
  tell(cells) {
    const [serial = '', , third = '', secret = ''] = cells.map((cell) => cell.trim());
    if (serial.startsWith('#')) return { skipped: 'a remark' };
    if (cells.length < 6) return { fault: 'fewer than six columns' };
    if (third !== '0') return { skipped: 'not programmed for OATH-HOTP' };
    return withSeed(fromHex(secret), (seed) => ({
      credentialId: serial,
      seed,
      kind: 'hotp',
      serial,
      issuer: 'Yubico',
    }));
  },
};

/**
 * The "traditional format" of the Personalization Tool's log: kind, time, slot, token identifier, -, secret in hex, and
 * as 12th column the number of digits.
 */
const yubicoLog: Layout = {
  name: 'yubico-log',
  hasHeading: false,
  tell(cells) {
    const trimmed = cells.map((cell) => cell.trim());
    if (trimmed[0]?.toLowerCase() !== 'oath-hotp') return { skipped: 'not programmed for OATH-HOTP' };
    const moving = trimmed[12] ?? '';
    if (moving !== '' && moving !== '0')
      return {
        fault: 'was programmed with a moving factor; give its counter in the column "counter" of our own layout',
      };
    return withSeed(fromHex(trimmed[5] ?? ''), (seed) => ({
      credentialId: trimmed[3] ?? '',
      seed,
      kind: 'hotp',
      digits: trimmed[11],
      issuer: 'Yubico',
    }));
  },
};

function withSeed(seed: Uint8Array | undefined, raw: (seed: Uint8Array) => RawToken): Told {
  return seed === undefined ? { fault: 'the seed cannot be read' } : { raw: raw(seed) };
}

/** An export keeps spreadsheets from computing a cell by a leading apostrophe. */
export function unescaped(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
