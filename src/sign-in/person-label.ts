import type { Visit } from './visit.ts';

/** How a person is named on a page: masked until they gave a second factor, in this attempt or the session before it. */
export function personLabel({ person, attempt, request }: Visit, hasSecondFactor: (kind: string) => boolean): string {
  const name = person?.email ?? person?.username ?? person?.name ?? '';
  const isProven = attempt.proven.some((proof) => hasSecondFactor(proof.factor));
  const isBuiltOn = request.session?.userId === person?.id && request.session?.acr !== 'single';
  return isProven || (isBuiltOn && request.session !== undefined) ? name : masked(name);
}

/** `mia@example.com` → `m…@example.com`; a user name keeps its first character. */
export function masked(name: string): string {
  const at = name.lastIndexOf('@');
  const [first = ''] = name;
  return at > 0 ? `${first}…${name.slice(at)}` : `${first}…`;
}
