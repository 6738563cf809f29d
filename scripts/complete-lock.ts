/**
 * `npm run lock`: completes `package-lock.json` after `npm install`. A registry mirror that carries only some platforms
 * makes npm leave the others' packages out, and `npm ci` then refuses the file everywhere. This adds what is missing:
 * name, version and platform, as the package that wants them says; npm finds the rest when it installs them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
}

interface Platform {
  readonly os: string;
  readonly cpu: string;
  readonly libc?: 'glibc' | 'musl';
}

const operatingSystems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x'];

/** What packages of native code say in their names: `@scope/binding-linux-arm-musleabihf`. */
export function platformOf(name: string): Platform | undefined {
  const words = name.split(/[-/]/);
  const os = operatingSystems.find((one) => words.includes(one));
  const cpu = processors.find((one) => words.includes(one));
  if (os === undefined || cpu === undefined) return undefined;
  const abi = words.at(-1) ?? '';
  if (os === 'linux' && abi.startsWith('musl')) return { os, cpu, libc: 'musl' };
  if (os === 'linux' && abi.startsWith('gnu')) return { os, cpu, libc: 'glibc' };
  return { os, cpu };
}

/** Entries that `packages` should have beside its own, by path; sorted. */
export function missingPlatforms(packages: Readonly<Record<string, Locked>>): Record<string, object> {
  const missing = Object.entries(packages).flatMap(([, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies).flatMap(([name, version]) => {
      const platform = platformOf(name);
      if (platform === undefined || packages[`node_modules/${name}`] !== undefined) return [];
      const { os, cpu, libc } = platform;
      const entry = { version, cpu: [cpu], ...(dev === true && { dev }), ...(libc && { libc: [libc] }) };
      return [[`node_modules/${name}`, { ...entry, optional: true, os: [os] }] as const];
    }),
  );
  return Object.fromEntries(missing.sort(([a], [b]) => a.localeCompare(b)));
}

if (import.meta.main) {
  const file = join(import.meta.dirname, '../package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> };
  const missing = missingPlatforms(lock.packages);
  const [root, ...rest] = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(
    file,
    `${JSON.stringify({ ...lock, packages: Object.fromEntries([root ?? ['', {}], ...rest]) }, null, 2)}\n`,
  );
  console.log(`added ${Object.keys(missing).length} packages of other platforms`);
}
