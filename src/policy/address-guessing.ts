/** Wrong guesses from one address range, over everybody: pure. Kept by slices of time, so that the hour slides. */

export interface AddressTally {
  readonly slices: readonly { readonly from: Date; readonly wrong: number }[];
}

const sliceS = 5 * 60;
const hourS = 60 * 60;

/** The table "Guessing" of the design. */
export const wrongPerRangeAndHour = 100;

export const emptyAddressTally: AddressTally = { slices: [] };

/** Wrong guesses within the hour. What lies ahead of `now` (a clock set back) counts as well. */
export function wrongInHour(tally: AddressTally, now: Date): number {
  return recent(tally, now).reduce((sum, slice) => sum + slice.wrong, 0);
}

/** Seconds until the oldest slice no longer counts: 1 to 3,900. */
export function retryAfterS(tally: AddressTally, now: Date): number {
  const oldest = recent(tally, now)[0];
  if (oldest === undefined) return 1;
  const leftS = Math.ceil((oldest.from.getTime() - now.getTime()) / 1000) + sliceS + hourS;
  return Math.min(Math.max(leftS, 1), sliceS + hourS);
}

export function countWrongFrom(tally: AddressTally, now: Date): AddressTally {
  const from = new Date(Math.floor(now.getTime() / 1000 / sliceS) * sliceS * 1000);
  const slices = recent(tally, now).map((slice) => (slice.from > from ? { ...slice, from } : slice));
  const here = slices.filter((slice) => slice.from.getTime() === from.getTime());
  const before = slices.filter((slice) => slice.from.getTime() !== from.getTime());
  return { slices: [...before, { from, wrong: here.reduce((sum, slice) => sum + slice.wrong, 1) }] };
}

function recent(tally: AddressTally, now: Date): AddressTally['slices'] {
  const since = now.getTime() - (hourS + sliceS) * 1000;
  return tally.slices.filter((slice) => slice.from.getTime() > since);
}
