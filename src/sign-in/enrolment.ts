import { z } from 'zod';
import type { Attempt } from './attempt.ts';

/** `everBound`: the person's count of methods when it began. */
const enrolmentShape = z.object({
  kind: z.string(),
  state: z.record(z.string(), z.unknown()),
  everBound: z.number().int(),
});

/** An enrolment under way: nothing of it counts until it is proven. */
export type Enrolment = z.infer<typeof enrolmentShape>;

export function readEnrolment(attempt: Attempt): Enrolment | undefined {
  return attempt.enrolment === undefined ? undefined : enrolmentShape.parse(JSON.parse(attempt.enrolment));
}

export function withoutEnrolment(attempt: Attempt): Attempt {
  const { enrolment: _, ...rest } = attempt;
  return rest;
}
