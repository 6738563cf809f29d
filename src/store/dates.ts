import type { Declaration, Doc } from './port.ts';
import { type ShapeNode, shapeTree } from './shape.ts';

/** Turns the dates of a document into milliseconds since 1970 and back, along the paths its shape declares. */
export interface DateCodec {
  toStored(doc: Doc): Record<string, unknown>;
  /** Revives in place: for a document that was just parsed. */
  revive(stored: Record<string, unknown>): Record<string, unknown>;
}

/** Only what leads to a date is visited. */
interface Trail {
  isDate: boolean;
  readonly fields: Map<string, Trail>;
  each?: Trail;
}

export function createDateCodec<T extends Doc>(declaration: Declaration<T>): DateCodec {
  const root = trailOf(shapeTree(declaration.shape), new Map(), declaration.name) ?? emptyTrail();
  // Every document may carry an outbox, whether or not its shape spells it out.
  root.fields.set('outbox', {
    isDate: false,
    fields: new Map(),
    each: { ...emptyTrail(), fields: new Map([['at', dateTrail()]]) },
  });
  return {
    toStored: (doc) => encode(doc, root) as Record<string, unknown>,
    revive: (stored) => revive(stored, root) as Record<string, unknown>,
  };
}

const emptyTrail = (): Trail => ({ isDate: false, fields: new Map() });
const dateTrail = (): Trail => ({ isDate: true, fields: new Map() });

function trailOf(node: ShapeNode, known: Map<ShapeNode, Trail>, collection: string): Trail | undefined {
  const before = known.get(node);
  if (before !== undefined) return before;
  const trail = emptyTrail();
  known.set(node, trail);
  trail.isDate = node.types.has('date');
  if (trail.isDate && (node.types.has('number') || node.types.has('int'))) {
    throw new Error(`${collection}: a field is a date or a number, not either; they are stored alike`);
  }
  for (const [name, field] of node.fields) {
    const found = trailOf(field, known, collection);
    if (found !== undefined) trail.fields.set(name, found);
  }
  const each = node.each === undefined ? undefined : trailOf(node.each, known, collection);
  if (each !== undefined) trail.each = each;
  const leadsSomewhere = trail.isDate || trail.fields.size > 0 || trail.each !== undefined;
  if (!leadsSomewhere) known.delete(node);
  return leadsSomewhere ? trail : undefined;
}

function encode(value: unknown, trail: Trail): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return trail.each === undefined ? value : value.map((element) => encode(element, trail.each as Trail));
  const copy: Record<string, unknown> = { ...value };
  for (const [name, next] of trail.fields) if (copy[name] !== undefined) copy[name] = encode(copy[name], next);
  if (trail.each !== undefined) {
    for (const name of Object.keys(copy)) if (!trail.fields.has(name)) copy[name] = encode(copy[name], trail.each);
  }
  return copy;
}

function revive(value: unknown, trail: Trail): unknown {
  if (trail.isDate && typeof value === 'number') return new Date(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    if (trail.each === undefined) return value;
    for (let at = 0; at < value.length; at += 1) value[at] = revive(value[at], trail.each);
    return value;
  }
  const fields = value as Record<string, unknown>;
  for (const [name, next] of trail.fields) if (fields[name] !== undefined) fields[name] = revive(fields[name], next);
  if (trail.each !== undefined) {
    for (const name of Object.keys(fields))
      if (!trail.fields.has(name)) fields[name] = revive(fields[name], trail.each);
  }
  return fields;
}
