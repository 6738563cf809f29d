import type { Imported } from './import.ts';

/** What became of an import, for the person who ran it and for programs. */
export function reportOf(
  imported: Imported,
  file: string,
):
  | { readonly lines: readonly string[]; readonly json: unknown }
  | { readonly refused: string; readonly json: unknown } {
  if (!imported.ok) {
    const { faults, more } = imported;
    const lines = faults.map(({ line, fault }) => (line === 0 ? fault : `line ${line}: ${fault}`));
    const rest = more === 0 ? [] : ['… and more: reading stopped there'];
    return {
      refused: [`nothing was imported from ${file}`, ...lines, ...rest].join('\n  '),
      json: { added: 0, faults },
    };
  }
  const { added, skipped } = imported;
  return {
    lines: [
      `${added} ${added === 1 ? 'token' : 'tokens'} imported`,
      ...skipped.map(({ line, fault }) => `  line ${line} left out: ${fault}`),
    ],
    json: { added, skipped },
  };
}
