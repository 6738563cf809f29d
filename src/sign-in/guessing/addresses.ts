import { type Clock, GatehouseError } from '../../kernel/index.ts';
import {
  countWrongFrom,
  emptyAddressTally,
  retryAfterS,
  wrongInHour,
  wrongPerRangeAndHour,
} from '../../policy/index.ts';
import type { Store } from '../../store/index.ts';
import { addressRange } from './address-range.ts';
import { addressesDeclaration } from './tallies.ts';

/** The limit on wrong guesses from one address range, over everybody and all realms. */
export interface Addresses {
  /**
   * Judges within the limit, and tells `judge` how much was wrong within the hour; `isWrong` says whether the outcome counts. Throws `too_many` with `retryAfterS` beyond it.
   * Right guesses write nothing: an office behind one address signs in as it likes.
   */
  within<T>(address: string, judge: (wrong: number) => Promise<T>, isWrong: (outcome: T) => boolean): Promise<T>;
}

const keptMs = 2 * 60 * 60 * 1000;

export function createAddresses(deps: { readonly store: Store; readonly clock: Clock }): Addresses {
  const { clock } = deps;
  const addresses = deps.store.collection(addressesDeclaration);
  // Guesses that are being judged here; those of other processes may exceed the limit by their number.
  const judging = new Map<string, number>();

  const refuse = (afterS: number) =>
    new GatehouseError('too_many', 'too many wrong guesses from one address range', { retryAfterS: afterS });

  return {
    async within(address, judge, isWrong) {
      const range = addressRange(address);
      const now = clock.now();
      const tally = (await addresses.get(range)) ?? emptyAddressTally;
      const wrong = wrongInHour(tally, now);
      if (wrong >= wrongPerRangeAndHour) throw refuse(retryAfterS(tally, now));
      const beside = judging.get(range) ?? 0;
      if (wrong + beside >= wrongPerRangeAndHour) throw refuse(1);
      judging.set(range, beside + 1);
      try {
        const outcome = await judge(wrong);
        if (isWrong(outcome)) {
          await addresses.upsert(range, (doc) => ({
            id: range,
            ...countWrongFrom(doc ?? emptyAddressTally, clock.now()),
            removeAt: new Date(clock.now().getTime() + keptMs),
          }));
        }
        return outcome;
      } finally {
        const left = (judging.get(range) ?? 1) - 1;
        if (left > 0) judging.set(range, left);
        else judging.delete(range);
      }
    },
  };
}
