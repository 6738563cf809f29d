import type { Doc } from '../store/index.ts';
import type { Rules } from '../policy/index.ts';

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
  readonly createdAt: Date;
  readonly changedAt: Date;
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
  /** Sealed JSON array of secrets, newest first: `[{ "secret": "…", "expiresAt"?: iso }]`. Absent for public clients. */
  readonly secrets?: string;
  readonly policy: Rules;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What other rooms ask of this one. Reads are cheap: cached for at most two seconds. */
export interface Realms {
  get(id: string): Promise<Realm | undefined>;
  list(): Promise<readonly Realm[]>;
  portal(realm: string, clientId: string): Promise<Portal | undefined>;
  portals(realm: string): Promise<readonly Portal[]>;
  /** `https://id.example.com/realms/web1`, without a trailing slash. */
  issuerOf(realm: Realm): string;
}
