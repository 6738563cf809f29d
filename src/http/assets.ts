import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Context } from 'koa';
import { GatehouseError } from '../kernel/index.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

const isText = (type: string) => /^text|svg|json/.test(type);

interface Asset {
  readonly type: string;
  readonly content: Buffer;
  /** Made when first asked for, since it takes longer than all else of a start. */
  brotli?: Buffer;
}

/** Style sheets, scripts and pictures of `views/assets`, under `/assets/{hash of all of them}/{name}`. */
export interface Assets {
  /** Throws on a name that is not there. */
  href(name: string): string;
  /** Answers `/assets/{version}/{name}`. Throws `not_found`. */
  serve(koa: Context, version: string, name: string): void;
}

/** Scripts of packages, served as our own files: name → where. */
function packageFiles(): ReadonlyMap<string, string> {
  const main = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  const bundle = new URL('../dist/bundle/index.umd.min.js', pathToFileURL(main));
  return new Map([['simplewebauthn.js', fileURLToPath(bundle)]]);
}

/**
 * Reads them once. One hash for all keeps relative imports between them right; asked under another hash (a page of
 * the version before, or of another node) they are served as well, but not to be kept.
 */
export function loadAssets(directory: string): Assets {
  const assets = new Map<string, Asset>();
  const hash = createHash('sha256');
  const own = (existsSync(directory) ? readdirSync(directory) : []).map(
    (name) => [name, join(directory, name)] as const,
  );
  for (const [name, file] of [...own, ...packageFiles()].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const content = readFileSync(file);
    hash.update(name).update('\0').update(content);
    assets.set(name, { type, content });
  }
  const current = hash.digest('base64url').slice(0, 12);

  return {
    href(name) {
      if (!assets.has(name)) throw new Error(`no asset "${name}" in views/assets`);
      return `/assets/${current}/${name}`;
    },
    serve(koa, version, name) {
      const asset = assets.get(name);
      if (asset === undefined) throw new GatehouseError('not_found', 'no such asset');
      koa.set({
        'Cache-Control': version === current ? 'public, max-age=31536000, immutable' : 'no-cache',
        'Cross-Origin-Resource-Policy': 'same-origin',
        Vary: 'Accept-Encoding',
      });
      koa.type = asset.type;
      koa.etag = current;
      koa.status = 200;
      if (koa.fresh) {
        koa.status = 304;
      } else if (isText(asset.type) && koa.acceptsEncodings('br', 'identity') === 'br') {
        koa.set('Content-Encoding', 'br');
        koa.body = asset.brotli ??= compress(asset.content);
      } else {
        koa.body = asset.content;
      }
    },
  };
}

function compress(content: Buffer): Buffer {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}
