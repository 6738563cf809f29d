import type { CostLine } from './report.ts';

const columns = [
  ...['month', 'realm', 'organization_path', 'organization', 'organization_name', 'dial_code', 'channel'],
  ...['messages', 'used', 'failed', 'cost', 'currency'],
];

/** RFC 4180, one line per organization, country code and channel. */
export function costsCsv(lines: readonly CostLine[]): readonly string[] {
  const rows = lines.map((line) => [
    ...[line.month, line.realm, line.path.join('/'), line.organization, line.organizationName],
    ...[line.dialCode, line.channel, String(line.messages), String(line.used), String(line.failed)],
    ...[(line.micros / 1_000_000).toFixed(6), line.currency],
  ]);
  return [columns, ...rows].map((row) => row.map(cell).join(','));
}

/** A name that begins like a formula, or would after another separator, is quoted: spreadsheets would run it. */
function cell(value: string): string {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",;\t\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
