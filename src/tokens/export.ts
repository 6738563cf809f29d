import type { StoredToken } from './collections.ts';
import { standingOf } from './inventory.ts';
import { columns } from './reading/csv-layouts.ts';

/**
 * The inventory as CSV, a line at a time; an import reads it again where it holds the seeds. `nameOf`: what a person is
 * called in it.
 */
export async function* exportCsv(
  tokens: AsyncIterable<StoredToken>,
  options: {
    readonly withSeeds: boolean;
    readonly now: Date;
    readonly nameOf: (userId: string) => Promise<string>;
  },
): AsyncGenerator<string> {
  const shown = columns.filter((name) => !name.startsWith('seed_') || (options.withSeeds && name === 'seed_base64'));
  yield `${shown.join(',')}\r\n`;
  for await (const token of tokens) {
    const people = await Promise.all(token.people.map((id) => options.nameOf(id)));
    const cells: Readonly<Record<(typeof columns)[number], string>> = {
      credential_id: token.credentialId,
      kind: token.kind,
      algorithm: token.algorithm,
      digits: String(token.digits),
      period: token.kind === 'totp' ? String(token.periodS) : '',
      counter: token.kind === 'hotp' ? String(token.nextCounter) : '',
      drift: token.kind === 'totp' ? String(token.driftSteps) : '',
      serial: token.serial ?? '',
      issuer: token.issuer ?? '',
      organization: token.organization ?? '',
      assigned_to: people.join(' '),
      expires: token.expiresAt?.toISOString() ?? '',
      seed_base32: '',
      seed_hex: '',
      seed_base64: token.secret,
      state: standingOf(token, options.now),
    };
    yield `${shown.map((name) => cell(cells[name])).join(',')}\r\n`;
  }
}

/** What a spreadsheet would compute is made a text by an apostrophe (OWASP, CSV injection), and quoted. */
export function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n';\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
