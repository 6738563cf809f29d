/** So many outcomes back, one weighs a third (1/e) of the latest. */
const memory = 32;
/** People mistype one password in five on a bad day. */
const most = 0.75;

export interface MostlyWrong {
  /** Of those judged lately at least three in four were wrong: most are guesses. */
  readonly is: boolean;
  judged(isWrong: boolean): void;
}

/**
 * Counts outcomes and not time, so that it neither forgets at night nor takes a busy morning for an attack. That the share
 * of failures tells attacks from people: Herley, Schechter, "Distinguishing Attacks from Legitimate Authentication Traffic
 * at Scale", NDSS 2019.
 */
export function createMostlyWrong(): MostlyWrong {
  let share = 0;
  return {
    get is() {
      return share >= most;
    },
    judged(isWrong) {
      share += ((isWrong ? 1 : 0) - share) / memory;
    },
  };
}
