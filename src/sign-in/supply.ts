import type { Factor, Factors, Method } from '../factors/index.ts';
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
  const unstocked: string[] = [];
  const provided: string[] = [];
  for (const factor of kinds.values()) {
    const supply = await factor.supply?.(realm, userId, methods);
    if (supply === undefined) continue;
    if (!supply.isStocked) unstocked.push(factor.kind);
    if (supply.isProvided) provided.push(factor.kind);
  }
  return { factors: inStock(kinds, unstocked), provided };
}

/** The same for everybody of a realm: `provided` takes all methods of one person. */
export async function supplyOfAll(
  { kinds }: Pick<Factors, 'kinds'>,
  realm: string,
): Promise<{
  readonly factors: Supply['factors'];
  provided(userId: string, methods: readonly Pick<Method, 'kind' | 'data'>[]): Supply['provided'];
}> {
  const supplied: ({ readonly kind: string } & Awaited<ReturnType<NonNullable<Factor['supplies']>>>)[] = [];
  for (const { kind, supplies } of kinds.values()) {
    if (supplies !== undefined) supplied.push({ kind, ...(await supplies(realm)) });
  }
  const unstocked = supplied.filter(({ isStocked }) => !isStocked).map(({ kind }) => kind);
  return {
    factors: inStock(kinds, unstocked),
    provided: (userId, methods) =>
      supplied.flatMap(({ kind, isProvided }) =>
        isProvided(
          userId,
          methods.filter((method) => method.kind === kind),
        )
          ? [kind]
          : [],
      ),
  };
}

function inStock(kinds: Factors['kinds'], unstocked: readonly string[]): Supply['factors'] {
  const factors = new Map<string, Facts['factors'] extends ReadonlyMap<string, infer F> ? F : never>(kinds);
  for (const kind of unstocked) {
    const factor = kinds.get(kind);
    if (factor !== undefined) factors.set(kind, { ...factor, isSelfService: false });
  }
  return factors;
}
