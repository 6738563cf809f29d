import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';

/** Two years: what browsers ask of sites that are https for good. RFC 6797. */
const strictTransport = 'max-age=63072000';

const always: readonly (readonly [string, string])[] = [
  // The provider's own pages (form_post) post to portals, so form-action comes with our pages only.
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  // Not `no-referrer`: browsers would send `Origin: null` with our own forms (Fetch, "serialize a request origin").
  ['Referrer-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()'],
];

/** On every answer, whoever makes it. */
export function setSecurityHeaders(response: ServerResponse, isHttps: boolean): void {
  for (const [name, value] of always) response.setHeader(name, value);
  if (isHttps) response.setHeader('Strict-Transport-Security', strictTransport);
}

/** On pages of ours. `formOrigins`: where their forms may lead beside ourselves, redirects included. */
export function setPageHeaders(koa: Context, formOrigins: readonly string[]): void {
  const targets = ["'self'", ...formOrigins.map(sourceOf)];
  koa.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "img-src 'self'",
      "font-src 'self'",
      "connect-src 'self'",
      `form-action ${[...new Set(targets)].join(' ')}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'Cache-Control': 'no-store',
    'Content-Type': 'text/html; charset=utf-8',
    Vary: 'Accept-Language, Cookie',
  });
}

/** An origin, or the scheme of an app (`com.example.app:`): browsers hold redirects to it against `form-action` too. */
function sourceOf(target: string): string {
  const { origin, protocol } = new URL(target);
  return origin === 'null' ? protocol : origin;
}
