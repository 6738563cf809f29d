export interface Form {
  /** As written: may be relative. */
  readonly action: string;
  /** Names and values of its fields. */
  readonly fields: ReadonlyMap<string, string>;
}

/** The first form of the page that asks for a password or a code. */
export function secretForm(html: string): Form | undefined {
  for (const [, tag = '', content = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const fields = new Map(
      [...content.matchAll(/<input\b([^>]*)>/g)].map(([, attributes = '']) => [
        attribute(attributes, 'name') ?? '',
        attribute(attributes, 'value') ?? '',
      ]),
    );
    if (fields.has('password') || fields.has('code')) return { action: attribute(tag, 'action') ?? '', fields };
  }
  return undefined;
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : unescaped(value);
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return named[name] ?? whole;
  });
}
