import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Cookies } from './cookies.ts';
import { type Answer, matches, type PageButton, type PageForm, VisitedPage } from './visited-page.ts';

export { Cookies } from './cookies.ts';
export { type Answer, VisitedPage } from './visited-page.ts';

export interface VisitorOptions {
  /** Redirects are followed up to the first address that starts with one of these; `page.location` has it. */
  readonly stopAt?: readonly string[];
  /** Sent with every request, such as `accept-language` or `user-agent`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the expiry of cookies. */
  readonly now?: () => Date;
  /** Host names that resolve to 127.0.0.1 beside `*.localhost` and `*.test`. */
  readonly localHosts?: readonly string[];
  /** Port on 127.0.0.1 that answers for every https host in plain http: what a proxy that ends TLS passes on to. */
  readonly behindTls?: number;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where the request comes from, for `Origin` and `Sec-Fetch-Site`; absent: typed into the address bar. */
  readonly from?: URL | undefined;
  /** Neither cookies nor fetch metadata of a browser. */
  readonly isBare?: boolean;
}

type Values = Readonly<Record<string, string>>;

/**
 * A browser without scripts: keeps cookies, follows redirects, fills in and posts forms, across hosts and ports.
 * Two visitors share nothing; `tab()` opens a second page of the same browser.
 */
export class Visitor {
  readonly cookies: Cookies;
  readonly #options: VisitorOptions;
  #page: VisitedPage | undefined;
  #filled = new Map<string, string>();

  constructor(options: VisitorOptions = {}, cookies?: Cookies) {
    this.#options = options;
    this.cookies = cookies ?? new Cookies(options.now ?? (() => new Date()));
  }

