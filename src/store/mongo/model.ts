import { type Connection, type Model, Schema } from 'mongoose';
import type { Plan } from '../plan.ts';
import { type ShapeNode, shapeTree } from '../shape.ts';
import { indexesOf, pending, rev } from './keys.ts';

export type StoredModel = Model<Record<string, unknown>>;

/** What mongoose knows of a collection: the top-level fields by their declared types, and the indexes. */
export function modelOf(connection: Connection, plan: Plan): StoredModel {
  const name = plan.declaration.name;
  const known = connection.models[name];
  const fields: Record<string, unknown> = { _id: String, [rev]: Number, [pending]: Date };
  for (const [field, node] of shapeTree(plan.declaration.shape).fields)
    if (field !== 'id') fields[field] = typeOf(node);
  const schema = new Schema(fields, {
    strict: false,
    versionKey: false,
    minimize: false,
    id: false,
    autoCreate: false,
    autoIndex: false,
  });
  for (const { name: indexName, key, unique, partialFilterExpression } of indexesOf(plan)) {
    schema.index(key, {
      name: indexName,
      ...(unique && { unique }),
      ...(partialFilterExpression && { partialFilterExpression }),
    });
  }
  // Declared again with other indexes (a migration, then the room): the last one counts.
  if (known !== undefined) connection.deleteModel(name);
  return connection.model(name, schema, name) as unknown as StoredModel;
}

const scalar: Readonly<Record<string, unknown>> = {
  string: String,
  number: Number,
  int: Number,
  boolean: Boolean,
  date: Date,
};

/** The shape was checked by zod already; whatever is more than one scalar is kept as it comes. */
function typeOf(node: ShapeNode): unknown {
  const types = [...node.types].filter((type) => type !== 'null');
  return (types.length === 1 && scalar[types[0] ?? '']) || Schema.Types.Mixed;
}
