import type { Context } from 'koa';
import type { Realm } from '../realm/index.ts';
import { themeVersion } from './site.ts';

const colour = /^#[0-9a-f]{6}$/i;

/** The realm's colours as a style sheet: `/theme.css?v=…`, to be kept as long as the version is the current one. */
export function serveTheme(koa: Context, realm: Realm): void {
  const { accent, accentInk } = realm.branding;
  const isCurrent = koa.query.v === themeVersion(realm);
  koa.type = 'text/css; charset=utf-8';
  koa.set('Cache-Control', isCurrent ? 'public, max-age=31536000, immutable' : 'no-cache');
  koa.body =
    colour.test(accent) && colour.test(accentInk)
      ? `:root {\n  --accent: ${accent};\n  --accent-ink: ${accentInk};\n}\n`
      : '';
}
