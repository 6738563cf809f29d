import fc from 'fast-check';
import { flatten, mergeSettings, unflatten } from '../../src/realm/settings.ts';

describe('merging three ways', () => {
  // base, now, file → result, outcome, with force
  it.each([
    ['nobody moved', 1, 1, 1, 1, undefined, 1],
    ['the file moved', 1, 1, 2, 2, 'changed', 2],
    ['the file took it out', 1, 1, undefined, undefined, 'changed', undefined],
    ['the file brought it', undefined, undefined, 2, 2, 'changed', 2],
    ['an admin moved', 1, 3, 1, 3, 'kept', 1],
    ['an admin unset it', 1, undefined, 1, undefined, 'kept', 1],
    ['both moved', 1, 3, 2, 3, 'conflict', 2],
    ['both moved the same way', 1, 2, 2, 2, undefined, 2],
    ['an admin moved what the file took out', 1, 3, undefined, 3, 'conflict', undefined],
    ['an admin set what the file never said', undefined, 3, undefined, 3, 'kept', 3],
    ['an admin set it, then the file said otherwise', undefined, 3, 2, 3, 'conflict', 2],
  ])('%s: %s, %s, %s → %s', (_, base, now, file, result, outcome, forced) => {
    const at = (value: unknown) => (value === undefined ? {} : { 'policy.x': value });
    const merged = mergeSettings(at(base), at(now), at(file));
    expect(merged.settings).toEqual(at(result));
    expect(merged.entries.map((entry) => entry.outcome)).toEqual(outcome === undefined ? [] : [outcome]);
    expect(mergeSettings(at(base), at(now), at(file), true).settings).toEqual(at(forced));
  });

  const settings = fc.dictionary(
    fc.constantFrom('a', 'b.c', 'b.d', 'e'),
    fc.constantFrom<unknown>(1, 'x', ['y'], false),
    { noNullPrototype: true },
  );

  it('loses nothing anybody said and nobody took back, and forced follows the file', () => {
    fc.assert(
      fc.property(settings, settings, settings, (base, now, file) => {
        const merged = mergeSettings(base, now, file).settings;
        for (const path of ['a', 'b.c', 'b.d', 'e']) expect([now[path], file[path]]).toContainEqual(merged[path]);
        const forced = mergeSettings(base, now, file, true).settings;
        for (const [path, value] of Object.entries(file)) expect(forced[path]).toEqual(value);
        // Applying the same file again changes nothing more.
        expect(mergeSettings(file, merged, file).settings).toEqual(merged);
      }),
    );
  });

  it('flattens and builds up again without loss', () => {
    fc.assert(fc.property(settings, (flat) => expect(flatten(unflatten(flat))).toEqual(flat)));
  });
});
