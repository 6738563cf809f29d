import { z } from 'zod';

/** The rules one level may set; what it leaves out it leaves to the levels above. Only rules in force exist here. */
export const rulesShape = z.strictObject({
  /** `off`: never asked; `optional`: offered, "Not now" works; `required`. Enrolled means asked, unless `off`. */
  secondFactor: z.enum(['off', 'optional', 'required']).optional(),
  /** Factor kinds allowed as second factor, in the order in which they are offered. */
  methods: z.array(z.string().min(1).max(32)).max(16).optional(),
  /** Hours from sign-in to the end of the session, 1 to 720. */
  sessionHours: z.number().min(1).max(720).optional(),
  /** Minutes without use after which the password is asked again, 5 to 1440, or `off`. */
  idleMinutes: z.union([z.number().int().min(5).max(1440), z.literal('off')]).optional(),
  /** Unicode code points; 8 is the floor with a second factor, 15 without (NIST SP 800-63B-4 §3.1.1). */
  passwordMinLength: z.number().int().min(8).max(64).optional(),
  /** Whether a passkey that verified its user may be the whole sign-in, without a password. `no` by default. */
  passkeySignIn: z.enum(['yes', 'no']).optional(),
  /** The least `acr` a sign-in must reach. */
  acr: z.enum(['single', 'mfa', 'phr']).optional(),
});

export type Rules = z.infer<typeof rulesShape>;
