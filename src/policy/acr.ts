/** Assurance, weakest first: one factor; two; two of which one is phishing-resistant. */
export const allAcr = ['single', 'mfa', 'phr'] as const;
export type Acr = (typeof allAcr)[number];

export function isAcr(value: string): value is Acr {
  return (allAcr as readonly string[]).includes(value);
}

/** True when `level` is `wanted` or above. */
export function reaches(level: Acr, wanted: Acr): boolean {
  return allAcr.indexOf(level) >= allAcr.indexOf(wanted);
}

export function highest(...levels: readonly Acr[]): Acr {
  return levels.reduce((best, level) => (reaches(level, best) ? level : best), 'single');
}

/** What a factor of this strength gives as a second factor; `none` (email) never raises it. */
export function acrOf(strength: 'mfa' | 'phr' | 'none' | undefined): Acr {
  return strength === 'mfa' || strength === 'phr' ? strength : 'single';
}
