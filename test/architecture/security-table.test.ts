import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const table = readFileSync('docs/security.md', 'utf8');
const rows = [...table.matchAll(/^\| ([A-Z]\d+|fault \d+) \| .* \| (.*) \|$/gm)].map(([, id = '', state = '']) => ({
  id,
  state,
}));

/** The ids that stand in quoted texts of tests: `N1: …`, `(faults 1, 3)`, `fault 7, 18, N2: …`. */
function idsIn(source: string): string[] {
  const texts = [...source.matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)].map(([, , text = '']) => text);
  return texts.flatMap((text) => [
    ...[...text.matchAll(/\b([NARFBSLC]\d{1,2})\b(?=[:,) ]|$)/g)].map(([, id = '']) => id),
    ...[...text.matchAll(/\bfaults? (\d+(?:, \d+)*(?: and \d+)?)/g)].flatMap(([, numbers = '']) =>
      (numbers.match(/\d+/g) ?? []).map((number) => `fault ${number}`),
    ),
  ]);
}

const tested = new Set(
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('security-table'))
    .flatMap((file) => idsIn(readFileSync(join('test', file), 'utf8'))),
);

describe('the table of docs/security.md', () => {
  it('has every row once', () => {
    expect(rows.length).toBeGreaterThan(90);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it.each(rows.filter(({ state }) => /^(holds|partly)/.test(state)))('$id is named by a test', ({ id }) => {
    expect([...tested]).toContain(id);
  });

  it('says of every row in what state it is', () => {
    const unclear = rows.filter(
      ({ state }) => !/^(holds|partly: .+|to come: .+|does not apply: .+|measured: .+)$/.test(state),
    );
    expect(unclear).toEqual([]);
  });
});
