import type { Level, Reason } from './level.ts';

const levels: readonly string[] = ['product', 'realm', 'rollout', 'organization', 'portal', 'user'] satisfies (
  | Level['kind']
  | 'product'
)[];

/** `secondFactor organization:<id> required`: the rule, the level it is from, why. The audit log keeps this. */
export function inWords({ rule, level, because }: Reason): string {
  return `${rule} ${level.kind}:${level.id} ${because}`;
}

/** The reverse; the level has its id for a name. Undefined for what is no reason. */
export function reasonOf(words: string): Reason | undefined {
  const [, rule = '', kind = '', id = '', because = ''] = /^(\w+) (\w+):(.*) (\w+)$/s.exec(words) ?? [];
  if (!levels.includes(kind)) return undefined;
  return {
    rule: rule as Reason['rule'],
    level: { kind: kind as Reason['level']['kind'], id, name: kind === 'product' ? 'Gatehouse' : id },
    because,
  };
}
