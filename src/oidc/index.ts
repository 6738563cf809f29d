/**
 * OpenID Connect: one oidc-provider per realm on the storage port, its clients from the realm's portals, its sessions,
 * and the interactions that the sign-in room answers. Promises that a code, a refresh token and an interaction are
 * each used at most once, that realms share neither cookies, keys nor tokens, that a session ends by the clock of its
 * sign-in, and that every use asks whether the person may still be there. Must not know factors, pages beyond its own
 * two, or what policy says: it asks.
 */

export type { Answer } from './answers.ts';
export { createOidc, type Oidc, type OidcParts } from './create-oidc.ts';
export { type RegistrationCommandsContext, registrationCommands } from './features/registration-commands.ts';
export type { InteractionContext } from './interactions.ts';
export { type KeyCommandsContext, keyCommands } from './key-commands.ts';
export { createKeyRotation, type KeyRotation } from './key-rotation.ts';
export type {
  DeviceCodeModel,
  DeviceConfirmModel,
  DeviceDoneModel,
  SignedOutModel,
  SignOutModel,
} from './page-models.ts';
export type { SessionRules } from './session-age.ts';
export type { AuthorizationRequest, JudgeSession } from './sign-in-request.ts';
