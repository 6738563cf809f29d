/** An error and its causes in one line, without passwords: drivers repeat the address they were given. */
export function reasonOf(error: unknown): string {
  const texts: string[] = [];
  let at = error as { readonly message?: unknown; readonly cause?: unknown } | undefined;
  for (; typeof at?.message === 'string' && texts.length < 3; at = at.cause as typeof at) texts.push(at.message);
  return (texts.join(': ') || String(error)).replaceAll(/:\/\/[^\s/@]*@/g, '://…@');
}
