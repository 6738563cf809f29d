import type { Factors, Method } from '../factors/index.ts';
import type { Facts } from '../policy/index.ts';

/** What there is of the kinds that come out of an inventory; all other kinds are always there. */
export interface Supply {
  /** A kind of which the realm has none can be set up by nobody alone. */
  readonly factors: Facts['factors'];
  /** Kinds of which one waits for this person. */
  readonly provided: readonly string[];
}

export async function supplyOf(
  { kinds }: Pick<Factors, 'kinds'>,
  realm: string,
  userId: string | undefined,
  methods: readonly Method[],
): Promise<Supply> {
  const factors = new Map<string, Facts['factors'] extends ReadonlyMap<string, infer F> ? F : never>(kinds);
  const provided: string[] = [];
  for (const factor of kinds.values()) {
    const supply = await factor.supply?.(realm, userId, methods);
    if (supply === undefined) continue;
    if (!supply.isStocked) factors.set(factor.kind, { ...factor, isSelfService: false });
    if (supply.isProvided) provided.push(factor.kind);
  }
  return { factors, provided };
}
