import { GatehouseError } from '../../src/kernel/index.ts';
import { aPortal, aRealm, Host, Rp } from './host.ts';

const deviceGrant = { grants: ['authorization_code', 'device_code'] } as const;

describe('people who have proven nothing', () => {
  let host: Host;
  let admitted: string[];
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail', deviceGrant));
    host.add(aPortal('web1', 'app', { kind: 'browser', ...deviceGrant }));
    host.signIn = () => undefined;
    admitted = [];
    host.admitStranger = async (address) => void admitted.push(address);
  });
  afterEach(() => host.stop());

  const refuseAll = () => {
    host.admitStranger = () => Promise.reject(new GatehouseError('too_many', 'enough', { retryAfterS: 17 }));
  };
  const send = (path: string, form: Record<string, string> | URLSearchParams | string[][]) =>
    fetch(`${host.origin}/realms/web1${path}`, {
      method: 'POST',
      body: new URLSearchParams(form as [string, string][]),
      redirect: 'manual',
    });
  const request = (clientId: string) => new Rp(host, 'web1', clientId).authorizationUrl().searchParams;

  it.each<[string, () => Promise<unknown>]>([
    ['a sign-in', () => new Rp(host, 'web1', 'mail').browser.visit(new Rp(host, 'web1', 'mail').authorizationUrl())],
    ['a pushed request of a portal without credentials', () => send('/request', request('app'))],
    [
      'a device code of a portal without credentials',
      () => send('/device/auth', { client_id: 'app', scope: 'openid' }),
    ],
    ['a long request by POST', () => send('/auth', [...request('mail'), ['x', 'y'.repeat(5_000)]])],
  ])('are counted for %s, by their address', async (_, begin) => {
    await begin();
    expect(admitted).toEqual([expect.stringMatching(/127\.0\.0\.1$/)]);
  });

  it('are not those who act for a portal with its credentials', async () => {
    const secret = { client_id: 'mail', client_secret: 'mail-secret' };
    expect((await send('/request', { ...Object.fromEntries(request('mail')), ...secret })).status).toBe(201);
    expect((await send('/device/auth', { ...secret, scope: 'openid' })).status).toBe(200);
    expect(admitted).toEqual([]);
  });

  it('are not counted, nor anything stored, for a portal that there is not', async () => {
    expect(
      (await new Rp(host, 'web1', 'nobody').browser.visit(new Rp(host, 'web1', 'nobody').authorizationUrl())).status,
    ).toBe(400);
    expect((await send('/request', request('nobody'))).status).toBe(401);
    expect((await send('/device/auth', { client_id: 'nobody', scope: 'openid' })).status).toBe(401);
    const long = [...request('nobody'), ['x', 'y'.repeat(5_000)]];
    expect((await send('/auth', long)).headers.get('location')?.length).toBeLessThan(200);
    expect(admitted).toEqual([]);
  });

  it.each([
    ['/request', () => Object.fromEntries(request('app'))],
    ['/device/auth', () => ({ client_id: 'app', scope: 'openid' })],
  ])('are told by %s when to try again', async (path, form) => {
    refuseAll();
    const answer = await send(path, form());
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('17');
  });

  it('are not sent to the portal when it was too much, but told so', async () => {
    refuseAll();
    const { browser } = new Rp(host, 'web1', 'mail');
    const page = await browser.visit(new Rp(host, 'web1', 'mail').authorizationUrl());
    expect(page.location).toBeUndefined();
    expect(host.answers.at(-1)).toMatchObject({ kind: 'error', cause: { code: 'too_many', retryAfterS: 17 } });
  });
});
