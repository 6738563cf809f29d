import type { Declaration, Doc, IndexDeclaration } from './port.ts';
import { nodeAt, type ShapeNode, shapeTree } from './shape.ts';

export interface FieldPlan {
  readonly path: string;
  /** How the field's values are kept in a key. */
  readonly kind: 'date' | 'boolean' | 'plain';
}

export interface IndexPlan {
  readonly name: string;
  readonly fields: readonly FieldPlan[];
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  /** The first field is a list: one entry per distinct element. */
  readonly isOverList: boolean;
}

/** A checked declaration: what both engines derive their tables, models and queries from. */
export interface Plan<T extends Doc = Doc> {
  readonly declaration: Declaration<T>;
  /** As declared, and `id`, by which a whole collection can be listed; `expiry` where documents expire. */
  readonly indexes: ReadonlyMap<string, IndexPlan>;
}

const idIndex: IndexPlan = {
  name: 'id',
  fields: [{ path: 'id', kind: 'plain' }],
  isUnique: true,
  isSparse: false,
  isOverList: false,
};

const collectionName = /^[a-z][A-Za-z0-9_-]{0,47}$/;
const indexName = /^[A-Za-z][A-Za-z0-9_-]{0,47}$/;
const fieldPath = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** Throws on a declaration that an engine could not keep: a mistake of the programmer, found at composition. */
export function planOf<T extends Doc>(declaration: Declaration<T>): Plan<T> {
  const fail = (what: string): never => {
    throw new Error(`collection ${declaration.name}: ${what}`);
  };
  if (!collectionName.test(declaration.name)) fail('a name is letters, digits, - and _, 48 at most');
  const tree = shapeTree(declaration.shape);
  const indexes = new Map<string, IndexPlan>([[idIndex.name, idIndex]]);
  for (const index of declaration.indexes) {
    if (!indexName.test(index.name) || indexes.has(index.name)) fail(`index name ${index.name} is taken or malformed`);
    indexes.set(index.name, planIndex(index, tree, fail));
  }
  for (const path of declaration.sealed ?? []) {
    if (!fieldPath.test(path)) fail(`sealed path ${path} is malformed`);
    if (declaration.indexes.some((index) => index.fields.includes(path)))
      fail(`${path} is sealed, so no index can hold it`);
  }
  if (declaration.expiry !== undefined) {
    if (fieldOf(declaration.expiry, tree).kind !== 'date') fail(`expiry ${declaration.expiry} is no date in the shape`);
    if (indexes.has('expiry')) fail('the index name expiry is the sweeper’s');
    indexes.set('expiry', planIndex({ name: 'expiry', fields: [declaration.expiry], sparse: true }, tree, fail));
  }
  return { declaration, indexes };
}

function planIndex(index: IndexDeclaration, tree: ShapeNode, fail: (what: string) => never): IndexPlan {
  const [first] = index.fields;
  if (first === undefined) return fail(`index ${index.name} has no fields`);
  for (const path of index.fields) if (!fieldPath.test(path)) fail(`index ${index.name}: path ${path} is malformed`);
  const isOverList = nodeAt(tree, first)?.types.has('array') === true;
  if (index.fields.slice(1).some((path) => nodeAt(tree, path)?.types.has('array'))) {
    fail(`index ${index.name}: only the first field may be a list`);
  }
  // Engines disagree on whether null is absent, so a sparse index leaves no room for the question.
  if (index.sparse === true && nodeAt(tree, first)?.types.has('null'))
    fail(`index ${index.name}: sparse over a nullable field`);
  const fields = index.fields.map((path) => fieldOf(path, tree));
  return { name: index.name, fields, isUnique: index.unique === true, isSparse: index.sparse === true, isOverList };
}

function fieldOf(path: string, tree: ShapeNode): FieldPlan {
  const node = nodeAt(tree, path);
  const types = (node?.types.has('array') === true ? node.each?.types : node?.types) ?? new Set<string>();
  if (types.has('date')) return { path, kind: 'date' };
  return { path, kind: types.has('boolean') ? 'boolean' : 'plain' };
}
