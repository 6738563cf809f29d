/** That a person asked, after a full sign-in, not to be asked for a second factor again in this browser. */
export interface Remembered {
  readonly at: Date;
  /** As it was promised then; policy may end it before. */
  readonly until: Date;
  /** The person's password, methods and state as they were (`basis.ts`): when any of it changes, it is over. */
  readonly basis: string;
}

/** The answer that the box on the challenge leaves in the attempt: for how many days it was offered. */
const answerPrefix = 'remember_browser:';

export const rememberAnswer = (days: number): string => `${answerPrefix}${days}`;

/** Days asked for in this attempt; 0: not asked for. */
export function daysAsked(answers: readonly string[]): number {
  return Number(answers.findLast((answer) => answer.startsWith(answerPrefix))?.slice(answerPrefix.length) ?? 0);
}

/** Since when the second factor is waived in this browser, as far as that still stands; policy judges the days. */
export function rememberedSince(
  browser: { readonly remembered?: Remembered } | undefined,
  basis: string | undefined,
  now: Date,
): Date | undefined {
  const { remembered } = browser ?? {};
  return remembered !== undefined && remembered.basis === basis && now < remembered.until ? remembered.at : undefined;
}
