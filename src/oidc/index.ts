/**
 * OpenID Connect: one oidc-provider per realm on the storage port, its clients from the realm's portals, its sessions,
 * the interactions that the sign-in room answers, pages for devices, and telling portals of sign-outs. Promises that a
 * code, a refresh token, a proof and an interaction are each used at most once, that realms share neither cookies, keys
 * nor tokens, that a session ends by the clock of its sign-in, and that every use asks whether the person may still be
 * there. Must not know factors, pages beyond its own, or what policy says: it asks.
 */

export { answeredAcr } from './acr.ts';
export type { Answer } from './answers.ts';
export { createOidc, type Oidc, type OidcParts } from './create-oidc.ts';
export type { InteractionContext } from './interactions.ts';
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
