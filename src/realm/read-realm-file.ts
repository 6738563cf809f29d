import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Document, Node } from 'yaml';
import { describeIssues, type Path, type SettingFault } from './describe-issue.ts';
import { type RealmInFile, realmFileShape } from './file-shape.ts';
import { judgeFile } from './judge.ts';
import { pathName } from './path-name.ts';
import type { FileFault } from './realm.ts';

let loaded: typeof Yaml | undefined;

/** 72 files, which a server that is being asked already reads. */
function yaml(): typeof Yaml {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml;
  return loaded;
}

/** A file this large was not written by a person. */
const longestFile = 1_048_576;

export interface ReadOptions {
  /** Kinds of factors there are; left out, rules may name any. */
  readonly factorKinds?: readonly string[];
  /** In development: where `{demo}` points, and passwords and secrets may stand in the file. */
  readonly demoOrigin?: string;
}

export type ReadRealmFile =
  | { readonly ok: true; readonly file: RealmInFile; lineOf(path: Path): number }
  | { readonly ok: false; readonly faults: readonly FileFault[] };

/** The realm that `text` describes, or all its faults with their lines. `fileName`: as faults shall name it. */
export function readRealmFile(text: string, fileName: string, options: ReadOptions = {}): ReadRealmFile {
  const fault = (line: number, path: string, message: string): FileFault => ({ file: fileName, line, path, message });
  if (text.length > longestFile) return { ok: false, faults: [fault(1, '', 'is longer than 1 MiB')] };

  const lines = new (yaml().LineCounter)();
  const document = yaml().parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) =>
      // The parser ends its first line with "at line 1, column 8:"; the line is said in front already.
      fault(lines.linePos(error.pos[0]).line, '', error.message.replace(/ at line \d+, column \d+:?[^]*$/, '')),
    );
    return { ok: false, faults };
  }

  let value: unknown;
  const lineOf = (path: Path) => lines.linePos(offsetOf(document, path)).line;
  const all = (found: readonly SettingFault[]) => ({
    ok: false as const,
    faults: found
      .map(({ path, message }) => fault(lineOf(path), pathName(path, value), message))
      .sort((a, b) => a.line - b.line),
  });

  try {
    value = withDemo(document.toJS({ maxAliasCount: 20 }), options.demoOrigin);
  } catch (error) {
    return { ok: false, faults: [fault(1, '', error instanceof Error ? error.message : 'cannot be read')] };
  }
  const parsed = realmFileShape.safeParse(value);
  if (!parsed.success) return all(describeIssues(parsed.error, realmFileShape, value));
  const found = judgeFile(parsed.data, options.factorKinds, options.demoOrigin !== undefined);
  return found.length > 0 ? all(found) : { ok: true, file: parsed.data, lineOf };
}

/** `{demo}/notes/callback` → `http://localhost:4001/notes/callback`. Without `demoOrigin` it stays, and is refused as an address. */
function withDemo(value: unknown, demoOrigin: string | undefined): unknown {
  if (demoOrigin === undefined) return value;
  if (typeof value === 'string') return value.replace(/^\{demo\}(?=\/|$)/, demoOrigin);
  if (Array.isArray(value)) return value.map((part) => withDemo(part, demoOrigin));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withDemo(part, demoOrigin)]));
}

/** Where the setting stands; for one that is missing, where it should. */
function offsetOf(document: Document, path: Path): number {
  const { isMap, isScalar, isSeq } = yaml();
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const name of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      node = isSeq(node) ? node.items[Number(name)] : undefined;
      if (node === undefined) break;
      offset = startOf(node) ?? offset;
    }
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
