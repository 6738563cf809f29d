import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

const mongodb = {
  /** On MongoDB: that of `MONGODB_URI`, or a server that is started for it. SQLite otherwise. */
  mongodb: { type: 'boolean', default: false },
} as const;

/** The options of a soak, beside its own. Throws what is wrong with them. */
export function soakOptions<const O extends ParseArgsOptionsConfig>(
  given: { readonly options?: O; readonly allowPositionals?: boolean } = {},
) {
  const { options, allowPositionals = false } = given;
  return parseArgs({ options: { ...mongodb, ...(options as O) }, allowPositionals });
}

/** A whole number from 1. Throws which is none. */
export function number(text: string | undefined, what: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${what} is a whole number from 1`);
  return value;
}
