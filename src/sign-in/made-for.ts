import type { Keyring } from '../kernel/index.ts';
import type { Attempt } from './attempt.ts';

/**
 * Whom the forms of a page are made for, without naming them: another tab may show a form of somebody who is not the
 * attempt's person any more, and what is answered there is not theirs. Undefined while the attempt is nobody's.
 */
export type MadeFor = (attempt: Pick<Attempt, 'id' | 'userId'>) => string | undefined;

export const createMadeFor =
  (keyring: Pick<Keyring, 'mac'>): MadeFor =>
  ({ id, userId }) =>
    userId === undefined ? undefined : keyring.mac('form made for', `${id}/${userId}`).slice(0, 22);
