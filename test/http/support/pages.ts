import type { Route } from '../../../src/http/index.ts';
import { GatehouseError } from '../../../src/kernel/index.ts';
import { aSite, type TestSite } from './site.ts';

const page = { view: 'test/form', step: 'test', titleKey: 'test.title' };
/** A form, and routes that go wrong each in its own way. */
export const routes: Route[] = [
  {
    method: 'GET',
    path: '/form',
    handle: (context) =>
      context.render({ ...page, formOrigins: ['https://portal.example/cb?x', 'com.example.app:/cb'] }),
  },
  {
    method: 'POST',
    path: '/form',
    handle: async (context) => {
      const form = await context.form();
      if (form.code === '1') return context.redirect('/done');
      return context.render({
        ...page,
        status: 422,
        values: { code: form.code ?? '' },
        faults: { code: { key: 'test.wrong', params: { what: '<b>' } } },
      });
    },
  },
  { method: 'GET', path: '/other', handle: (context) => context.render(page) },
  { method: 'GET', path: '/broken', handle: () => Promise.reject(new Error('the secret reason')) },
  {
    method: 'GET',
    path: '/limited',
    handle: () => Promise.reject(new GatehouseError('too_many', 'x', { retryAfterS: 7 })),
  },
  { method: 'GET', path: '/strict', handle: (context) => context.render({ ...page, view: 'test/strict' }) },
  { method: 'GET', path: '/elsewhere', handle: async (context) => context.redirect('//evil.example') },
  { method: 'GET', path: '/token/:token', handle: async ({ koa, address }) => void (koa.body = address) },
];

/** A site with those routes in its realms, and one page outside of them. */
export const aSiteWithPages = (): Promise<TestSite> =>
  aSite({ routes, siteRoutes: [{ method: 'GET', path: '/', handle: (context) => context.render(page) }] });

/** What posts a form. */
export const form = (body: string | Buffer, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
});

/** A page's CSRF token and the cookie that goes with it. */
export async function open(at: TestSite, path = '/realms/one/form') {
  const { body, cookies } = await at.ask(path);
  return { token: /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? '', Cookie: cookies.join('; ') };
}
