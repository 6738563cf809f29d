import { digest } from '../kernel/index.ts';
import { accentInkOn } from './accent-ink.ts';
import type { Settings, StoredPortal, StoredRealm } from './collections.ts';
import {
  type PortalInFile,
  type PortalSettings,
  portalSettingsShape,
  type RealmInFile,
  realmSettingsShape,
} from './file-shape.ts';
import type { Portal, Realm } from './realm.ts';
import { flatten, unflatten } from './settings.ts';

/** What a realm file says of the realm itself. */
export function settingsOfFile({
  realm: _realm,
  portals: _portals,
  people: _people,
  organizations: _organizations,
  tokens: _tokens,
  about: _about,
  ...settings
}: RealmInFile): Settings {
  const mark = settings.branding.mark ?? [...settings.name][0]?.toUpperCase() ?? '?';
  return flatten({ ...settings, branding: { ...settings.branding, mark } });
}

/** What is in force. */
export function settingsOfRealm(realm: Realm): Settings {
  const { accent, mark } = realm.branding;
  return flatten({ ...only(realm, realmSettingsShape), branding: { accent, mark } });
}

type RealmContent = Omit<Realm, 'id' | 'createdAt' | 'changedAt' | 'outbox'>;

export function realmOf(settings: Settings): RealmContent {
  const { branding, support, links, origin, ...rest } = realmSettingsShape.parse(unflatten(settings));
  return {
    ...rest,
    branding: { accent: branding.accent, accentInk: accentInkOn(branding.accent), mark: branding.mark ?? '' },
    ...(support === undefined ? {} : { support: defined(support) }),
    ...(links === undefined ? {} : { links: defined(links) }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** One secret of a portal, newest first in its list. */
export interface PortalSecret {
  readonly secret: string;
  readonly expiresAt?: string;
}

export const secretsOf = (portal: Pick<Portal, 'secrets'>): readonly PortalSecret[] =>
  portal.secrets === undefined ? [] : (JSON.parse(portal.secrets) as PortalSecret[]);

/** A secret takes part in merges as its digest: only development files have any. */
const secretSetting = (secret: string | undefined) => (secret === undefined ? {} : { secret: digest(secret) });

export function settingsOfPortalInFile({ clientId: _clientId, secret, ...settings }: PortalInFile): Settings {
  return { ...flatten(settings), ...secretSetting(secret) };
}

/** Whether a file has a say in this portal's secret; where not, it is none of the merge's business. */
export function settingsOfPortal(portal: Portal, hasSecretInFile: boolean): Settings {
  return {
    ...flatten(only(portal, portalSettingsShape)),
    ...(hasSecretInFile ? secretSetting(secretsOf(portal)[0]?.secret) : {}),
  };
}

type PortalContent = Omit<Portal, 'id' | 'realm' | 'clientId' | 'createdAt' | 'changedAt' | 'outbox' | 'secrets'>;

export function portalOf({ secret: _secret, ...settings }: Settings): PortalContent {
  const { homeUrl, ...rest }: PortalSettings = portalSettingsShape.parse(unflatten(settings));
  return { ...rest, ...(homeUrl === undefined ? {} : { homeUrl }) };
}

/** As other rooms see them: without what only merging needs. */
export function publicRealm({ applied: _applied, ...realm }: StoredRealm): Realm {
  return realm;
}

export function publicPortal({
  applied: _applied,
  createdBy: _createdBy,
  removedAt: _removedAt,
  ...portal
}: StoredPortal): Portal {
  return portal;
}

/** A document without its settings: what stays when they are written anew. */
export const besideSettings = (doc: StoredRealm | StoredPortal, shape: SettingsShape) => parts(doc, shape, false);

/** Its settings alone. */
const only = (doc: Realm | Portal, shape: SettingsShape) => parts(doc, shape, true);

type SettingsShape = typeof realmSettingsShape | typeof portalSettingsShape;

const parts = <T extends object>(doc: T, { shape }: SettingsShape, isSetting: boolean) =>
  Object.fromEntries(Object.entries(doc).filter(([name]) => Object.hasOwn(shape, name) === isSetting)) as T;

/** Later than `before`, so that whoever compares times sees every change. */
export const changeTime = (now: Date, before: Date | undefined) =>
  new Date(Math.max(now.getTime(), (before?.getTime() ?? 0) + 1));

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<T>;
}
