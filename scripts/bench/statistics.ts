/** The value below which `share` of all lie, by nearest rank; `sorted` ascending. NaN of none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(sorted.length * share));
  return sorted[rank - 1] ?? Number.NaN;
}

export const median = (values: readonly number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** To four significant figures: what is beyond them is noise. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
