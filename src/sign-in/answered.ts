import type { Attempt, Proof } from './attempt.ts';

/** What an answered page leaves in the attempt. Pure, for the steps that record it and for the simulator that plays it. */
export type Answered = Pick<Attempt, 'proven' | 'answers'>;

/** The answer that names a kind; the last one counts. */
export const chosenPrefix = 'chosen:';

export const withoutChoice = (answers: readonly string[]): readonly string[] =>
  answers.filter((answer) => !answer.startsWith(chosenPrefix));

export const withAnswer = (answers: readonly string[], answer: string): readonly string[] => [
  ...new Set([...answers, answer]),
];

export const withChoice = (answers: readonly string[], kind: string): readonly string[] => [
  ...withoutChoice(answers),
  `${chosenPrefix}${kind}`,
];

/** A method was proven. `isLow`: few are left of a backup. */
export function withProof<A extends Answered>(attempt: A, proof: Proof, isLow: boolean): A {
  const answers = isLow ? withAnswer(attempt.answers, `low:${proof.factor}`) : attempt.answers;
  return { ...attempt, answers, proven: [...attempt.proven, proof] };
}

/** A method was set up. To be handed a backup proves nothing; whatever else is set up was proven by that. */
export function withMethod<A extends Answered>(attempt: A, proof: Proof, isBackup: boolean): A {
  if (isBackup) {
    return { ...attempt, answers: attempt.answers.filter((answer) => answer !== `low:${proof.factor}`) };
  }
  const answers = withAnswer(withoutChoice(attempt.answers), 'enrolled');
  return { ...attempt, answers, proven: [...attempt.proven, proof] };
}
