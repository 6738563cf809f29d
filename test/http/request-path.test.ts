import fc from 'fast-check';
import { pathParts } from '../../src/http/request-path.ts';
import { GatehouseError } from '../../src/kernel/index.ts';

describe("a request's path", () => {
  it.each([
    ['/', []],
    ['/realms/web1', ['realms', 'web1']],
    ['/realms/web1/', ['realms', 'web1']],
    ['/realms/web1?next=//x/../y', ['realms', 'web1']],
    ['/a/caf%C3%A9', ['a', 'café']],
    ['/.well-known/openid-configuration', ['.well-known', 'openid-configuration']],
    ['/a%20b', ['a b']],
  ])('%s is read', (url, parts) => {
    expect(pathParts(url)).toEqual(parts);
  });

  it.each([
    '//realms/web1',
    '/realms//web1',
    '/realms/./web1',
    '/realms/../web1',
    '/realms/%2e%2e/web1',
    '/realms/%2E/web1',
    '/realms%2fweb1',
    '/realms%5cweb1',
    '/realms\\web1',
    '/realms/web1;a=b',
    '/realms/web1%3ba',
    '/realms/web1%00',
    '/realms/web1%0a',
    '/realms/%252e%252e/x',
    '/realms/%c0%ae%c0%ae/x',
    '/realms/%e0%80%af',
    '/realms/%ff',
    '/realms/%',
    '/realms/%zz',
    '/realms/web1//',
    '/ä',
    'http://elsewhere/realms/web1',
    '*',
    '',
    `/${'a'.repeat(129)}`,
    `/${'a/'.repeat(17)}`,
  ])('fault 40: %j is refused', (url) => {
    expect(() => pathParts(url)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  it('B1: is read or refused, whatever it is; what is read holds no separator, dot part or control', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webPath(),
          fc.string().map((text) => `/${text}`),
        ),
        (url) => {
          try {
            return pathParts(url).every(
              (part) =>
                part !== '' &&
                part !== '.' &&
                part !== '..' &&
                ![...'/\\;\0\n'].some((letter) => part.includes(letter)),
            );
          } catch (error) {
            return error instanceof GatehouseError;
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
