import type { AuditEvent } from '../audit/index.ts';
import type { Role, Rules } from '../policy/index.ts';
import type { Doc } from '../store/index.ts';
import type { ClientJwk } from './client-keys.ts';
import type { MessagesSettings } from './messages-shape.ts';

/** One login domain: its own issuer, people, portals, policy, branding, keys. `id` is its name in addresses. */
export interface Realm extends Doc {
  /** `a-z`, digits and dashes, 2 to 32 characters, starting with a letter. */
  readonly id: string;
  readonly name: string;
  readonly branding: Branding;
  /** In order of preference; the first is what people get when nothing else decides. */
  readonly languages: readonly Language[];
  /** Whom the pages tell people to call. */
  readonly support?: { readonly email?: string; readonly phone?: string; readonly url?: string };
  readonly links?: { readonly privacy?: string; readonly help?: string };
  /** Own origin of this realm, without a path; then it is the issuer. Absent: `{origin}/realms/{id}`. */
  readonly origin?: string;
  readonly policy: Rules;
  /** Codes by text message and call; defaults apply to what is left out. */
  readonly messages?: MessagesSettings;
  /** AAGUIDs of the only authenticators that passkeys may be on; all are when absent. */
  readonly passkeys?: { readonly authenticators: readonly string[] };
  /** Protected resources that tokens can be for. */
  readonly resources?: readonly Resource[];
  /** Dynamic client registration; off when absent. */
  readonly registration?: { readonly enabled: boolean };
  /** Days after which signing keys are replaced by themselves; never when absent. */
  readonly keys?: { readonly rotateEveryDays: number };
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** A protected resource (RFC 8707). `id`: an absolute URI, the audience of its tokens. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tokenFormat: 'jwt' | 'opaque';
  /** Client ids of the portals that serve it and may introspect its tokens. */
  readonly introspectedBy?: readonly string[];
}

export interface Branding {
  /** `#rrggbb`; contrast with `accentInk` is at least 4.5 : 1, checked when it is set. */
  readonly accent: string;
  readonly accentInk: string;
  /** One or two letters for the mark. */
  readonly mark: string;
}

export const allLanguages = ['en', 'de', 'fr', 'es', 'nl', 'ja'] as const;
export type Language = (typeof allLanguages)[number];

