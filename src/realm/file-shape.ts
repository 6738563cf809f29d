import { z } from 'zod';
import { allRoles, rulesShape } from '../policy/index.ts';
import { originFault, webAddressFault } from './addresses.ts';
import { messagesShape } from './messages-shape.ts';
import { portalProtocolShape, realmProtocolShape, scopeShape } from './protocol-shape.ts';
import { allLanguages } from './realm.ts';

/** First parts of our addresses, and words that would mislead in one. */
const reserved = new Set(
  'access account admin api assets auth callback demo dev docs gatehouse healthz login metrics new oidc operator public readyz realm realms sign-in sign-out static system token userinfo webhooks well-known www'.split(
    ' ',
  ),
);

const refusedBy = (fault: (value: string) => string | undefined) => (context: z.core.ParsePayload<string>) => {
  const message = fault(context.value);
  if (message !== undefined) context.issues.push({ code: 'custom', input: context.value, message });
};

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{C}*$/u, 'must be one line of visible text');
const address = z.string().check(refusedBy(webAddressFault));
const distinct = (values: readonly string[]) => new Set(values).size === values.length;
const each = 'each only once';

const realmIdShape = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,31}$/, 'must be 2 to 32 of a-z, digits and dashes, beginning with a letter')
  .refine((id) => !reserved.has(id), 'is a word that addresses of Gatehouse use; take another');

