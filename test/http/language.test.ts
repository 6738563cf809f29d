import fc from 'fast-check';
import { browserName } from '../../src/http/index.ts';
import { acceptedLanguages, directionOf, nameOfLanguage } from '../../src/http/language.ts';
import { createRouteTable } from '../../src/http/route-table.ts';

describe('languages', () => {
  it.each([
    ['de', ['de']],
    ['fr;q=0.5, de;q=0.9, en', ['en', 'de', 'fr']],
    ['de-AT,de;q=0.8', ['de-AT', 'de']],
    ['en;q=0, de', ['de']],
    ['*, <script>, de', ['de']],
    ['', []],
  ])('of "%s" are ranked', (header, tags) => {
    expect(acceptedLanguages(header)).toEqual(tags);
  });

  it('B1: any header is read', () => {
    fc.assert(fc.property(fc.string(), (header) => Array.isArray(acceptedLanguages(header))));
  });

  it('call themselves by their own name and run their own way', () => {
    expect(['en', 'de', 'ja'].map(nameOfLanguage)).toEqual(['English', 'Deutsch', '日本語']);
    expect(['en', 'ar', 'he-IL'].map(directionOf)).toEqual(['ltr', 'rtl', 'rtl']);
  });
});

describe('browsers', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Windows'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/128.0 Safari/537.36 Edg/128.0', 'Edge on Windows'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (Linux; Android 14) Chrome/128.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['curl/8.0', 'Unknown browser'],
    [undefined, 'Unknown browser'],
  ])('%j is named', (agent, name) => {
    expect(browserName(agent)).toBe(name);
  });
});

describe('the route table', () => {
  const table = createRouteTable([
    { method: 'GET', path: '/sign-in/:uid' },
    { method: 'GET', path: '/sign-in/:uid/password' },
    { method: 'POST', path: '/sign-in/:uid/password' },
    { method: 'GET', path: '/sign-in/new' },
  ]);

  it('finds a route and its params', () => {
    expect(table.match('GET', ['sign-in', 'x1', 'password'])).toMatchObject({ params: { uid: 'x1' } });
  });

  it('prefers a plain part, and comes back to the name when that leads nowhere', () => {
    expect(table.match('GET', ['sign-in', 'new'])?.route?.path).toBe('/sign-in/new');
    expect(table.match('GET', ['sign-in', 'new', 'password'])?.params).toEqual({ uid: 'new' });
  });

  it('answers HEAD as GET, and tells which methods a path has', () => {
    expect(table.match('HEAD', ['sign-in', 'x'])?.route?.path).toBe('/sign-in/:uid');
    expect(table.match('DELETE', ['sign-in', 'x', 'password'])).toMatchObject({
      route: undefined,
      methods: ['GET', 'POST'],
    });
  });

  it('knows nothing of other paths', () => {
    expect(table.match('GET', ['sign-in'])).toBeUndefined();
    expect(table.match('GET', ['sign-in', 'x', 'password', 'y'])).toBeUndefined();
  });

  it('refuses two routes for the same address, and paths that are none', () => {
    const twice = [
      { method: 'GET', path: '/a/:b' },
      { method: 'GET', path: '/a/:c' },
    ];
    expect(() => createRouteTable(twice)).toThrow('two routes');
    expect(() => createRouteTable([{ method: 'GET', path: 'a' }])).toThrow('not a route');
  });
});
