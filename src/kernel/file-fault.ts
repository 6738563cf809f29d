import { dirname } from 'node:path';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there: what it lies in is no directory',
  EACCES: 'may not be read or written by you',
  EPERM: 'may not be read or written by you',
  EROFS: 'lies where nothing may be written',
  EISDIR: 'is a directory',
  EEXIST: 'is there already; nothing was written',
  ENOSPC: 'has no room: the disk is full',
};

/**
 * Why a file could not be read, or made (`isNew`), in words; undefined: it was no fault of a file. `path`: what the
 * caller knows it by.
 */
export function whyNotFile(
  error: unknown,
  options: { readonly isNew?: boolean; readonly path?: string } = {},
): string | undefined {
  const { code, syscall, message } = error as Partial<NodeJS.ErrnoException>;
  const path = options.path ?? (error as Partial<NodeJS.ErrnoException>).path;
  if (code === undefined || syscall === undefined || path === undefined) return undefined;
  if (code === 'ENOENT' && options.isNew === true) return `${path} cannot be made: ${dirname(path)} is not there`;
  const why = reasons[code];
  return why === undefined ? message : `${path} ${why}`;
}
