import { z } from 'zod';
import type { Collection, Declaration, Doc, IndexDeclaration, Store } from '../store/index.ts';

/** What oidc-provider stores: sessions, grants, codes, tokens, interactions. `id` is `{realm}/{hash of its own id}`. */
export interface Artifact extends Doc {
  readonly realm: string;
  /** As oidc-provider gave it, without its own id: whoever reads the file learns no code, token or cookie. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** `{realm}/{grantId}`: its family. */
  readonly grant?: string | undefined;
  /** `{realm}/{uid}` of a session. */
  readonly uid?: string | undefined;
  /** `{realm}/{hash}` of the code people type on another device. */
  readonly userCode?: string | undefined;
  /** Of a device code, its own id, sealed: whoever finds it by what people type has to answer it under that. */
  readonly deviceCode?: string | undefined;
  /** `{realm}/{user}`. */
  readonly person?: string | undefined;
  readonly consumedAt?: Date | undefined;
  /** A session that was ended, kept until it would have expired so that its end survives a power cut. */
  readonly endedAt?: Date | undefined;
  readonly expiresAt?: Date | undefined;
}

/** What is in it is the provider's to know: looking at every field would only copy it, with each token that is kept. */
const payloadShape = z.custom<Artifact['payload']>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const artifactShape = z.object({
  id: z.string(),
  realm: z.string(),
  payload: payloadShape,
  grant: z.string().optional(),
  uid: z.string().optional(),
  userCode: z.string().optional(),
  deviceCode: z.string().optional(),
  person: z.string().optional(),
  consumedAt: z.date().optional(),
  endedAt: z.date().optional(),
  expiresAt: z.date().optional(),
});

const byGrant: IndexDeclaration = { name: 'grant', fields: ['grant'], sparse: true };
const byPerson: IndexDeclaration = { name: 'person', fields: ['person'], sparse: true };
const byUid: IndexDeclaration = { name: 'uid', fields: ['uid'], unique: true, sparse: true };
const byUserCode: IndexDeclaration = { name: 'userCode', fields: ['userCode'], unique: true, sparse: true };

function artifacts(
  name: string,
  survives: 'power' | 'process',
  indexes: readonly IndexDeclaration[],
): Declaration<Artifact> {
  return { name, shape: artifactShape, indexes, expiry: 'expiresAt', survives };
}

/**
 * Where each model of oidc-provider lives. What a power cut may take is what can be had again by signing in again
 * (`process`); that something was used or ended is always written durably, see `adapter.ts`. So a refresh waits for the
 * disk once, when its token is used up.
 */
const declarations = {
  Session: artifacts('oidc_sessions', 'process', [byUid, byPerson]),
  Interaction: artifacts('oidc_interactions', 'process', []),
  Grant: artifacts('oidc_grants', 'power', [byPerson]),
  AuthorizationCode: artifacts('oidc_codes', 'process', [byGrant]),
  AccessToken: artifacts('oidc_access_tokens', 'process', [byGrant]),
  RefreshToken: artifacts('oidc_refresh_tokens', 'process', [byGrant]),
  ReplayDetection: artifacts('oidc_replay', 'power', []),
  ClientCredentials: artifacts('oidc_client_credentials', 'process', []),
  DeviceCode: { ...artifacts('oidc_device_codes', 'process', [byGrant, byUserCode]), sealed: ['deviceCode'] },
  PushedAuthorizationRequest: artifacts('oidc_pushed_requests', 'process', []),
} as const;

export type ModelName = keyof typeof declarations;
export type Artifacts = Readonly<Record<ModelName, Collection<Artifact>>>;

export function openArtifacts(store: Store): Artifacts {
  const opened = Object.entries(declarations).map(([model, declaration]) => [model, store.collection(declaration)]);
  return Object.fromEntries(opened) as Artifacts;
}

/** Models that belong to a grant and end with it. */
export const familyModels = [
  'AuthorizationCode',
  'AccessToken',
  'RefreshToken',
  'DeviceCode',
] as const satisfies readonly ModelName[];
