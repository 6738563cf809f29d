import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import Handlebars from 'handlebars';

const root = join(import.meta.dirname, '../..');

const filesBelow = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(root, folder, name));

/** Language → key → message, all catalogues of a language together. */
export function readCatalogues(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const catalogues = new Map<string, Map<string, string>>();
  for (const file of filesBelow('views', '.json')) {
    const language = basename(file, '.json');
    const known = catalogues.get(language) ?? new Map<string, string>();
    for (const [key, message] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)) {
      if (known.has(key)) throw new Error(`${key} stands in two catalogues of ${language}`);
      known.set(key, message);
    }
    catalogues.set(language, known);
  }
  return catalogues;
}

/** A place that names a text, or, with a variable part, several. */
export interface CatalogueUse {
  readonly text: string;
  readonly file: string;
  readonly pattern: RegExp;
  /** It can be nothing else but a key: there must be such a text. */
  readonly isCertain: boolean;
  /** Values that a template gives; undefined where that cannot be read off. */
  readonly given?: readonly string[];
  readonly isRich?: boolean;
}

/** All of them: `t` and `rich` in templates; in the code, strings and template literals that look like keys. */
export function readUses(): readonly CatalogueUse[] {
  return [
    ...filesBelow('views', '.hbs').flatMap(usesOfTemplate),
    ...filesBelow('src', '.ts').flatMap(usesOfCode),
    ...errorCodes(),
    ...readdirSync(join(root, 'views/messages')).map((template) =>
      use(`message.${template}.subject`, `views/messages/${template}`, true),
    ),
  ];
}

type Node = hbs.AST.Node & Record<string, unknown>;

function usesOfTemplate(file: string): CatalogueUse[] {
  const found: CatalogueUse[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    const node = value as Node & { path?: { original?: string }; params?: Node[]; hash?: { pairs: { key: string }[] } };
    const helper = node.path?.original;
    const key = node.params?.[0];
    if ((helper === 't' || helper === 'rich') && key !== undefined) {
      const text = keyOf(key);
      const given = (node.hash?.pairs ?? []).map((pair) => pair.key);
      found.push({ ...use(text, relative(root, file), true), given, isRich: helper === 'rich' });
    }
    for (const [name, part] of Object.entries(node)) if (name !== 'loc') visit(part);
  };
  visit(Handlebars.parse(readFileSync(file, 'utf8')));
  return found;
}

/** `'a.b'` as it is; `(concat 'a.' why '.b')` with `*` for what varies. */
function keyOf(node: Node): string {
  if (node.type === 'StringLiteral') return String(node['value']);
  const { params } = node as unknown as { params?: Node[] };
  return (params ?? []).map((part) => (part.type === 'StringLiteral' ? String(part['value']) : '*')).join('');
}

const literal = /'((?:[a-z][a-z0-9_-]*\.)+[a-z][a-z0-9_-]*)'|`((?:[a-z0-9_.-]|\$\{[^}]*\})+)`/g;
const certainly = /\b(?:titleKey|messageKey)\b[^\n;]*$|\bkey:\s*$/;

function usesOfCode(file: string): CatalogueUse[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(literal)].flatMap((match) => {
    const text = match[1] ?? (match[2] ?? '').replace(/\$\{[^}]*\}/g, '*');
    if (!text.includes('.') || text.startsWith('*') || text.endsWith('.')) return [];
    const line = source.slice(source.lastIndexOf('\n', match.index) + 1, match.index);
    return [use(text, relative(root, file), certainly.test(line) || text.startsWith('fault.'))];
  });
}

/** Every code of `GatehouseError` has a text of its own. */
function errorCodes(): CatalogueUse[] {
  const source = readFileSync(join(root, 'src/kernel/errors.ts'), 'utf8');
  return [...source.matchAll(/^ {2}([a-z_]+): \d{3},$/gm)].map((match) =>
    use(`error.${match[1]}`, 'src/kernel/errors.ts', true),
  );
}

function use(text: string, file: string, isCertain: boolean): CatalogueUse {
  const escaped = text.split('*').map((part) => part.replace(/[.\\+?^$()[\]{}|-]/g, '\\$&'));
  return { text, file, pattern: new RegExp(`^${escaped.join('[a-z0-9_-]+')}$`), isCertain };
}
