import { combine, type Effective, type Level } from '../policy/index.ts';

interface Kept {
  readonly levels: readonly Level[];
  readonly rules: Effective;
}

/** By the rules of the innermost level, as they were read: changed ones are another object. */
const kept = new WeakMap<Level['rules'], Kept>();

/**
 * What these levels come to. Where nothing but realm and portals binds, which is the same for everybody there and asked
 * at every step, it is reckoned once.
 */
export function combined(levels: readonly Level[]): Effective {
  const innermost = levels.at(-1);
  if (innermost === undefined || !levels.every(isForEverybody)) return combine(levels);
  const known = kept.get(innermost.rules);
  if (known !== undefined && isSame(known.levels, levels)) return known.rules;
  const rules = combine(levels);
  kept.set(innermost.rules, { levels, rules });
  return rules;
}

const isForEverybody = ({ kind }: Level) => kind === 'realm' || kind === 'portal';

function isSame(one: readonly Level[], other: readonly Level[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ kind, id, name, rules }, at) => {
      const level = other[at];
      return level?.kind === kind && level.id === id && level.name === name && level.rules === rules;
    })
  );
}
