import { originFault, redirectUriFault } from '../../src/realm/addresses.ts';

describe('A7: redirect addresses', () => {
  it.each([
    ['https://portal.example.com/callback', 'web', true],
    ['https://portal.example.com/callback?tenant=1', 'web', true],
    ['https://portal.example.com', 'web', true],
    ['https://portal.example.com/', 'web', true],
    ['https://portal.example.com:8443/cb', 'web', true],
    ['http://localhost:4001/cb', 'web', true],
    ['http://127.0.0.1/cb', 'native', true],
    ['http://[::1]:5000/cb', 'native', true],
    ['https://app.example.com/cb', 'native', true],
    ['https://localhost/cb', 'native', false],
    ['https://localhost/cb', 'web', true],
    ['https://127.0.0.1/cb', 'native', false],
    ['http://127.0.0.2/cb', 'native', false],
    ['http://app.localhost/cb', 'native', false],
    ['com.example.app:/callback', 'native', true],
    ['com.example.app:/callback', 'web', false],
    ['myapp:/callback', 'native', false],
    ['javascript:alert(1)', 'native', false],
    ['data:text/html,x', 'native', false],
    ['http://portal.example.com/cb', 'web', false],
    ['http://localhost.example.com/cb', 'web', false],
    ['http://127.0.0.1.example.com/cb', 'web', false],
    ['https://portal.example.com/cb#', 'web', false],
    ['https://portal.example.com/cb#x', 'web', false],
    ['https://*.example.com/cb', 'web', false],
    ['https://mia:secret@example.com/cb', 'web', false],
    ['https://portal.example.com/a/../cb', 'web', false],
    ['https://portal.example.com/a/%2e%2e/cb', 'web', false],
    ['https:portal.example.com/cb', 'web', false],
    ['https:\\\\portal.example.com\\cb', 'web', false],
    ['HTTPS://portal.example.com/cb', 'web', false],
    ['https://Portal.example.com/cb', 'web', false],
    ['https://portal.example.com:443/cb', 'web', false],
    [' https://portal.example.com/cb', 'web', false],
    ['https://portal.example.com/c b', 'web', false],
    ['https://portal.example.com/c\nb', 'web', false],
    ['//portal.example.com/cb', 'web', false],
    ['/cb', 'web', false],
    ['', 'web', false],
    ['https://portal.example.com/cb', 'machine', false],
    [`https://portal.example.com/${'x'.repeat(2_048)}`, 'web', false],
  ] as const)('%j for a %s portal: %s', (uri, kind, isFine) => {
    expect(redirectUriFault(uri, kind) === undefined).toBe(isFine);
  });
});

describe('origins', () => {
  it.each([
    ['https://id.example.com', true],
    ['https://id.example.com:8443', true],
    ['http://localhost:4000', true],
    ['https://id.example.com/', false],
    ['https://id.example.com/x', false],
    ['http://id.example.com', false],
  ])('%j: %s', (origin, isFine) => {
    expect(originFault(origin) === undefined).toBe(isFine);
  });
});
