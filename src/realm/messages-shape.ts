import { z } from 'zod';

const distinct = (values: readonly string[]) => new Set(values).size === values.length;
const each = 'each only once';

const most = z.number().int().min(1).max(10_000_000);
const limitShape = z.strictObject({
  minute: most.exactOptional(),
  day: most.exactOptional(),
  month: most.exactOptional(),
});

/** Money in whole units of the realm's currency; kept in millionths. */
const money = (highest: number) => z.number().min(0).max(highest);

/** What may be sent to telephones: `docs/telephony.md`. What it may cost in a month is the rule `budget`. */
export const messagesShape = z.strictObject({
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters such as DE (ISO 3166-1)'))
    .max(250)
    .refine(distinct, each)
    .exactOptional()
    .describe('Countries whose numbers get codes. The default is in docs/telephony.md; an empty list allows none.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters such as EUR (ISO 4217)')
    .exactOptional()
    .describe('Of the prices; budgets (the rule `budget`) must be in it too. USD by default.'),
  contact: z
    .email()
    .exactOptional()
    .describe('Who gets a mail at 80 % and at 100 % of the budget; the support address by default.'),
  prices: z
    .array(
      z.strictObject({
        prefix: z
          .string()
          .regex(/^(\*|[1-9][0-9]{0,9})$/, 'must be digits as after the +, or "*" for all other numbers'),
        sms: money(1_000),
        voice: money(1_000),
      }),
    )
    .min(1)
    .max(5_000)
    .refine((all) => distinct(all.map(({ prefix }) => prefix)), each)
    .refine((all) => all.some(({ prefix }) => prefix === '*'), 'must have "*", for numbers that no other prefix fits')
    .exactOptional()
    .describe(
      'What one message or call costs, by the longest prefix that fits. Replaces the estimates that come along.',
    ),
  limits: z
    .strictObject({
      number: limitShape.exactOptional(),
      person: limitShape.exactOptional(),
      address: limitShape.exactOptional().describe('Address range: a /24, or a /56 of IPv6.'),
      prefix: limitShape.exactOptional().describe('The country code and three digits more.'),
      country: limitShape.exactOptional().describe('The country code.'),
      organization: limitShape.exactOptional(),
      realm: limitShape.exactOptional(),
    })
    .exactOptional()
    .describe('Messages per minute, day and month (UTC). Defaults are in docs/telephony.md.'),
  slowing: z
    .strictObject({
      usedPercent: z.number().int().min(0).max(90).exactOptional(),
      after: z.number().int().min(5).max(10_000).exactOptional(),
    })
    .exactOptional()
    .describe('A prefix is slowed when fewer codes than `usedPercent` (35) of at least `after` (20) were used.'),
  simChanges: z
    .strictObject({
      withinHours: z.number().int().min(1).max(8_760),
      unknown: z.enum(['send', 'withhold']).exactOptional(),
    })
    .exactOptional()
    .describe(
      'Ask the operator before each code to a bound number: none goes where the SIM card was changed since it was bound, within so many hours. `unknown` (send): what to do where the operator does not say. Needs Twilio Lookup (docs/phone.md).',
    ),
});

/** Of prices where a realm names none. */
export const defaultCurrency = 'USD';

export type MessagesSettings = z.infer<typeof messagesShape>;
