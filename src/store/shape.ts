import type { z } from 'zod';

/**
 * What a declared shape says of a document's paths, as far as an engine needs it: which values are dates (engines
 * store them so that index order is time order), which fields are lists, which are booleans or may be null.
 */
export interface ShapeNode {
  /** Type names of zod seen here, over all branches of unions. */
  readonly types: Set<string>;
  readonly fields: Map<string, ShapeNode>;
  /** Elements of a list, or values of a record. */
  each?: ShapeNode;
}

interface Definition {
  readonly type: string;
  readonly shape?: Record<string, Schema>;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly items?: readonly Schema[];
  readonly rest?: Schema | null;
  readonly left?: Schema;
  readonly right?: Schema;
  readonly in?: Schema;
  readonly getter?: () => Schema;
  readonly values?: readonly unknown[];
}

interface Schema {
  readonly _zod: { readonly def: Definition };
}

export function shapeTree(shape: z.ZodType): ShapeNode {
  const root = emptyNode();
  read(shape, root, new Map());
  return root;
}

/** The node at `a.b`, or undefined where the shape says nothing. */
export function nodeAt(root: ShapeNode, path: string): ShapeNode | undefined {
  let node: ShapeNode | undefined = root;
  for (const name of path.split('.')) node = node?.fields.get(name);
  return node;
}

function emptyNode(): ShapeNode {
  return { types: new Set(), fields: new Map() };
}

/** Reads `schema` into `node`; `open` holds the schemas being read, so that a recursive shape becomes a cycle of nodes. */
function read(schema: Schema, node: ShapeNode, open: Map<Schema, ShapeNode>): void {
  const { def } = schema._zod;
  const inner = def.innerType ?? def.in ?? def.getter?.();
  if (def.type === 'nullable') node.types.add('null');
  if (inner !== undefined) return read(inner, node, open);
  for (const option of def.options ?? []) read(option, node, open);
  for (const side of [def.left, def.right]) if (side !== undefined) read(side, node, open);
  if (def.options !== undefined || def.left !== undefined) return;

  node.types.add(def.type);
  if (def.values?.includes(null) === true) node.types.add('null');
  for (const [name, field] of Object.entries(def.shape ?? {})) {
    node.fields.set(name, child(field, node.fields.get(name), open));
  }
  const many = [def.element, def.valueType, ...(def.items ?? []), def.rest ?? undefined];
  for (const element of many) if (element !== undefined) node.each = child(element, node.each, open);
}

function child(schema: Schema, known: ShapeNode | undefined, open: Map<Schema, ShapeNode>): ShapeNode {
  const entered = open.get(schema);
  if (entered !== undefined && known === undefined) return entered;
  const node = known ?? emptyNode();
  if (entered === undefined) {
    open.set(schema, node);
    read(schema, node, open);
    open.delete(schema);
  }
  return node;
}
