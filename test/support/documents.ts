import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** A page of the documentation: `README.md`, `docs/rollout.md`. */
export const documentText = (path: string): string => readFileSync(`${project}${path}`, 'utf8');

/** What stands between its fences that begin with ```sh. */
export function shellBlocks(text: string): readonly string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
}

/** The words behind `gatehouse`, of each command that is shown, in order. */
export function shownCommands(text: string): readonly (readonly string[])[] {
  return shellBlocks(text)
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .map(wordsOf)
    .flatMap((words) => {
      const at = words.indexOf('gatehouse');
      return at === 0 || (at === 1 && words[0] === 'npx') ? [words.slice(at + 1)] : [];
    });
}

/** The same of those that stand in a sentence; groups alone (`gatehouse rollout`, with or without dots) aside. */
export function namedCommands(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/`(?:npx )?gatehouse ([a-z][^`]*)`/g)]
    .map(([, words = '']) => wordsOf(words))
    .filter(([, second = '…']) => second !== '…');
}

/** As a shell divides a line, as far as the documentation goes: quotes, comments, and an end at `|` or `>`. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [, plain, single, double] of line.matchAll(/(?:([^\s'"]+)|'([^']*)'|"([^"]*)")/g)) {
    if (plain !== undefined && /^(#|\||>|&&)/.test(plain)) break;
    words.push(plain ?? single ?? double ?? '');
  }
  return words;
}
