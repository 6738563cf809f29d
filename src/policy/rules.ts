import { z } from 'zod';
import { hoursRuleShape, networkRuleShape } from './circumstance-rules.ts';

const yesNo = z.enum(['yes', 'no']);
const allowance = z.enum(['allowed', 'not']);
const factorKind = z.string().min(1).max(32);
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217, such as EUR');
/** A day begins at midnight UTC; with time and offset where that matters. RFC 3339. */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** Roles of a membership. */
export const allRoles = ['owner', 'admin', 'member'] as const;
export type Role = (typeof allRoles)[number];

const graceShape = z
  .strictObject({
    /** The last moment at which it may still be put off. */
    until: moment.optional(),
    /** Days since the person was first asked, 1 to 365. */
    days: z.number().int().min(1).max(365).optional(),
    /** Sign-ins that may go on without, 1 to 100. */
    postponements: z.number().int().min(1).max(100).optional(),
  })
  .refine((grace) => Object.keys(grace).length > 0, 'must say until when, for how many days or how many times');

/** What each rule may be set to. A level leaves out what it leaves to the levels above. */
const settings = {
  /** `off`: never asked; `optional`: offered, "Not now" works; `required`. Enrolled means asked, unless `off`. */
  secondFactor: z.enum(['off', 'optional', 'required']),
  /** From when this level's `required` binds; before, it is offered. A date, or `at_once`. */
  requiredFrom: z.union([z.literal('at_once'), moment]),
  /** How long a person who is asked may put it off, whichever ends first; `none`. */
  grace: z.union([z.literal('none'), graceShape]),
  /** Whom this level's `required` binds: `all`, or roles (of an organization, or of a roll-out to some: held there or below). */
  forRoles: z.union([z.literal('all'), z.array(z.enum(allRoles)).min(1).max(allRoles.length)]),
  /** Factor kinds allowed as second factor; in the order in which they are offered, unless `methodOrder` is set. */
  methods: z.array(factorKind).max(16),
  /** Factor kinds in the order in which they are offered; kinds left out follow. Allows none. */
  methodOrder: z.array(factorKind).min(1).max(16),
  /** A second method of another kind: `wanted` is offered once after the first, `required` cannot be skipped. */
  secondMethod: z.enum(['no', 'wanted', 'required']),
  /** Codes asked for when a token is registered; `two` are consecutive ones. */
  tokenCodes: z.enum(['one', 'two']),
  /** Whether a person may register only the token that was assigned to them beforehand. */
  preassignedTokensOnly: yesNo,
  /** How many people may share one token, 1 to 100. */
  peoplePerToken: z.number().int().min(1).max(100),
  /** Whether codes may come by text message. A restricted authenticator: NIST SP 800-63B-4 §3.1.3.3. */
  sms: allowance,
  /** Whether codes may come by voice call. */
  voice: allowance,
  /** Days for which a browser that completed a full sign-in is not asked for a second factor, 0 (never) to 365. */
  rememberBrowserDays: z.number().int().min(0).max(365),
  /** Hours from sign-in to the end of the session, 1 to 720. NIST SP 800-63B-4 §2.2.3: at most 24 with two factors. */
  sessionHours: z.number().min(1).max(720),
  /** Minutes without use after which the password is asked again, 5 to 1440, or `off`. */
  idleMinutes: z.union([z.number().int().min(5).max(1440), z.literal('off')]),
  /** Unicode code points; 8 is the floor with a second factor, 15 without (NIST SP 800-63B-4 §3.1.1). */
  passwordMinLength: z.number().int().min(8).max(64),
  /** Whether a passkey that verified its user may be the whole sign-in, without a password. `no` by default. */
  passkeySignIn: yesNo,
  /** A lost phone: hours until a new number takes effect by itself (1 to 720), and who may approve it earlier. */
  lostPhone: z.strictObject({
    waitHours: z.number().int().min(1).max(720).optional(),
    approvers: z.enum(['admin', 'two_people']).optional(),
  }),
  /** A second factor ordered for a fee: price per person and month in units of `currency`, and what is agreed to. */
  externalAuthentication: z.strictObject({
    price: z.number().min(0).max(100_000),
    currency,
    agreement: z.url({ protocol: /^https$/ }).optional(),
    /** Percent off the price, 1 to 100, by code. */
    promoCodes: z
      .record(z.string().regex(/^[A-Z0-9-]{3,32}$/), z.number().int().min(1).max(100))
      .refine((codes) => Object.keys(codes).length <= 100, 'at most 100 codes')
      .optional(),
  }),
  /** Money for code messages in a calendar month (UTC). Every level's own applies to what is sent under it. */
  budget: z.strictObject({ perMonth: z.number().min(0).max(10_000_000), currency }),
  /** The least `acr` a sign-in must reach. */
  acr: z.enum(['single', 'mfa', 'phr']),
  /** By the address a sign-in comes from. Every level's apply. */
  networks: z.array(networkRuleShape).max(32),
  /** By the time of a sign-in. Every level's apply. */
  hours: z.array(hoursRuleShape).max(32),
};

export type RuleName = keyof typeof settings;
export const allRules = Object.keys(settings) as readonly RuleName[];

/** The rules one level may set. */
export const rulesShape = z
  .strictObject({
    ...settings,
    /** Rules that levels below may loosen as well as tighten. */
    open: z.array(z.enum(allRules as [RuleName, ...RuleName[]])).max(allRules.length),
  })
  .partial();

export type Rules = z.infer<typeof rulesShape>;
export type Grace = z.infer<typeof graceShape>;
