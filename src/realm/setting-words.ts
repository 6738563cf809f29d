import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * What may stand at `path`, for a fault: `a whole number from 5 to 1440, or off`. Undefined where that takes more than
 * a few words; the schema's own message says it then.
 */
export function wordsForSetting(shape: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  const root: JsonSchema = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  const found = path.reduce<JsonSchema | undefined>(
    (at, name) =>
      typeof name === 'number' ? schemaOf(at?.items) : schemaOf(at?.properties?.[String(name)] ?? undefined),
    root,
  );
  return found === undefined ? undefined : wordsFor(found);
}

const schemaOf = (part: unknown): JsonSchema | undefined =>
  typeof part === 'object' && part !== null && !Array.isArray(part) ? (part as JsonSchema) : undefined;

function wordsFor(schema: JsonSchema): string | undefined {
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways !== undefined) {
    const words = ways.map(wordsFor);
    return words.includes(undefined) ? undefined : words.join(', or ');
  }
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`;
  switch (schema.type) {
    case 'integer':
      return `a whole number${between(schema.minimum, schema.maximum)}`;
    case 'number':
      return `a number${between(schema.minimum, schema.maximum)}`;
    case 'string':
      return `text${of(schema.minLength, schema.maxLength, 'characters')}`;
    case 'array':
      return `a list${of(schema.minItems, schema.maxItems, 'entries')}`;
    case 'boolean':
      return 'true or false';
    default:
      return schema.type === 'object' && schema.properties !== undefined
        ? `settings of its own (${Object.keys(schema.properties).join(', ')})`
        : undefined;
  }
}

/** Whole numbers without a bound of their own end where doubles stop counting. */
const isBound = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

function between(least: number | undefined, most: number | undefined): string {
  if (!isBound(most)) return isBound(least) ? ` of ${least} or more` : '';
  return isBound(least) ? ` from ${least} to ${most}` : ` of at most ${most}`;
}

function of(least: number | undefined, most: number | undefined, many: string): string {
  if (most === undefined) return least === undefined ? '' : ` of ${least} or more ${many}`;
  return least === undefined ? ` of at most ${most} ${many}` : ` of ${least} to ${most} ${many}`;
}
