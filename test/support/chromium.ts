import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';

const run = promisify(execFile);

export interface Chromium {
  readonly executablePath: string;
  /** What must stand in its environment beside ours. */
  readonly env: Readonly<Record<string, string>>;
}

const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
];

/** The packed Chromium on Linux x64, so that everybody's tests see the same one; elsewhere an installed one. */
export async function findChromium(): Promise<Chromium> {
  if (process.platform === 'linux' && process.arch === 'x64') return unpacked();
  const executablePath = installed.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error('Browser tests need Chrome or Chromium: install one, then run them again.');
  return { executablePath, env: {} };
}

async function unpacked(): Promise<Chromium> {
  const packed = packedFolder();
  const { version } = JSON.parse(readFileSync(join(packed, '..', 'package.json'), 'utf8')) as { version: string };
  const uid = process.getuid?.() ?? 0;
  const home = join(tmpdir(), `gatehouse-chromium-${version}-${uid}`);
  if (!existsSync(home)) await unpackOnce(packed, home);
  const executablePath = join(home, 'chromium');
  const { stdout } = await run('ldd', [executablePath]).catch(() => ({
    stdout: 'not found',
  }));
  return {
    executablePath,
    env: {
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
      ...(stdout.includes('not found') ? { LD_LIBRARY_PATH: join(home, 'lib') } : {}),
    },
  };
}

function packedFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  return join(entry.slice(0, entry.lastIndexOf(join('@sparticuz', 'chromium'))), '@sparticuz', 'chromium', 'bin');
}

/** Of processes that start together each unpacks beside, and the first rename wins: nobody ever sees half of it. */
async function unpackOnce(packed: string, home: string): Promise<void> {
  const staging = await mkdtemp(`${home}-`);
  const decompress = async (name: string, to: string) =>
    pipeline(createReadStream(join(packed, name)), createBrotliDecompress(), createWriteStream(join(staging, to)));
  await decompress('chromium.br', 'chromium');
  await chmod(join(staging, 'chromium'), 0o700);
  for (const archive of ['al2023', 'fonts']) {
    await decompress(`${archive}.tar.br`, `${archive}.tar`);
    await run('tar', ['-xf', join(staging, `${archive}.tar`), '-C', staging, '--no-same-owner']);
    await rm(join(staging, `${archive}.tar`));
  }
  await mkdir(join(staging, 'font-cache'));
  await writeFile(join(staging, 'fonts.conf'), fontConfiguration(home));
  await rename(staging, home).catch(async (cause: unknown) => {
    await rm(staging, { recursive: true, force: true });
    if (!existsSync(home)) throw cause;
  });
}

/** One text face for every machine, so that pictures of pages can be compared; the system's for what it lacks. */
function fontConfiguration(home: string): string {
  const alias = (family: string, prefer: string) =>
    `<alias binding="same"><family>${family}</family><prefer><family>${prefer}</family></prefer></alias>`;
  return [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>',
    `<dir>${join(home, 'fonts')}</dir><dir>/usr/share/fonts</dir><cachedir>${join(home, 'font-cache')}</cachedir>`,
    ...['system-ui', 'sans-serif', 'sans'].map((family) => alias(family, 'Open Sans')),
    alias('monospace', 'DejaVu Sans Mono'),
    '</fontconfig>',
  ].join('\n');
}

/** Where axe-core's one script file is. */
export function axeSource(): string {
  return join(dirname(createRequire(import.meta.url).resolve('axe-core/package.json')), 'axe.min.js');
}
