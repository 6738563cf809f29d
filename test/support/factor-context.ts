import type { FactorContext } from '../../src/factors/index.ts';
import { combine } from '../../src/policy/index.ts';

/** What a factor is given, for Mia of web1; without mail. */
export function aFactorContext(given: Partial<FactorContext> & Pick<FactorContext, 'now'>): FactorContext {
  return {
    realm: { id: 'web1', name: 'Web One', issuer: 'https://id.example' },
    user: { id: 'mia', label: 'mia@example.com', locale: 'en' },
    signIn: 'one',
    from: { address: '203.0.113.9', range: '203.0.113.0/24', browser: 'Firefox', reference: 'ref-1' },
    rules: combine([]),
    notice: () => [],
    mail: () => [],
    ...given,
  };
}
