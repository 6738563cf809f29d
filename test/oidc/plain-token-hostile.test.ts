import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { GatehouseError } from '../../src/kernel/index.ts';
import { aPortal, aRealm, aUser, claimsIn, Host, Rp, type Tokens } from './host.ts';

const orders = 'https://api.test/orders';
const machine = 'grant_type=client_credentials&client_id=job&client_secret=job-secret';
/** A field that oidc-provider passes over; whoever sends it is answered by oidc-provider. */
const byProvider = '&of_no_meaning=x';
const basic = (pair: string, padding = '') =>
  `Authorization: Basic ${Buffer.from(pair).toString('base64').replaceAll('=', '')}${padding}`;

/** `body`: one byte for each character. */
function request(body: string, ...headers: readonly string[]): string {
  const own = ['Host: localhost', 'Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`];
  return ['POST /realms/web1/token HTTP/1.1', ...own, ...headers, '', body].join('\r\n');
}

const last = 'Connection: close';

describe('the token endpoint, asked by somebody hostile', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(
      aRealm('web1', { resources: [{ id: orders, name: 'Orders', scopes: ['orders:read'], tokenFormat: 'jwt' }] }),
      aPortal('web1', 'mail'),
      aPortal('web1', 'job', { kind: 'machine', scopes: ['orders:read'], resources: [orders], redirectUris: [] }),
      aUser('web1', 'mia'),
    );
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  const open = (): Socket => connect(Number(new URL(host.origin).port), '127.0.0.1').setEncoding('latin1');

  /** All that comes back until the server closes. */
  async function sent(bytes: string): Promise<string> {
    const socket = open();
    socket.write(bytes, 'latin1');
    return text(socket);
  }

  /** What the answer says, but for what no two have alike. */
  async function answerTo(bytes: string): Promise<unknown> {
    const answer = await sent(bytes);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Tokens;
    const { jti: _, ...claims } = body.access_token === undefined ? {} : claimsIn(body.access_token);
    return { status: Number(answer.slice(9, 12)), body: { ...body, access_token: claims } };
  }

  const job = 'grant_type=client_credentials';
  const more = (form: string): [string, string] => [`${machine}&${form}`, ''];
  const asked: readonly [form: string, header: string][] = [
    [job, basic('job:job-secret', '=')],
    [job, basic('job:job-secret')],
    [job, basic('job:job-secret', '==')],
    [job, basic('job:job-secret', 'A')],
    [job, basic('job%00:job-secret', '==')],
    [job, basic('%6aob:job%2dsecret', '=')],
    [job, `${basic('job:job-secret', '=')}\r\n${basic('job:guess')}`],
    [job, `${basic('job:guess')}\r\n${basic('job:job-secret', '=')}`],
    [job, basic('__proto__:x')],
    ['&&', basic('job:job-secret', '=')],
    [`\u00ef\u00bb\u00bf${job}`, basic('job:job-secret', '=')],
    [machine, 'Authorization: '],
    [machine, 'Authorization: Bearer x'],
    [machine, 'DPoP: '],
    [machine, 'Origin: null'],
    [machine, 'Content-Encoding: gzip'],
    ...['constructor', '__proto__', 'hasOwnProperty', 'client_credentials%00'].map((grant): [string, string] => [
      machine.replace('client_credentials', grant),
      '',
    ]),
    ...['__proto__=x', 'constructor=x', '__proto__', 'scope=__proto__', 'scope=%zz', 'scope=orders:read%ff'].map(more),
    ...['scope=orders:read++orders:read', 'scope=', 'resource=', 'resource[]=x', '=x'].map(more),
    ...[`resource=${orders}&resource=${orders}`, `resource=${orders}%23`, 'client_secret=job-secret'].map(more),
    more(Array.from({ length: 1_000 }, (_, at) => at.toString(36)).join('&')),
    [`${'&'.repeat(1_200)}${machine}`, ''],
  ];
  const titled = asked.map(([form, header]) => [`${form} ${header}`.trim().slice(0, 120), form, header] as const);
  it.each(titled)('says what oidc-provider says, to %s', async (_, form, header) => {
    const headers = header === '' ? [last] : [header, last];
    const plain = await answerTo(request(form, ...headers));
    expect(plain).toStrictEqual(await answerTo(request(`${form}${byProvider}`, ...headers)));
  });

  it.each([
    ['two lengths', request(machine, 'Content-Length: 9')],
    ['a length and pieces', request(machine, 'Transfer-Encoding: chunked')],
    ['a length that is no number', request(machine).replace('Content-Length: ', 'Content-Length: 0x')],
  ])('is asked by nothing that has %s', async (_, bytes) => {
    expect(await sent(bytes)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('answers each of several sent at once, in their order, whoever answers them', async () => {
    const all = [machine, `${machine}${byProvider}`, `${machine}&scope=orders:read`].map((form) => request(form));
    const answers = await sent([...all, request(machine.replace('job-secret', 'guess'), last)].join(''));
    const told = answers.split(/HTTP\/1\.1 /).slice(1);
    expect(told.map((each) => each.slice(0, 3))).toStrictEqual(['200', '200', '200', '401']);
    expect(told.map((each) => each.includes('"scope":"orders:read"'))).toStrictEqual([false, false, true, false]);
  });

  it('takes a body that comes after the headers, and keeps nothing of it on the connection', async () => {
    const arrived = arrivals();
    const socket = open();
    const [head = '', body = ''] = request(machine).split(/(?<=\r\n\r\n)/);
    socket.write(head);
    const asking = await arrived.next();
    socket.write(body);
    const [answer] = await once(socket, 'data');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect([asking.readableEnded, asking.listenerCount('readable')]).toStrictEqual([true, 0]);
    socket.write(request(machine, last));
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
  });

  /** Requests as they reach the room; each is handed to it after `before`. */
  function arrivals(before: (request: IncomingMessage) => Promise<unknown> = async () => undefined) {
    const { oidc } = host;
    const waiting = Promise.withResolvers<IncomingMessage>();
    const answered = Promise.withResolvers<unknown>();
    host.oidc = {
      ...oidc,
      async respond(realm, asking, response) {
        waiting.resolve(asking);
        await before(asking);
        const answering = oidc.respond(realm, asking, response);
        answering.then(answered.resolve, answered.reject);
        return answering;
      },
    };
    return { next: () => waiting.promise, answered: answered.promise };
  }

  describe('and broken off', () => {
    const form = (token: string | undefined) =>
      `grant_type=refresh_token&client_id=mail&client_secret=mail-secret&refresh_token=${token}`;
    const amounts: readonly [string, (whole: string) => string][] = [
      ['before the body', (whole) => whole.slice(0, whole.indexOf('\r\n\r\n') + 4)],
      ['in the body', (whole) => whole.slice(0, -9)],
      ['after the body', (whole) => whole],
    ];

    it.each(amounts)('%s, before anybody looks at it: comes to an end, and uses no token up', async (_, part) => {
      const { refresh_token: token = '' } = await rp.signIn();
      const { oidc } = host;
      const arrived = arrivals((asking) => new Promise((resolve) => void asking.once('close', resolve)));
      const socket = open();
      socket.write(part(request(form(token))));
      await arrived.next();
      socket.destroy();
      expect(await arrived.answered).toBeUndefined();
      host.oidc = oidc;
      expect((await rp.refresh(token)).status).toBe(200);
    });

    it('while its body is waited for: comes to an end', async () => {
      const arrived = arrivals();
      const socket = open();
      socket.write(request(machine).slice(0, -machine.length));
      const asking = await arrived.next();
      socket.destroy();
      expect(await arrived.answered).toBeUndefined();
      expect(asking.listenerCount('readable')).toBe(0);
    });
  });

  describe('while the database fails', () => {
    const unavailable = new GatehouseError('unavailable', 'store: gone', { retryAfterS: 7 });
    const faults: readonly [string, readonly string[], Error, number][] = [
      ['the refresh token', ['oidc_refresh_tokens'], new Error('disk full'), 500],
      ['the access token', ['oidc_access_tokens'], new Error('disk full'), 500],
      ['both', ['oidc_refresh_tokens', 'oidc_access_tokens'], unavailable, 503],
    ];
    it.each(faults)('to keep %s says so, and gives none', async (_, names, fault, status) => {
      const { refresh_token: token = '' } = await rp.signIn();
      const opened = host.storage.store.collections().filter(({ declaration }) => names.includes(declaration.name));
      const inserts = opened.map((each) => jest.spyOn(each, 'insert').mockRejectedValue(fault));
      const answer = await rp.refresh(token);
      for (const insert of inserts) insert.mockRestore();
      const body = { error: 'server_error', error_description: 'the tokens could not be kept' };
      expect(answer).toStrictEqual({ status, body });
      // It was used: whoever has it may not be who was not answered.
      expect(await rp.refresh(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    });
  });

  it('A7: of 50 refreshes at once, while everything of the person ends, one wins at most, and nothing stays', async () => {
    const { refresh_token: token = '' } = await rp.signIn();
    const asking = Array.from({ length: 50 }, async (_, at) => {
      if (at === 20) await host.oidc.endSessionsOf('web1', 'mia');
      return rp.refresh(token);
    });
    const answers = await Promise.all(asking);
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(50 - won.length);
    for (const { body } of won) {
      expect((await rp.refresh(body.refresh_token ?? '')).status).toBe(400);
      expect((await rp.userinfo(body.access_token)).status).toBe(401);
    }
  });
});
