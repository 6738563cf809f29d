import { isLoopbackHost } from '../config/index.ts';
import { digest } from '../kernel/index.ts';
import type { Realm } from '../realm/index.ts';
import type { RealmModel } from './view-model.ts';

/** Where a request is: a realm, or the site around the realms. What cookies, links and branding depend on. */
export interface Site {
  /** The realm's id; '' outside of realms. */
  readonly id: string;
  /** Scheme and host of its pages. */
  readonly origin: string;
  /** Of `origin`, with its port. */
  readonly host: string;
  /** Path in front of its pages, without a trailing slash: `/realms/web1`, or ''. */
  readonly base: string;
  readonly isHttps: boolean;
  /** In order of preference. */
  readonly languages: readonly string[];
  readonly realm: Realm | undefined;
  readonly branding: RealmModel;
  /** Whether `origin`, as a browser states it, is this site's. `host`: the request's own, which counts in development. */
  isOwnOrigin(origin: string, host: string): boolean;
}

interface Setting {
  readonly origin: string;
  readonly mode: 'development' | 'production';
}

/** The pages outside of realms. */
export function wholeSite(setting: Setting, languages: readonly string[]): Site {
  const branding = {
    id: '',
    name: 'Gatehouse',
    mark: 'G',
    accent: '#2f4fd6',
    accentInk: '#ffffff',
    themeHref: '',
    base: '',
  };
  return makeSite(setting, { id: '', origin: setting.origin, base: '', languages, realm: undefined, branding });
}

const realmSites = new WeakMap<Realm, Site>();

/** The pages of `realm`; computed once for each state of it. */
export function realmSite(setting: Setting, realm: Realm): Site {
  const known = realmSites.get(realm);
  if (known !== undefined) return known;
  const base = realm.origin === undefined ? `/realms/${realm.id}` : '';
  const { accent, accentInk, mark } = realm.branding;
  const branding = {
    id: realm.id,
    name: realm.name,
    mark,
    accent,
    accentInk,
    themeHref: `${base}/theme.css?v=${themeVersion(realm)}`,
    base,
  };
  const origin = realm.origin ?? setting.origin;
  const site = makeSite(setting, { id: realm.id, origin, base, languages: realm.languages, realm, branding });
  realmSites.set(realm, site);
  return site;
}

export const themeVersion = (realm: Realm): string =>
  digest(`${realm.branding.accent} ${realm.branding.accentInk}`).slice(0, 12);

function makeSite(setting: Setting, given: Omit<Site, 'host' | 'isHttps' | 'isOwnOrigin'>): Site {
  return {
    ...given,
    host: new URL(given.origin).host,
    isHttps: given.origin.startsWith('https:'),
    isOwnOrigin: (origin, host) =>
      origin === given.origin ||
      (setting.mode === 'development' &&
        origin === `http://${host}` &&
        isLoopbackHost(URL.parse(origin)?.hostname ?? '')),
  };
}
