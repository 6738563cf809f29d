import { readFileSync } from 'node:fs';
import { configurationReference, entries } from '../../src/config/index.ts';

describe('docs/configuration.md', () => {
  it('is what the table of settings says (run "npm run docs:config")', () => {
    expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(
      configurationReference(),
    );
  });

  it('has only defaults that are within their own bounds', () => {
    for (const entry of Object.values(entries)) {
      if (entry.default !== undefined) expect(entry.kind.parse(entry.default).ok).toBe(true);
    }
  });
});