/** A relying party: an OIDC client with its policy. */
export interface Portal extends Doc {
  /** `{realm}/{clientId}` */
  readonly id: string;
  readonly realm: string;
  readonly clientId: string;
  readonly name: string;
  /** `web`: has a secret; `native` and `browser`: public; `machine`: client credentials only. */
  readonly kind: 'web' | 'native' | 'browser' | 'machine';
  readonly enabled: boolean;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** The portal's front door, for "back to the portal". */
  readonly homeUrl?: string;
  readonly scopes: readonly string[];
  /** Ask the person before giving claims to this portal. */
  readonly asksConsent: boolean;
  /** What is left out of these follows from kind and profile: ask `authenticationOf`, `grantsOf`, … */
  readonly authentication?: 'secret' | 'private_key_jwt' | 'none';
  /** Public keys for `private_key_jwt`, or where the portal publishes them: one of the two. */
  readonly jwks?: { readonly keys: readonly ClientJwk[] };
  readonly jwksUri?: string;
  readonly profile?: 'fapi2';
  readonly requirePar?: boolean;
  readonly dpop?: 'required' | 'allowed';
  /** RFC 9700 §2.1.1: for confidential clients too, unless one is exempted by name. */
  readonly pkce?: 'required' | 'allowed';
  readonly idTokenAlg?: 'RS256' | 'ES256' | 'EdDSA';
  readonly grants?: readonly ('authorization_code' | 'refresh_token' | 'client_credentials' | 'device_code')[];
  /** Days from a sign-in to the end of its refresh tokens. */
  readonly refreshDays?: number;
  readonly backchannelLogoutUri?: string;
  /** Ids of the realm's resources it may get tokens for; `scopes` holds what it may do there. */
  readonly resources?: readonly string[];
  /** Sealed JSON array of secrets, newest first: `[{ "secret": "…", "expiresAt"?: iso }]`. Absent for public clients. */
  readonly secrets?: string;
  readonly policy: Rules;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What other rooms ask of this one. Reads are cheap: cached for at most two seconds. */
export interface Realms {
  get(id: string): Promise<Realm | undefined>;
  /** The realm that has an origin of its own on this host (`name` or `name:port`). */
  at(host: string): Promise<Realm | undefined>;
  list(): Promise<readonly Realm[]>;
  portal(realm: string, clientId: string): Promise<Portal | undefined>;
  portals(realm: string): Promise<readonly Portal[]>;
  /** `https://id.example.com/realms/web1`, without a trailing slash. */
  issuerOf(realm: Realm): string;
}

/** Changing realms: what the command line (and later the console) does. Reads after it see the change at once. */
export interface RealmAdmin extends Realms {
  /** Whatever is read next is as it is then, and not as it was a moment ago. */
  forget(): void;
  /**
   * Applies a realm file: a three-way merge of what the file said when last applied, what is in force, and what it
   * says now. Nothing is applied when the file has any fault. `force`: the file wins over what was changed since.
   */
  apply(
    text: string,
    fileName: string,
    options: { readonly force?: boolean; readonly actor: Actor },
  ): Promise<ApplyReport>;
  /**
   * One setting, by its path in the realm file (`policy.secondFactor`, `portals.web1-mail.asksConsent`); `null` removes it.
   * Judged as in a file.
   */
  set(realm: string, path: string, value: unknown, actor: Actor): Promise<SetReport>;
  /** Several rules of the realm, or of one portal, in one write: all or none. `null` leaves a rule to other levels. */
  setRules(
    where: { readonly realm: string; readonly clientId?: string },
    rules: Readonly<Record<string, unknown>>,
    actor: Actor,
  ): Promise<SetReport>;
  /** A new portal with these settings (as in a realm file, `clientId` among them). Its secret is shown this once. */
  addPortal(realm: string, settings: Readonly<Record<string, unknown>>, actor: Actor): Promise<AddPortalReport>;
  /** Ends a portal for good. One that stands in a realm file is taken out there, or it would be back. */
  removePortal(realm: string, clientId: string, actor: Actor): Promise<RemovePortalReport>;
  /** A new client secret, shown this once; the one before works for `overlapHours` more. */
  rotateSecret(
    realm: string,
    clientId: string,
    options: { readonly overlapHours: number; readonly actor: Actor },
  ): Promise<{ ok: true; secret: string } | { ok: false; why: 'absent' | 'no_secret' }>;
}

export type Actor = AuditEvent['actor'];

export type ApplyReport =
  | { readonly ok: true; readonly realm: string; readonly entries: readonly ApplyEntry[] }
  | { readonly ok: false; readonly faults: readonly FileFault[] };

export interface ApplyEntry {
  readonly what: 'realm' | 'portal' | 'organization' | 'person' | 'token';
  /** Realm id, client id, the organization's id in the file, the person's identifier, or the Credential ID. */
  readonly id: string;
  /** The setting, where the entry is about one. */
  readonly path?: string;
  /**
   * `kept`: changed since by someone, and not by the file. `conflict`: by both; kept, unless forced (`changed` then).
   * `disabled`: a portal that the file no longer has.
   */
  readonly outcome: 'created' | 'changed' | 'kept' | 'conflict' | 'disabled' | 'unchanged';
  /** In force before and what the file says; absent means unset. Secrets are never shown. */
  readonly now?: unknown;
  readonly file?: unknown;
}

export interface FileFault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly path: string;
  /** A sentence that says what to do. */
  readonly message: string;
}

export type SetReport =
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly why: 'no_realm' | 'no_portal' | 'refused'; readonly faults: readonly string[] };

export type AddPortalReport =
  | { readonly ok: true; readonly portal: Portal; readonly secret?: string }
  | { readonly ok: false; readonly why: 'no_realm' | 'taken' | 'refused'; readonly faults: readonly string[] };

/** `strands_admins`: nobody who administers the realm could sign in without what its rules had loosened. */
export type RemovePortalReport =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'absent' | 'in_file' | 'strands_admins' };

/** A person in a development realm file, with password and authenticator secret in clear. */
export interface FilePerson {
  readonly name: string;
  readonly email?: string;
  readonly username?: string;
  readonly locale?: string;
  readonly password?: string;
  /** Base32 secret of an authenticator app they have already. */
  readonly authenticator?: string;
  readonly memberships?: readonly { readonly organization?: string; readonly role: Role }[];
  /** Client ids of what they are subscribed to. */
  readonly portals?: readonly string[];
  /** Who they are, for the start page. */
  readonly about?: string;
}

/** A token of a development realm file, with its seed in clear. */
export interface FileToken {
  readonly credentialId: string;
  /** Base32; SHA-1, 6 digits, 30 seconds. */
  readonly seed: string;
  /** Email or username of a person of the file. */
  readonly assignedTo?: string;
  /** As if that person had registered it. */
  readonly active?: true;
  /** The file's own name for it. */
  readonly organization?: string;
}

/** An organization of a realm file. `id` and `below` are the file's own names. */
export interface FileOrganization {
  readonly id: string;
  readonly name: string;
  readonly below?: string | undefined;
  readonly policy: Rules;
  readonly portals: readonly string[];
}

/** Why a person of a realm file cannot be made. `message` goes on after the field's name. */
export interface PersonFault {
  readonly field: 'name' | 'email' | 'username' | 'password';
  readonly message: string;
}
