/**
 * Login domains and their portals: what they are called, look like, allow and require. Promises that a realm file is
 * applied whole or not at all, and never over what somebody changed since; that reads are cheap and at most two seconds
 * old. Must not know people (those of a demo file are handed on), factors or the provider.
 */
export { accentInkOn } from './accent-ink.ts';
export { applyDirectory } from './apply-directory.ts';
export { type PortalSecret, secretsOf } from './documents.ts';
export type { Foretold, ForetoldOrganization } from './foretell.ts';
export { judgeRules } from './judge-rules.ts';
export { defaultCurrency, type MessagesSettings } from './messages-shape.ts';
export {
  authenticationOf,
  grantsOf,
  idTokenAlgOf,
  isPublicKind,
  requiresDpop,
  requiresPar,
  requiresPkce,
} from './portal-protocol.ts';
export { type ReadOptions, type ReadRealmFile, readRealmFile } from './read-realm-file.ts';
export * from './realm.ts';
export { createRealms, type RealmsDeps } from './realms.ts';
