import { encode } from 'uqr';
import type { LayoutModel, Views } from '../../src/http/index.ts';
import { directionOf } from '../../src/http/language.ts';
import { allLanguages, type Language } from '../../src/realm/index.ts';
import type { TotpChallengeFactor, TotpEnrolFactor } from '../../src/sign-in/factor-page-models.ts';
import type { SamplePage } from './sample-pages.ts';

export const portal = { name: 'Webmail', homeUrl: 'http://localhost:4001/web1-mail' };

const uri =
  'otpauth://totp/Web1%20Messaging:mia@web1.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Web1%20Messaging';
const qr = encode(uri, { border: 4 });

export const sampleFactor: { readonly enrol: TotpEnrolFactor; readonly challenge: TotpChallengeFactor } = {
  enrol: {
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    secretSpaced: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
    uri,
    qr: {
      size: qr.size,
      path: qr.data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join(''),
    },
    digits: 6,
  },
  challenge: { digits: 6, periodS: 30 },
};

const names: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  nl: 'Nederlands',
  ja: '日本語',
};

/** What the layout gets for a sample page. */
export function layoutOf(views: Views, page: SamplePage, language: string): LayoutModel {
  const say = (key: string, params = {}) => views.catalogues.text(language, key, params);
  const faults = Object.entries(page.faults ?? {});
  const heading = say(page.titleKey);
  const isSite = page.isSite === true;
  return {
    lang: language,
    dir: directionOf(language),
    title: `${heading} · ${page.portal?.name ?? (isSite ? 'Gatehouse' : 'Web1 Messaging')}`,
    heading,
    step: page.step,
    realm: isSite
      ? { id: '', name: 'Gatehouse', mark: 'G', accent: '#2457c5', accentInk: '#ffffff', themeHref: '', base: '' }
      : {
          id: 'web1',
          name: 'Web1 Messaging',
          mark: 'W1',
          accent: '#0f6e5c',
          accentInk: '#ffffff',
          themeHref: '/theme.css',
          base: '/realms/web1',
        },
    portal: page.portal,
    person: page.person,
    csrf: 'sample',
    madeFor: undefined,
    languages: isSite
      ? []
      : allLanguages.map((code) => ({
          code,
          name: names[code],
          href: `?ui_locales=${code}`,
          current: code === language,
        })),
    links: isSite
      ? { privacy: undefined, help: undefined }
      : { privacy: 'https://web1.example/privacy', help: 'https://web1.example/help' },
    support: isSite
      ? { email: undefined, phone: undefined, url: undefined }
      : { email: 'help@web1.example', phone: '+49 30 5550 1234', url: undefined },
    reference: '7Q2M-XK4D',
    values: page.values ?? {},
    faults: Object.fromEntries(faults.map(([field, [key, params]]) => [field, say(key, params)])),
    faultyFields: faults.map(([field]) => field),
    model: { ...page.model },
    body: '',
  };
}
