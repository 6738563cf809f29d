import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FilePerson, type FileToken, readRealmFile } from '../realm/index.ts';

/** What a realm file says for development alone. */
export interface DemoFile {
  readonly realm: string;
  /** What can be tried there. */
  readonly about: string | undefined;
  readonly people: readonly FilePerson[];
  readonly tokens: readonly FileToken[];
}

/** The realm files of a directory as they are now. Files with faults are passed over. */
export async function readDemoFiles(directory: string, demoOrigin: string | undefined): Promise<readonly DemoFile[]> {
  const names = (await readdir(directory)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const options = demoOrigin === undefined ? {} : { demoOrigin };
  const files = await Promise.all(
    names.map(async (name) => readRealmFile(await readFile(join(directory, name), 'utf8'), name, options)),
  );
  return files.flatMap((read) => {
    if (!read.ok) return [];
    const { realm, about, people, tokens } = read.file;
    return [{ realm, about, people: people as readonly FilePerson[], tokens: tokens as readonly FileToken[] }];
  });
}
