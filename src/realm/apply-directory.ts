import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor, ApplyReport, RealmAdmin } from './realm.ts';

/** Applies every `*.yaml` of a directory, in order of name. One with faults does not keep the others from it. */
export async function applyDirectory(
  realms: RealmAdmin,
  directory: string,
  options: { readonly force?: boolean; readonly actor: Actor },
): Promise<readonly { readonly file: string; readonly report: ApplyReport }[]> {
  const names = (await readdir(directory)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const reports: { file: string; report: ApplyReport }[] = [];
  for (const name of names) {
    const file = join(directory, name);
    reports.push({ file, report: await realms.apply(await readFile(file, 'utf8'), name, options) });
  }
  return reports;
}
