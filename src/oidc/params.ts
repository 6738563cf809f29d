/** Parameters of a request as oidc-provider keeps them: texts, or absent. */
export type Params = Readonly<Record<string, unknown>>;

/** The text, or undefined when it is absent or empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list written with blanks between (RFC 6749 §3.3). */
export function words(value: unknown): string[] {
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : [];
}
