import { z } from 'zod';
import type { FactorContext, Method } from '../factor.ts';
import type { Telephone } from './number.ts';

/** How a code travels. `key`: a call in which the number of the page is keyed in. */
export const ways = ['sms', 'voice', 'key'] as const;
export type Way = (typeof ways)[number];
export const channelOf = (way: Way): 'sms' | 'voice' => (way === 'sms' ? 'sms' : 'voice');
/** RFC 8176 §2. */
export const amrOf = (way: Way): 'sms' | 'tel' => (way === 'sms' ? 'sms' : 'tel');

const dataShape = z.object({
  /** Keyed, for look-ups. */
  hash: z.string(),
  lastTwo: z.string(),
  /** What the person prefers. */
  way: z.enum(ways),
  /** The person's own switch; on unless they turn it off. */
  allowsSms: z.boolean().default(true),
});

const telephoneShape: z.ZodType<Telephone> = z.object({
  number: z.string(),
  extension: z.string().exactOptional(),
});

const secretShape = telephoneShape.and(z.object({ backup: telephoneShape.optional() }));

export type PhoneData = z.infer<typeof dataShape>;
export type PhoneSecret = Telephone & { readonly backup?: Telephone | undefined };

export const dataOf = (method: Method): PhoneData => dataShape.parse(method.data);

export function secretOf(method: Method): PhoneSecret {
  if (method.secret === undefined) throw new Error(`method ${method.id} has no secret`);
  return secretShape.parse(JSON.parse(method.secret));
}

/** The ways that every level allows, that the person has not switched off, and that can be gone here. */
export function openWays(
  { rules }: Pick<FactorContext, 'rules'>,
  { isThere }: { readonly isThere: boolean },
  allowsSms = true,
): readonly Way[] {
  if (!isThere) return [];
  const sms = rules.sms.value === 'allowed' && allowsSms;
  const voice = rules.voice.value === 'allowed';
  return ways.filter((way) => (way === 'sms' ? sms : voice));
}
