import type { IncomingHttpHeaders } from 'node:http';
import { type HTMLElement, parse } from 'node-html-parser';

/** One answer on the way to a page. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Resolved `Location` of a redirect. */
  readonly location: URL | undefined;
}

export interface PageForm {
  readonly element: HTMLElement;
  readonly action: URL;
  readonly method: 'GET' | 'POST';
  readonly isInMain: boolean;
  /** What a browser would send without a button: successful controls, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Every control's name, also of unchecked boxes. */
  readonly names: ReadonlySet<string>;
  readonly buttons: readonly PageButton[];
}

export interface PageButton {
  readonly name: string | undefined;
  readonly value: string;
  readonly text: string;
  readonly action: URL | undefined;
}

/** What a person (or a program) sees. */
export class VisitedPage {
  readonly answer: Answer;
  /** All answers from the first request to this one, this one last. */
  readonly hops: readonly Answer[];
  #root: HTMLElement | undefined;

  constructor(hops: readonly Answer[]) {
    const answer = hops.at(-1);
    if (answer === undefined) throw new Error('a page needs an answer');
    this.answer = answer;
    this.hops = hops;
  }

  get url(): URL {
    return this.answer.url;
  }
  get status(): number {
    return this.answer.status;
  }
  get headers(): IncomingHttpHeaders {
    return this.answer.headers;
  }
  get html(): string {
    return this.answer.body;
  }
  /** Where it would go on to, when redirects are not followed or lead outside. */
  get location(): URL | undefined {
    return this.answer.location;
  }
  get root(): HTMLElement {
    // Without scripts, `noscript` is markup like any other.
    this.#root ??= parse(this.html, { comment: false, blockTextElements: { script: false, style: false } });
    return this.#root;
  }
  /** `data-step` of `<main>`. */
  get step(): string | undefined {
    return this.root.querySelector('main')?.getAttribute('data-step');
  }
  get title(): string {
    return tidy(this.root.querySelector('title'));
  }
  /** Texts of `role="alert"`. */
  get alerts(): string[] {
    return this.all('[role="alert"]')
      .map(tidy)
      .filter((text) => text !== '');
  }
  /** What can be read in `<main>`, or in the body. */
  get text(): string {
    return tidy(this.root.querySelector('main') ?? this.root.querySelector('body') ?? this.root);
  }
  get json(): unknown {
    return JSON.parse(this.html);
  }
  get forms(): PageForm[] {
    return this.all('form').map((form) => readForm(form, this.url));
  }
  all(selector: string): HTMLElement[] {
    return this.root.querySelectorAll(selector);
  }
  /** The text of the first that matches; undefined when none does. */
  textOf(selector: string): string | undefined {
    const found = this.root.querySelector(selector);
    return found === null ? undefined : tidy(found);
  }
  attribute(selector: string, name: string): string | undefined {
    return this.root.querySelector(selector)?.getAttribute(name);
  }
  /** The address of the link with this text. */
  link(text: string | RegExp): URL | undefined {
    const found = this.all('a[href]').find((link) => matches(tidy(link), text));
    return found === undefined ? undefined : new URL(found.getAttribute('href') ?? '', this.url);
  }
}

export function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text);
}

function tidy(element: HTMLElement | null): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

function readForm(element: HTMLElement, base: URL): PageForm {
  const fields: [string, string][] = [];
  const names = new Set<string>();
  const buttons: PageButton[] = [];
  for (const control of controlsOf(element)) {
    if (control.hasAttribute('disabled')) continue;
    const name = control.getAttribute('name');
    const tag = control.tagName.toLowerCase();
    const type = (control.getAttribute('type') ?? (tag === 'button' ? 'submit' : 'text')).toLowerCase();
    if (tag === 'button' || type === 'submit' || type === 'image') {
      if (type !== 'button' && type !== 'reset') buttons.push(readButton(control, base));
      continue;
    }
    if (name === undefined || name === '') continue;
    names.add(name);
    const isChoice = tag === 'input' && (type === 'checkbox' || type === 'radio');
    if (isChoice && !control.hasAttribute('checked')) continue;
    fields.push([name, valueOf(control, tag, isChoice)]);
  }
  return {
    element,
    action: new URL(element.getAttribute('action') ?? '', base),
    method: (element.getAttribute('method') ?? 'get').toLowerCase() === 'post' ? 'POST' : 'GET',
    isInMain: element.closest('main') !== null,
    fields,
    names,
    buttons,
  };
}

/** Those inside, and those that point here by their `form` attribute. */
function controlsOf(form: HTMLElement): HTMLElement[] {
  const kinds = 'input, select, textarea, button';
  const inside = form.querySelectorAll(kinds);
  let root = form;
  while (root.parentNode !== null) root = root.parentNode;
  const outside =
    form.id === '' ? [] : root.querySelectorAll(kinds).filter((one) => one.getAttribute('form') === form.id);
  return [...inside, ...outside];
}

function readButton(control: HTMLElement, base: URL): PageButton {
  const action = control.getAttribute('formaction');
  return {
    name: control.getAttribute('name'),
    value: control.getAttribute('value') ?? '',
    text: tidy(control) || (control.getAttribute('value') ?? control.getAttribute('aria-label') ?? ''),
    action: action === undefined ? undefined : new URL(action, base),
  };
}

function valueOf(control: HTMLElement, tag: string, isChoice: boolean): string {
  if (tag === 'textarea') return control.textContent;
  if (tag !== 'select') return control.getAttribute('value') ?? (isChoice ? 'on' : '');
  const options = control.querySelectorAll('option');
  const chosen = options.find((option) => option.hasAttribute('selected')) ?? options[0];
  return chosen?.getAttribute('value') ?? tidy(chosen ?? null);
}
