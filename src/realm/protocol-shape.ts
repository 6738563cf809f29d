import { z } from 'zod';
import { webAddressFault } from './addresses.ts';
import { jwksShape } from './client-keys.ts';

const address = z.string().check((context) => {
  const message = webAddressFault(context.value);
  if (message !== undefined) context.issues.push({ code: 'custom', input: context.value, message });
});
const distinct = (values: readonly string[]) => new Set(values).size === values.length;
const each = 'each only once';

/** RFC 6749 appendix A.4, for one scope. */
export const scopeShape = z
  .string()
  .max(128)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be visible ASCII without quotes and backslashes (RFC 6749 §3.3)');

/** RFC 8707 §2: an absolute URI without a fragment. It names the resource and is never called. */
const resourceIdShape = z
  .string()
  .max(2_048)
  .refine(
    (id) => /^[a-z][a-z0-9+.-]*:[^\s#]+$/.test(id) && URL.canParse(id),
    'must be an absolute URI without a fragment, such as https://api.example.com/ (RFC 8707 §2)',
  );

const allGrants = ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'] as const;
const idTokenAlgs = ['RS256', 'ES256', 'EdDSA'] as const;

/** How a portal speaks to us. What is left out follows from its kind and profile (`portal-protocol.ts`). */
export const portalProtocolShape = {
  authentication: z
    .enum(['secret', 'private_key_jwt', 'none'])
    .exactOptional()
    .describe('How the portal proves who it is: `secret` for web and machine by default, `none` for public kinds.'),
  jwks: jwksShape.exactOptional().describe('Its public keys, for `private_key_jwt` (RFC 7517 §5).'),
  jwksUri: address.exactOptional().describe('Where it publishes them instead.'),
  profile: z
    .enum(['fapi2'])
    .exactOptional()
    .describe('FAPI 2.0 Security Profile: `private_key_jwt`, PAR and DPoP, no RS256.'),
  requirePar: z.boolean().exactOptional().describe('Only pushed authorization requests (RFC 9126). No by default.'),
  dpop: z
    .enum(['required', 'allowed'])
    .exactOptional()
    .describe('Whether tokens must be bound to a key of the portal (RFC 9449). `allowed` by default.'),
  pkce: z
    .enum(['required', 'allowed'])
    .exactOptional()
    .describe('`allowed` exempts a portal that proves who it is and cannot send PKCE. `required` by default.'),
  idTokenAlg: z.enum(idTokenAlgs).exactOptional().describe('What signs its ID tokens. RS256 by default.'),
  grants: z
    .array(z.enum(allGrants))
    .min(1)
    .refine(distinct, each)
    .exactOptional()
    .describe(
      'By default the authorization code (with `offline_access` refresh too), for a machine client credentials.',
    ),
  refreshDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .exactOptional()
    .describe('Days from a sign-in to the end of its refresh tokens, however often they are used. 30 by default.'),
  backchannelLogoutUri: address.exactOptional().describe('Where it is told that somebody signed out.'),
  resources: z
    .array(resourceIdShape)
    .max(50)
    .refine(distinct, each)
    .exactOptional()
    .describe('Resources of the realm that it may get tokens for; `scopes` names what it may do there.'),
};

/** A protected resource that tokens can be for (RFC 8707). */
const resourceShape = z.strictObject({
  id: resourceIdShape.describe('Its identifier, which becomes the audience of tokens.'),
  name: z.string().trim().min(1).max(80),
  scopes: z.array(scopeShape).min(1).max(100).refine(distinct, each),
  tokenFormat: z
    .enum(['jwt', 'opaque'])
    .default('jwt')
    .describe('`jwt` (RFC 9068) is read by the resource itself and lives 5 minutes; `opaque` is introspected.'),
  introspectedBy: z
    .array(z.string().min(1).max(64))
    .max(50)
    .refine(distinct, each)
    .exactOptional()
    .describe('`clientId` of the portals that serve this resource: they may introspect its tokens (RFC 7662).'),
});

/** How a realm speaks to all its portals, and to authenticators. */
export const realmProtocolShape = {
  passkeys: z
    .strictObject({
      authenticators: z
        .array(z.uuid().regex(/^[^A-Z]+$/, 'must be in small letters'))
        .min(1)
        .max(200)
        .refine(distinct, each)
        .describe('AAGUIDs of the only authenticators that passkeys may be on. They are asked what they are.'),
    })
    .exactOptional()
    .describe('Without it every authenticator will do, and none is asked what it is.'),
  resources: z
    .array(resourceShape)
    .max(100)
    .refine((all) => distinct(all.map(({ id }) => id)), each)
    .exactOptional()
    .describe('Protected resources (APIs) that portals may get tokens for.'),
  registration: z
    .strictObject({ enabled: z.boolean() })
    .exactOptional()
    .describe('Dynamic client registration (RFC 7591), with an initial access token. Off by default.'),
  keys: z
    .strictObject({ rotateEveryDays: z.number().int().min(1).max(3_650) })
    .exactOptional()
    .describe('Days after which the signing keys are replaced by themselves. Never by default.'),
};
