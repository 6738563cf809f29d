import { stat, statfs } from 'node:fs/promises';
import type { Config } from '../../config/index.ts';
import { databaseFile } from '../../store/index.ts';
import { type Finding, fault, note, ok, warning } from './finding.ts';

const groupAndOthers = 0o077;
const othersMayWrite = 0o002;
/** The database, its journal and a migration want room; a full disk refuses sign-ins. */
const roomBytes = 512 * 1024 * 1024;

/** Who can read and write what is kept on this machine, and whether there is room. */
export async function checkFiles(config: Pick<Config, 'data' | 'database' | 'keys' | 'realms'>): Promise<Finding[]> {
  const found = [
    ...(await privacyOf('the data directory', config.data, '700')),
    ...(await privacyOf('the database file', databaseFile(config.data), '600')),
    ...(config.keys === undefined ? [] : await privacyOf('the key file', config.keys, '600')),
    ...(await realmFiles(config.realms)),
    ...(config.database === undefined ? await room(config.data) : []),
  ];
  if (process.getuid?.() === 0) {
    found.push(note('files', 'This command runs as root; the server should not: give it a user of its own.'));
  }
  return found.length > 0 ? found : [ok('files', 'Only their owner reads the data and the keys.')];
}

async function privacyOf(what: string, path: string, mode: '600' | '700'): Promise<Finding[]> {
  const found = await statOf(path);
  if (found === undefined || (found.mode & groupAndOthers) === 0) return [];
  const says = `Others on this machine may use ${what} (${path}, mode ${(found.mode & 0o777).toString(8)}).`;
  return [warning('files', says, `Run "chmod ${mode} ${path}".`)];
}

async function realmFiles(directory: string): Promise<Finding[]> {
  const found = await statOf(directory);
  if (found === undefined) {
    return [
      note('files', `There are no realm files: ${directory} does not exist. Realms are made on the command line.`),
    ];
  }
  if ((found.mode & othersMayWrite) === 0) return [];
  const says = `Everybody on this machine may write realm files (${directory}), and they are applied at start.`;
  return [fault('files', says, `Run "chmod o-w ${directory}".`)];
}

async function room(directory: string): Promise<Finding[]> {
  const space = await statfs(directory).catch(() => undefined);
  if (space === undefined || space.bavail * space.bsize >= roomBytes) return [];
  const mib = Math.floor((space.bavail * space.bsize) / 1024 / 1024);
  return [warning('files', `There are ${mib} MiB left for ${directory}.`, 'Make room, or move the data directory.')];
}

const statOf = (path: string) => stat(path).catch(() => undefined);