/** Everything of a realm that can be set, by file or by command. */
export const realmSettingsShape = z.strictObject({
  name: text(80).describe('What people see on top of every page.'),
  branding: z
    .strictObject({
      accent: z
        .string()
        .regex(/^#[0-9a-f]{6}$/, 'must be a colour such as "#1f5fbf" (quoted, small letters)')
        .default('#1f5fbf')
        .describe('Colour of buttons and marks, `#rrggbb`. The colour of the text on it follows from it.'),
      mark: text(4)
        .refine((mark) => [...mark].length <= 2, 'must be one or two letters')
        .optional()
        .describe('One or two letters; the first of the name by default.'),
    })
    .default({ accent: '#1f5fbf' }),
  languages: z
    .array(z.enum(allLanguages))
    .min(1)
    .refine(distinct, each)
    .default(['en'])
    .describe('In order of preference; the first is what people get when nothing else decides.'),
  support: z
    .strictObject({ email: z.email().optional(), phone: text(40).optional(), url: address.optional() })
    .optional()
    .describe('Whom the pages tell people to ask.'),
  links: z.strictObject({ privacy: address.optional(), help: address.optional() }).optional(),
  origin: z
    .string()
    .check(refusedBy(originFault))
    .optional()
    .describe('An origin of its own, which is then the issuer. Without it: `{GATEHOUSE_ORIGIN}/realms/{realm}`.'),
  policy: rulesShape.default({}).describe('Rules of the realm; below it can only tighten.'),
  messages: messagesShape.exactOptional().describe('Codes by text message and call: where to, how many, for how much.'),
  ...realmProtocolShape,
});

/** Everything of a portal that can be set. */
export const portalSettingsShape = z.strictObject({
  name: text(80).describe('What people see: "to continue to …".'),
  kind: z
    .enum(['web', 'native', 'browser', 'machine'])
    .default('web')
    .describe('`web` has a secret; `native` and `browser` are public; `machine` uses client credentials only.'),
  enabled: z.boolean().default(true),
  redirectUris: z
    .array(z.string())
    .max(50)
    .refine(distinct, each)
    .default([])
    .describe(
      'Compared exactly. https, or http on this machine; `{demo}` is the address of the demo portals (development).',
    ),
  postLogoutRedirectUris: z.array(z.string()).max(50).refine(distinct, each).default([]),
  homeUrl: z.string().optional().describe('The front door of the portal, for "back to the portal".'),
  scopes: z
    .array(scopeShape)
    .max(100)
    .refine(distinct, each)
    .default(['openid', 'profile', 'email'])
    .describe('Of openid, profile, email, offline_access, and of the `resources` that this portal names.'),
  asksConsent: z.boolean().default(false).describe('Ask people before giving their data to this portal.'),
  policy: rulesShape.default({}),
  ...portalProtocolShape,
});

export const portalFileShape = portalSettingsShape.extend({
  clientId: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes and underscores'),
  secret: z
    .string()
    .min(16)
    .max(512)
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII (RFC 6749 appendix A.2)')
    .optional()
    .describe('Development only. Elsewhere: `gatehouse portal rotate-secret`.'),
});

const fileIdShape = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z, digits and dashes, beginning with a letter or digit');

const organizationFileShape = z.strictObject({
  id: fileIdShape.describe('Name of the organization in this file; it never changes. In tokens: `{realm}.{id}`.'),
  name: text(200).describe('What people see. Unique beside its siblings.'),
  below: fileIdShape.optional().describe('`id` of the organization above; without it: at the top.'),
  policy: rulesShape.default({}).describe('Rules of its members, and of those of everything below.'),
  portals: z
    .array(z.string())
    .max(500)
    .refine(distinct, each)
    .default([])
    .describe('Client ids of what it is subscribed to; those below it have their own.'),
});

const membershipFileShape = z.strictObject({
  organization: fileIdShape.optional().describe('Without it: a role on the realm itself.'),
  role: z.enum(allRoles).default('member'),
});

const personFileShape = z.strictObject({
  name: text(200),
  email: z.email().optional(),
  username: text(320).optional(),
  locale: z.enum(allLanguages).optional(),
  password: z.string().min(8).max(1_024).optional(),
  authenticator: z
    .string()
    // 128 bits and more, in base32 (RFC 4226 §4, R6).
    .regex(/^[A-Z2-7]{26,128}$/, 'must be a base32 secret of 26 to 128 characters (A-Z, 2-7)')
    .optional()
    .describe('Secret of an authenticator app that this person has already.'),
  about: text(300).optional().describe('Who they are, for the start page.'),
  memberships: z.array(membershipFileShape).max(100).default([]),
  portals: z
    .array(z.string())
    .max(500)
    .refine(distinct, each)
    .default([])
    .describe('Client ids of what they are subscribed to by themselves.'),
});

const tokenFileShape = z.strictObject({
  credentialId: z
    .string()
    .regex(/^[A-Z0-9]{4,32}$/, 'must be 4 to 32 capitals and digits, such as GHST12345678')
    .describe('What people type when they register it.'),
  seed: z
    .string()
    .regex(/^[A-Z2-7]{26,128}$/, 'must be a base32 secret of 26 to 128 characters (A-Z, 2-7)')
    .describe('Of a time-based token: SHA-1, 6 digits, 30 seconds.'),
  assignedTo: text(320).optional().describe('Email or username, as in this file, of whom it is for.'),
  active: z
    .literal(true)
    .optional()
    .describe('It is asked for from the first sign-in on; without it, the person has still to register it.'),
  organization: fileIdShape.optional().describe('Only its people may have it.'),
});

export const realmFileShape = realmSettingsShape.extend({
  realm: realmIdShape.describe('Name of the realm in addresses; it never changes.'),
  about: text(600).optional().describe('What can be tried in this realm, for the start page of development.'),
  portals: z.array(portalFileShape).max(500).default([]),
  organizations: z.array(organizationFileShape).max(10_000).default([]),
  people: z
    .array(personFileShape)
    .max(1_000)
    .default([])
    .describe('Development only: people to sign in as. Never changed once they exist.'),
  tokens: z
    .array(tokenFileShape)
    .max(1_000)
    .default([])
    .describe('Development only: tokens by Credential ID. Elsewhere: `gatehouse token import`. Never changed.'),
});

export type RealmSettings = z.infer<typeof realmSettingsShape>;
export type PortalSettings = z.infer<typeof portalSettingsShape>;
export type PortalInFile = z.infer<typeof portalFileShape>;
export type OrganizationInFile = z.infer<typeof organizationFileShape>;
export type RealmInFile = z.infer<typeof realmFileShape>;
