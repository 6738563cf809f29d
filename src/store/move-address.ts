import { resolve } from 'node:path';

/** What `openStore` is told of a database. */
export interface DatabaseAddress {
  readonly database: string;
  readonly dataDir: string;
}

/** `mongodb://…`, `mongodb+srv://…`, or `file:DIRECTORY`, in which the SQLite file is; undefined for anything else. */
export function databaseAddress(text: string): DatabaseAddress | undefined {
  if (/^mongodb(\+srv)?:\/\/./.test(text)) return { database: text, dataDir: '' };
  const [, directory] = /^file:(.+)$/.exec(text) ?? [];
  return directory === undefined ? undefined : { database: '', dataDir: resolve(directory) };
}