  get page(): VisitedPage {
    if (this.#page === undefined) throw new Error('nothing visited yet');
    return this.#page;
  }

  tab(): Visitor {
    return new Visitor(this.#options, this.cookies);
  }

  async visit(url: string | URL): Promise<VisitedPage> {
    return this.#show(await this.#follow(new URL(url, this.#page?.url), {}));
  }

  async reload(): Promise<VisitedPage> {
    return this.visit(this.page.url);
  }

  /** One request; the redirect it may answer is not followed: see `step`. */
  async visitOnce(url: string | URL): Promise<VisitedPage> {
    return this.#show([await this.request(new URL(url, this.#page?.url), {})]);
  }

  /** One step along the redirect of the current page. */
  async step(): Promise<VisitedPage> {
    const { location, url } = this.page;
    if (location === undefined) throw new Error(`${url.href} does not redirect`);
    return this.#show([...this.page.hops, await this.request(location, { from: url })]);
  }

  async click(link: string | RegExp): Promise<VisitedPage> {
    const url = this.page.link(link);
    if (url === undefined) throw new Error(`no link ${String(link)} on ${this.#describe()}`);
    return this.#show(await this.#follow(url, { from: this.page.url }));
  }

  /** Types into fields of the current page; throws when there is no such field. */
  fill(values: Values): this {
    const names = new Set(this.page.forms.flatMap((form) => [...form.names]));
    for (const [name, value] of Object.entries(values)) {
      if (!names.has(name)) throw new Error(`no field "${name}" on ${this.#describe()}`);
      this.#filled.set(name, value);
    }
    return this;
  }

  /**
   * Sends the form, as by its button. `which`: the button's text, name or `name=value`, or the form's id or end of
   * its action. Without it: the form that was filled in, or the first in `<main>`, by its first button.
   */
  async submit(which?: string | RegExp): Promise<VisitedPage> {
    const { url, request } = this.#compose(which);
    return this.#show(await this.#follow(url, request));
  }

  /** The same, without following the redirect. */
  async submitOnce(which?: string | RegExp): Promise<VisitedPage> {
    const { url, request } = this.#compose(which);
    return this.#show([await this.request(url, request)]);
  }

  /** Posts the form in parallel, once for each set of fields (or so many times); stays on the page. */
  async submitTogether(times: number | readonly Values[], which?: string | RegExp): Promise<VisitedPage[]> {
    const sets = typeof times === 'number' ? Array.from({ length: times }, () => ({})) : times;
    const posts = sets.map((fields) => this.#compose(which, fields));
    return Promise.all(posts.map(async ({ url, request }) => new VisitedPage(await this.#follow(url, request))));
  }

  /** One raw request with this browser's cookies; the current page stays. */
  async request(url: string | URL, raw: RawRequest = {}): Promise<Answer> {
    const target = new URL(url, this.#page?.url);
    const method = raw.method ?? 'GET';
    const isCrossSitePost = method !== 'GET' && raw.from !== undefined && raw.from.hostname !== target.hostname;
    const cookie = raw.isBare === true ? '' : this.cookies.header(target, isCrossSitePost);
    const headers: Record<string, string> = {
      ...(raw.isBare === true ? {} : browserHeaders(target, method, raw.from)),
      ...this.#options.headers,
      ...(cookie === '' ? {} : { cookie }),
      ...raw.headers,
    };
    const answer = await exchange(target, method, headers, raw.body, this.#options);
    if (raw.isBare !== true)
      for (const header of answer.headers['set-cookie'] ?? []) this.cookies.store(header, target);
    return answer;
  }

  async #follow(url: URL, raw: RawRequest): Promise<Answer[]> {
    const hops = [await this.request(url, raw)];
    for (;;) {
      const last = hops.at(-1);
      const location = last?.location;
      if (last === undefined || location === undefined) return hops;
      if (this.#options.stopAt?.some((prefix) => location.href.startsWith(prefix)) === true) return hops;
      if (hops.length > 20) throw new Error(`redirected in circles: ${hops.map((hop) => hop.url.href).join(' → ')}`);
      const keeps = last.status === 307 || last.status === 308;
      hops.push(await this.request(location, keeps ? { ...raw, from: last.url } : { from: raw.from ?? last.url }));
    }
  }

  #show(hops: readonly Answer[]): VisitedPage {
    this.#page = new VisitedPage(hops);
    this.#filled = new Map();
    return this.#page;
  }

  #compose(which: string | RegExp | undefined, extra: Values = {}): { url: URL; request: RawRequest } {
    const { form, button } = this.#choose(which);
    const typed = new Map([...this.#filled, ...Object.entries(extra)]);
    const sent = new URLSearchParams();
    for (const [name, value] of form.fields) if (!typed.has(name)) sent.append(name, value);
    for (const [name, value] of typed) if (form.names.has(name) || name in extra) sent.append(name, value);
    if (button?.name !== undefined && !(button.name in extra)) sent.append(button.name, button.value);
    const url = new URL(button?.action ?? form.action);
    if (form.method === 'GET') {
      url.search = sent.toString();
      return { url, request: { from: this.page.url } };
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url, request: { method: 'POST', headers, body: sent.toString(), from: this.page.url } };
  }

  #choose(which: string | RegExp | undefined): { form: PageForm; button: PageButton | undefined } {
    const forms = this.page.forms;
    if (which === undefined) {
      const form =
        forms.find((one) => [...this.#filled.keys()].some((name) => one.names.has(name))) ??
        forms.find((one) => one.isInMain) ??
        forms[0];
      if (form === undefined) throw new Error(`no form on ${this.#describe()}`);
      return { form, button: form.buttons[0] };
    }
    for (const form of forms) {
      const button = form.buttons.find(
        (one) => matches(one.text, which) || one.name === which || `${one.name}=${one.value}` === which,
      );
      if (button !== undefined) return { form, button };
    }
    const form = forms.find(
      (one) => typeof which === 'string' && (one.element.id === which || one.action.pathname.endsWith(which)),
    );
    if (form === undefined) throw new Error(`no button or form ${String(which)} on ${this.#describe()}`);
    return { form, button: form.buttons[0] };
  }

  #describe(): string {
    return `${this.page.url.href} (${this.page.status}, step ${this.page.step ?? 'none'}): ${this.page.text.slice(0, 200)}`;
  }
}

function browserHeaders(target: URL, method: string, from: URL | undefined): Record<string, string> {
  return {
    accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
    'accept-language': 'en',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-fetch-site': fetchSite(target, from),
    ...(method === 'GET' || from === undefined ? {} : { origin: from.origin }),
  };
}

// Fetch Metadata §2.3; a site is taken to be a host name, which is right for the hosts of tests.
function fetchSite(target: URL, from: URL | undefined): string {
  if (from === undefined) return 'none';
  if (from.origin === target.origin) return 'same-origin';
  return from.hostname === target.hostname ? 'same-site' : 'cross-site';
}

function exchange(
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: string | undefined,
  { localHosts = [], behindTls }: Pick<VisitorOptions, 'localHosts' | 'behindTls'>,
): Promise<Answer> {
  const isHttps = url.protocol === 'https:';
  const isBehind = isHttps && behindTls !== undefined;
  const isLocal = isBehind || /(^|\.)(localhost|test)$/.test(url.hostname) || localHosts.includes(url.hostname);
  const send = isHttps && !isBehind ? httpsRequest : httpRequest;
  const port = isBehind ? behindTls : url.port === '' ? (isHttps ? 443 : 80) : url.port;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        host: isLocal ? '127.0.0.1' : url.hostname,
        port,
        path: url.pathname + url.search,
        method,
        agent: false,
        headers: {
          host: url.host,
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0;
          const location = status >= 300 && status < 400 ? incoming.headers.location : undefined;
          resolve({
            url,
            status,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString('utf8'),
            location: location === undefined ? undefined : new URL(location, url),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
