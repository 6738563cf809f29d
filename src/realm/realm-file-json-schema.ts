import { z } from 'zod';
import { realmFileShape } from './file-shape.ts';

/** The JSON Schema with which editors complete and check realm files (config/realm.schema.json). */
export function realmFileJsonSchema(): string {
  const schema = z.toJSONSchema(realmFileShape, { io: 'input', unrepresentable: 'any' });
  const described = { title: 'Gatehouse realm file', ...schema };
  return `${JSON.stringify(described, undefined, 2)}\n`;
}
