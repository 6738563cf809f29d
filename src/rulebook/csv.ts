/**
 * Lines of RFC 4180 without their ends. A cell that spreadsheets would take for a formula begins with an apostrophe
 * (OWASP, CSV Injection), and one with another separator is quoted: names are what people typed.
 */
export function csv(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.map((row) => row.map(cell).join(','));
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
