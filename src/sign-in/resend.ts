import type { ResendPart } from './page-models.ts';

/** The page's part; undefined when nothing can be asked for again. */
export function resendPart(from: Date | undefined, action: string, now: Date): ResendPart | undefined {
  return from === undefined ? undefined : { action, at: from > now ? from : undefined };
}

export function tooEarly(from: Date | undefined, now: Date): 'unavailable' | 'too_soon' | undefined {
  if (from === undefined) return 'unavailable';
  return from > now ? 'too_soon' : undefined;
}
