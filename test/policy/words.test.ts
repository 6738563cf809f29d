import fc from 'fast-check';
import { allRules, circumstances, inWords, type Reason, reasonOf } from '../../src/policy/index.ts';

const anyReason: fc.Arbitrary<Reason> = fc.record({
  rule: fc.constantFrom(...allRules, 'always' as const),
  level: fc
    .record({
      kind: fc.constantFrom(
        'product' as const,
        'realm' as const,
        'rollout' as const,
        'organization' as const,
        'user' as const,
      ),
      id: fc.string(),
    })
    .map(({ kind, id }) => (kind === 'product' ? { kind, id: 'product', name: 'Gatehouse' } : { kind, id, name: id })),
  because: fc.constantFrom(...circumstances),
});

describe('a reason in the words of the audit log', () => {
  it('names the rule, the level and the circumstance', () => {
    const level = { kind: 'organization', id: '9f2c', name: 'North' } as const;
    expect(inWords({ rule: 'secondFactor', level, because: 'required' })).toBe(
      'secondFactor organization:9f2c required',
    );
  });

  it('is read back as it was, but for the name of the level', () => {
    fc.assert(
      fc.property(anyReason, (reason) => {
        expect(reasonOf(inWords(reason))).toEqual(reason);
      }),
    );
  });

  it.each([
    '',
    'required',
    'secondFactor required',
    'secondFactor planet:mars required',
    'secondFactor :acme required',
    'secondFactor realm:web1 ',
  ])('is none: "%s"', (words) => {
    expect(reasonOf(words)).toBeUndefined();
  });
});
