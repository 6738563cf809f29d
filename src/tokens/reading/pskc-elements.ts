import { SaxesParser } from 'saxes';

/** An element of a PSKC file with everything inside it. Names without prefixes. */
export interface Element {
  readonly name: string;
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

export type Event =
  | { readonly is: 'root'; readonly element: Element; readonly namespace: string }
  /** A whole child of the root. */
  | { readonly is: 'child'; readonly element: Element }
  /** The file cannot be read on. */
  | { readonly is: 'broken'; readonly line: number; readonly fault: string };

interface Growing {
  name: string;
  line: number;
  attributes: Record<string, string>;
  children: Growing[];
  text: string;
}

/** No key of a real file comes near: it bounds what is held at once. */
const mostCharactersOfChild = 65_536;
const deepest = 32;

/** Characters given to the parser at once: it tells about a text only when that ends. */
const slice = 16_384;

/**
 * Reads XML as a stream of the root's children. A document type declaration is refused, and with it every entity but
 * XML's own five: neither entity bombs nor outside files are ever looked at. RFC 6030 §12 leaves that to us.
 */
export class PskcElements {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #open: Growing[] = [];
  #events: Event[] = [];
  #sinceBoundary = 0;
  #isBroken = false;

  constructor() {
    const parser = this.#parser;
    parser.on('error', () => this.#break('this is no well-formed XML'));
    parser.on('doctype', () => this.#break('a document type declaration (DTD) is not accepted'));
    parser.on('text', (text) => {
      const last = this.#open.at(-1);
      if (last !== undefined) last.text += text;
    });
    parser.on('cdata', (text) => {
      const last = this.#open.at(-1);
      if (last !== undefined) last.text += text;
    });
    parser.on('opentag', (tag) => {
      if (this.#isBroken) return;
      const attributes: Record<string, string> = {};
      for (const each of Object.values(tag.attributes)) attributes[each.local] = each.value;
      const element: Growing = { name: tag.local, line: parser.line, attributes, children: [], text: '' };
      this.#open.at(-1)?.children.push(element);
      this.#open.push(element);
      if (this.#open.length > deepest) this.#break('elements are nested too deep');
      if (this.#open.length === 1) this.#events.push({ is: 'root', element, namespace: tag.uri });
    });
    parser.on('closetag', () => {
      if (this.#isBroken) return;
      const element = this.#open.pop();
      const root = this.#open[0];
      if (element === undefined || root === undefined || this.#open.length > 1) return;
      root.children = [];
      root.text = '';
      this.#sinceBoundary = 0;
      this.#events.push({ is: 'child', element });
    });
  }

  *read(text: string): Generator<Event> {
    for (let at = 0; at < text.length && !this.#isBroken; at += slice) {
      const part = text.slice(at, at + slice);
      this.#sinceBoundary += part.length;
      this.#feed(() => this.#parser.write(part));
      if (this.#sinceBoundary > mostCharactersOfChild) this.#break('one element of the file is too long');
      yield* this.#told();
    }
  }

  *end(): Generator<Event> {
    if (!this.#isBroken) this.#feed(() => this.#parser.close());
    yield* this.#told();
  }

  #feed(act: () => void): void {
    try {
      act();
    } catch {
      this.#break('this is no well-formed XML');
    }
  }

  #told(): readonly Event[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #break(fault: string): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#events.push({ is: 'broken', line: this.#parser.line, fault });
  }
}

/** The first child of that name. */
export function childOf(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  let found = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

export function textOf(element: Element | undefined, ...path: readonly string[]): string | undefined {
  return childOf(element, ...path)?.text.trim();
}
