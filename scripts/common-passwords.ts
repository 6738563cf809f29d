/**
 * Makes src/people/common-passwords.txt.br: the passwords of @zxcvbn-ts/language-common (MIT) that are long enough to
 * be asked about at all, one a line, sorted, in Brotli. Run after an update of that package.
 */
import { writeFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { dictionary } from '@zxcvbn-ts/language-common';

const shortest = 8;
const listed = (dictionary as Record<string, unknown>)['passwords-common'];
if (!Array.isArray(listed)) throw new Error('@zxcvbn-ts/language-common has no list "passwords-common" any more');

const passwords = listed
  .map((password) => String(password).normalize('NFKC').toLowerCase())
  .filter((password) => [...password].length >= shortest);
const lines = [...new Set(passwords)].sort().join('\n');
writeFileSync(new URL('../src/people/common-passwords.txt.br', import.meta.url), brotliCompressSync(lines));
