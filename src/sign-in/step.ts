import type { Form } from '../factors/index.ts';
import type { RealmContext } from '../http/index.ts';
import type { Clock, Keyring } from '../kernel/index.ts';
import type { Next, StepName } from '../policy/index.ts';
import { type OutboxItem, withOutbox } from '../store/index.ts';
import { withAnswer } from './answered.ts';
import type { Guessing } from './guessing/index.ts';
import { pathsOf } from './paths.ts';
import type { Visit, VisitDeps } from './visit.ts';

export interface StepDeps extends VisitDeps {
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly guessing: Guessing;
}

/**
 * One page of a sign-in. It shows itself, judges what is posted and records what was proven; where to go next is the
 * dispatcher's to say: every handler that does not show a page ends in a redirect to it.
 */
export interface Step {
  /** Below `/sign-in/:uid`. */
  readonly path: string;
  /** When this page is the current one; otherwise requests go to the dispatcher. */
  readonly isCurrent: (next: Next, visit: Visit) => boolean;
  readonly get?: (visit: Visit) => Promise<void>;
  readonly post?: (visit: Visit, form: Form) => Promise<void>;
}

export function onStep(...names: readonly StepName[]): Step['isCurrent'] {
  return (next) => names.includes(next.step);
}

/** Records an answer that is no proof, and what is told of it, unless the attempt became another person's meanwhile. */
export async function recordAnswer(
  { attempts }: Pick<StepDeps, 'attempts'>,
  visit: Visit,
  answer: string,
  told: readonly OutboxItem[] = [],
): Promise<void> {
  await attempts.change(visit.attempt.id, (attempt) => {
    if (attempt.userId !== visit.attempt.userId) return undefined;
    const answered = { ...attempt, answers: withAnswer(attempt.answers, answer) };
    // Told once, whatever is posted twice.
    return attempt.answers.includes(answer) ? answered : withOutbox(answered, ...told);
  });
  toDispatcher(visit);
}

/** On the context of a request: it ends where the dispatcher is to say how. */
const goesOn = Symbol('goesOn');
type GoingOn = RealmContext & { [goesOn]?: true };

export function toDispatcher({ context, issuer, attempt }: Visit): void {
  (context as GoingOn)[goesOn] = true;
  context.redirect(pathsOf(issuer, attempt.id).below(''));
}

export const isToDispatcher = ({ context }: Visit): boolean => (context as GoingOn)[goesOn] === true;
