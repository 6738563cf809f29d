import { z } from 'zod';
import { rulesShape } from '../policy/index.ts';
import { type Declaration, outboxShape } from '../store/index.ts';
import { messagesShape } from './messages-shape.ts';
import { portalProtocolShape, realmProtocolShape } from './protocol-shape.ts';
import { allLanguages, type Portal, type Realm } from './realm.ts';

/** Settings by their path in the realm file: `policy.secondFactor` → `required`. Lists are one value. */
export type Settings = Readonly<Record<string, unknown>>;

/** What the realm file said when it was last applied: the base of the next merge. */
export interface Applied {
  readonly file: string;
  readonly at: Date;
  readonly settings: Settings;
}

export type StoredRealm = Realm & { readonly applied?: Applied };

/** `createdBy`: a portal that a file made goes with it when the file drops it; others stay. */
export type StoredPortal = Portal & {
  readonly applied?: Applied;
  readonly createdBy: 'file' | 'admin';
  /** Nobody's since then; the sweeper takes the document once it has nothing left to tell. */
  readonly removedAt?: Date;
};

const appliedShape = z
  .object({ file: z.string(), at: z.date(), settings: z.record(z.string(), z.unknown()) })
  .exactOptional();

export const realmsDeclaration: Declaration<StoredRealm> = {
  name: 'realms',
  shape: z.object({
    id: z.string(),
    name: z.string(),
    branding: z.object({ accent: z.string(), accentInk: z.string(), mark: z.string() }),
    languages: z.array(z.enum(allLanguages)),
    support: z
      .object({ email: z.string().exactOptional(), phone: z.string().exactOptional(), url: z.string().exactOptional() })
      .exactOptional(),
    links: z.object({ privacy: z.string().exactOptional(), help: z.string().exactOptional() }).exactOptional(),
    origin: z.string().exactOptional(),
    policy: rulesShape,
    messages: messagesShape.exactOptional(),
    ...realmProtocolShape,
    createdAt: z.date(),
    changedAt: z.date(),
    applied: appliedShape,
    outbox: outboxShape,
  }),
  indexes: [
    { name: 'name', fields: ['name'] },
    { name: 'origin', fields: ['origin'], unique: true, sparse: true },
  ],
  outbox: true,
};

export const portalsDeclaration: Declaration<StoredPortal> = {
  name: 'portals',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    clientId: z.string(),
    name: z.string(),
    kind: z.enum(['web', 'native', 'browser', 'machine']),
    enabled: z.boolean(),
    redirectUris: z.array(z.string()),
    postLogoutRedirectUris: z.array(z.string()),
    homeUrl: z.string().exactOptional(),
    scopes: z.array(z.string()),
    asksConsent: z.boolean(),
    secrets: z.string().exactOptional(),
    policy: rulesShape,
    ...portalProtocolShape,
    createdAt: z.date(),
    changedAt: z.date(),
    applied: appliedShape,
    createdBy: z.enum(['file', 'admin']),
    removedAt: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [{ name: 'realm', fields: ['realm', 'clientId'] }],
  sealed: ['secrets'],
  expiry: 'removedAt',
  outbox: true,
};
