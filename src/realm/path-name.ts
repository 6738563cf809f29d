import { stepInto } from './describe-issue.ts';

/** By which an entry of a list is known, where it has one of them. */
const namingSettings = ['clientId', 'email', 'username', 'id'] as const;

/** `portals.web1-mail.scopes`: entries of lists by what they are called, otherwise by their place. `value`: the whole file. */
export function pathName(path: readonly PropertyKey[], value: unknown): string {
  let at = value;
  return path
    .map((part) => {
      at = stepInto(at, part);
      return typeof part === 'number' ? (nameOf(at) ?? String(part)) : String(part);
    })
    .join('.');
}

function nameOf(entry: unknown): string | undefined {
  const names = namingSettings.map((setting) => stepInto(entry, setting));
  return names.find((name) => typeof name === 'string' && /^[^\s\p{C}]{1,128}$/u.test(name)) as string | undefined;
}
