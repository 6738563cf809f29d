import fc from 'fast-check';
import { formsCookie } from '../../src/http/csrf.ts';
import type { Route } from '../../src/http/index.ts';
import { cookiesOf } from '../../src/oidc/cookies.ts';
import { knownBrowserCookie } from '../../src/sign-in/browser-cookie.ts';
import { aClock } from '../support/clock.ts';
import { aSite, fixtureViews } from './support/site.ts';

const dayMs = 86_400_000;

describe('the names of cookies', () => {
  const parts = ['browser', 'session', 'sign-in', 'resume', 'forms', 'known', 'gatehouse', 'language', 'x', 'web1'];
  const realm = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));
  const namesOf = (id: string, isSecure: boolean): string[] => {
    const { session, interaction, resume } = cookiesOf(id, isSecure, []).names;
    const prefix = isSecure ? '__Host-' : '';
    const signed = [session, interaction, resume].flatMap((name) => [name, `${name}.sig`]);
    return [...signed, `${prefix}${formsCookie({ id })}`, knownBrowserCookie(id, isSecure)];
  };

  it('are never shared by two cookies, whatever two realms are called', () => {
    fc.assert(
      fc.property(realm, realm, fc.boolean(), (one, other, isSecure) => {
        const site = ['gatehouse-language', formsCookie({ id: '' })].map((name) =>
          isSecure ? `__Host-${name}` : name,
        );
        const all = [...new Set([one, other])].flatMap((id) => namesOf(id, isSecure));
        expect(new Set([...all, ...site]).size).toBe(all.length + site.length);
      }),
    );
  });
});

describe('the cookie behind every form', () => {
  const page = { view: 'test/form', step: 'test', titleKey: 'test.title', model: { action: '/' } };
  const routes: Route[] = [
    { method: 'GET', path: '/form', handle: (context) => context.render(page) },
    {
      method: 'POST',
      path: '/form',
      handle: async (context) => {
        await context.form();
        context.koa.body = context.browserMark ?? '';
      },
    },
  ];

  it('is renewed past half its life, and forms shown before go on working, for the same browser', async () => {
    const clock = aClock();
    const site = await aSite({ routes }, {}, fixtureViews, clock);
    const open = (cookie: string) => site.ask('/realms/one/form', { headers: { Cookie: cookie } });
    const { body, cookies } = await site.ask('/realms/one/form');
    const [first = ''] = cookies;
    const token = /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
    const post = (cookie: string) =>
      site.ask('/realms/one/form', {
        method: 'POST',
        body: `csrf=${token}`,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: cookie },
      });
    const mark = (await post(first)).body;

    clock.advance(90 * dayMs);
    expect((await open(first)).cookies).toEqual([]);
    clock.advance(dayMs);
    const [renewed = ''] = (await open(first)).cookies;
    expect(renewed).toMatch(/^gatehouse\.forms\.one=/);
    expect(renewed).not.toBe(first);
    expect((await open(renewed)).cookies).toEqual([]);
    for (const cookie of [first, renewed]) {
      const { status, body: marked } = await post(cookie);
      expect({ status, marked }).toEqual({ status: 200, marked: mark });
    }
    await site.stop();
  });

  it.each(['one=x', `gatehouse.forms.one=${'a'.repeat(32)}`, `gatehouse.forms.one=${'a'.repeat(32)}.x`])(
    'is given anew to a browser that sends %s',
    async (cookie) => {
      const site = await aSite({ routes });
      const { cookies } = await site.ask('/realms/one/form', { headers: { Cookie: cookie } });
      expect(cookies).toHaveLength(1);
      await site.stop();
    },
  );
});
