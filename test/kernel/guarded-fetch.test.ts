import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuardedFetch, isPublicAddress } from '../../src/kernel/index.ts';

describe('which addresses are public', () => {
  it.each([
    ['93.184.215.14', true],
    ['2606:2800:21f:cb07::1', true],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
    ['100.64.0.1', false],
    ['127.0.0.1', false],
    ['127.255.255.254', false],
    ['169.254.169.254', false],
    ['172.16.0.1', false],
    ['172.31.255.255', false],
    ['172.32.0.1', true],
    ['192.168.1.1', false],
    ['192.0.2.1', false],
    ['198.18.0.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:93.184.215.14', true],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['fc00::1', false],
    ['fd12:3456::1', false],
    ['fe80::1', false],
    ['ff02::1', false],
    ['localhost', false],
    ['', false],
  ])('%j: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});

describe('calling an address that somebody else chose', () => {
  let server: Server;
  let origin: string;
  let asked: IncomingMessage[];
  let answer: RequestListener;
  beforeEach(async () => {
    asked = [];
    answer = (_request, response) => void response.end('hello');
    server = createServer((request, response) => {
      asked.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost/',
    'http://93.184.215.14/',
    'ftp://93.184.215.14/',
    'file:///etc/passwd',
    'https://mia:secret@93.184.215.14/',
  ])('refuses %s', async (address) => {
    await expect(createGuardedFetch({ allowOrigins: [] })(address)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([[['10.1.2.3']], [['93.184.215.14', '127.0.0.1']], [[]]])(
    'refuses a host that resolves to %j',
    async (addresses) => {
      const resolve = async () => addresses.map((address) => ({ address, family: 4 }));
      const call = createGuardedFetch({ allowOrigins: [], resolve });
      await expect(call('https://portal.example.com/')).rejects.toMatchObject({ code: 'forbidden' });
    },
  );

  it('calls an origin that is allowed, and no other port of it', async () => {
    const call = createGuardedFetch({ allowOrigins: [origin] });
    const headers = { 'content-type': 'text/plain', 'x-trace': '7' };
    const response = await call(`${origin}/a?b=c`, { method: 'POST', headers, body: 'ping' });
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/a?b=c', headers: { ...headers, 'content-length': '4' } });
    const { port } = new URL(origin);
    const otherPort = port === '65535' ? '65534' : String(Number(port) + 1);
    await expect(call(`http://127.0.0.1:${otherPort}/`)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('asks for the address once and connects to that one, whatever the name says later', async () => {
    const { port } = new URL(origin);
    const answers = ['127.0.0.1', '127.0.0.2'];
    let lookups = 0;
    let addressCalled: string | undefined;
    answer = (request, response) => {
      addressCalled = request.socket.localAddress;
      response.end();
    };
    const resolve = async () => [{ address: answers[lookups++] ?? '', family: 4 }];
    const call = createGuardedFetch({ allowOrigins: [`http://crm.internal:${port}`], resolve });
    expect((await call(`http://crm.internal:${port}/`)).status).toBe(200);
    expect(lookups).toBe(1);
    expect(asked[0]?.headers.host).toBe(`crm.internal:${port}`);
    expect(addressCalled).toBe('127.0.0.1');
  });

  it('does not follow redirects', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: `${origin}/elsewhere` }).end();
    const response = await createGuardedFetch({ allowOrigins: [origin] })(origin);
    expect(response.status).toBe(302);
    expect(asked).toHaveLength(1);
  });

  it('sends a form as one, with the type that it was given or the usual one', async () => {
    const bodies: string[] = [];
    answer = (request, response) =>
      void request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())).on('end', () => response.end());
    const call = createGuardedFetch({ allowOrigins: [origin] });
    const body = new URLSearchParams({ logout_token: 'a+b=' });
    await call(origin, { method: 'POST', body });
    await call(origin, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
    expect(bodies).toEqual(['logout_token=a%2Bb%3D', 'logout_token=a%2Bb%3D']);
    expect(asked.map(({ headers }) => headers['content-type'])).toEqual([
      'application/x-www-form-urlencoded;charset=UTF-8',
      'application/x-www-form-urlencoded',
    ]);
  });

  it('gives an answer without a body as such', async () => {
    answer = (_request, response) => void response.writeHead(204).end();
    expect((await createGuardedFetch({ allowOrigins: [origin] })(origin)).body).toBeNull();
  });

  it('gives up on an answer that is too long, or that never ends', async () => {
    answer = (_request, response) => void response.end(Buffer.alloc(256 * 1024 + 1));
    await expect(createGuardedFetch({ allowOrigins: [origin] })(origin)).rejects.toThrow(/longer than/);
    answer = (_request, response) => void response.write('a');
    await expect(createGuardedFetch({ allowOrigins: [origin], timeoutMs: 50 })(origin)).rejects.toThrow(/abort/i);
  });
});
