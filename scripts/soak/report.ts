/** A whole number from 1. Throws which is none. */
export function number(text: string, what: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${what} is a whole number from 1`);
  return value;
}

/** How far it is, over the line before. */
export const tell = (line: string): void => void process.stderr.write(`\r${line} `);

/** As JSON on standard output. Exit code 1 when there are faults. */
export function report(found: { readonly faults: readonly string[] }): void {
  process.stderr.write('\n');
  console.log(JSON.stringify(found, null, 2));
  if (found.faults.length > 0) process.exitCode = 1;
}
