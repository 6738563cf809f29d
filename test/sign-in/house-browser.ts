import type { Context } from 'koa';
import pino from 'pino';
import type { PageRequest, RealmContext, Route } from '../../src/http/index.ts';
import { GatehouseError } from '../../src/kernel/index.ts';
import type { House } from './house.ts';

/** What came back: a page, or a way on. */
export interface Answer {
  readonly page: PageRequest | undefined;
  readonly to: string | undefined;
  readonly headers: ReadonlyMap<string, string>;
}

/** A browser: cookies, an address, and the requests it began. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly address: string;
  /** What tells it from others, whatever cookie of an attempt it holds. */
  mark: string | undefined;
  readonly house: House;
  constructor(house: House, address = '192.0.2.1') {
    this.house = house;
    this.address = address;
    this.cookies.set('csrf', 'yes');
  }

  get(path: string): Promise<Answer> {
    return this.#ask('GET', path, {});
  }

  /**
   * As by the form that is shown now, unless `form` says whom it was made for. A form sent back is followed to the page
   * that says what was wrong with it.
   */
  async post(path: string, form: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.postOnce(path, form);
    return answer.to?.includes('?fault=') === true ? this.get(answer.to) : answer;
  }

  /** The same, without following anything. */
  async postOnce(path: string, form: Record<string, string> = {}): Promise<Answer> {
    const [, uid = ''] = /^\/sign-in\/([^/]+)/.exec(path) ?? [];
    const madeFor = 'made_for' in form ? undefined : await this.house.madeFor(uid);
    return this.#ask('POST', path, madeFor === undefined ? form : { ...form, made_for: madeFor });
  }

  /** Follows redirects within the sign-in to the page they end at. */
  async follow(answer: Answer): Promise<Answer> {
    let current = answer;
    for (let hops = 0; hops < 10 && current.to?.startsWith('/') === true; hops += 1)
      current = await this.get(current.to);
    return current;
  }

  async land(method: 'get' | 'post', path: string, form: Record<string, string> = {}): Promise<Answer> {
    return this.follow(method === 'get' ? await this.get(path) : await this.post(path, form));
  }

  async #ask(method: 'GET' | 'POST', address: string, form: Record<string, string>): Promise<Answer> {
    const { pathname: path, searchParams } = new URL(address, 'https://id.example');
    const match = routeFor(this.house.signIn.routes, method, path);
    if (match === undefined) throw new GatehouseError('not_found', `no route ${method} ${path}`);
    const answer: { page?: PageRequest; to?: string } = {};
    const headers = new Map<string, string>();
    const koa = {
      query: Object.fromEntries(searchParams),
      cookies: { get: (name: string) => this.cookies.get(name) },
      get: (name: string) => (name === 'Cookie' ? [...this.cookies].join('; ') : ''),
      set: (name: string, value: string) => headers.set(name, value),
      append: (_: string, line: string) => {
        const [pair = ''] = line.split(';');
        const at = pair.indexOf('=');
        this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
      },
    };
    const context: RealmContext = {
      koa: koa as unknown as Context,
      realm: this.house.realm(),
      params: match.params,
      locale: 'en',
      address: this.address,
      browser: 'Firefox on Windows',
      browserMark: this.mark,
      reference: 'AAAA-BBBB',
      log: pino({ level: 'silent' }),
      form: async () => form,
      render: async (page) => void (answer.page = page),
      redirect: (to) => void (answer.to = to),
    };
    owners.set(context, this);
    await match.route.handle(context);
    return { page: answer.page, to: answer.to, headers };
  }
}

const owners = new WeakMap<RealmContext, Browser>();

/** Whose request it is. */
export const ownerOf = (context: RealmContext): Browser | undefined => owners.get(context);

function routeFor(routes: readonly Route[], method: string, path: string) {
  const parts = path.split('/');
  for (const exact of [true, false]) {
    for (const route of routes) {
      const names = route.path.split('/');
      if (route.method !== method || names.length !== parts.length) continue;
      if (exact && names.filter((name) => name.startsWith(':')).length > 1) continue;
      if (!names.every((name, at) => name.startsWith(':') || name === parts[at])) continue;
      const named = names.flatMap((name, at) => (name.startsWith(':') ? [[name.slice(1), parts[at] ?? '']] : []));
      return { route, params: Object.fromEntries(named) as Record<string, string> };
    }
  }
  return undefined;
}
