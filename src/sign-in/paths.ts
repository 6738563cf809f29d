/** Addresses of a sign-in, below the realm's issuer (for redirects) or complete (for pages). */
export interface Paths {
  /** `''` is the dispatcher, `'/password'` a step. */
  below(step: string): string;
  full(step: string): string;
}

export function pathsOf(issuer: string, uid: string): Paths {
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  const below = (step: string) => `/sign-in/${encodeURIComponent(uid)}${step}`;
  return { below, full: (step) => `${base}${below(step)}` };
}

export function stepPath(next: { readonly step: string; readonly kinds?: readonly string[] }): string {
  return next.step === 'enrol' ? `/enrol/${next.kinds?.[0] ?? ''}` : `/${next.step}`;
}
