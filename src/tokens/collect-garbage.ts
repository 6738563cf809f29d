import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * V8 lets its heap grow to several times of what is in use before it looks for garbage. A command that reads a large file
 * asks for it now and then instead, so that it takes little more memory than one that reads a small file.
 */
export function garbageCollector(): (options: { readonly type: 'minor' | 'major' }) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options: { readonly type: 'minor' | 'major' }) => void;
}
