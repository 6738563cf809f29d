import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { createAddressReader } from '../../src/http/address.ts';

const read = (trusted: string[], remoteAddress: string, forwarded?: string) =>
  createAddressReader(trusted)({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage).address;

describe("the client's address", () => {
  it.each([
    ['the socket, without proxies', [], '192.0.2.1', undefined, '192.0.2.1'],
    ['IPv4 in IPv6 as IPv4', [], '::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['faults 11, 12: never a header of a stranger', [], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    [
      'faults 11, 12: never a header of a stranger beside a proxy',
      ['10.0.0.0/8'],
      '192.0.2.1',
      '198.51.100.7',
      '192.0.2.1',
    ],
    ["the proxy's word", ['10.0.0.0/8'], '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    [
      'what the proxy added, not what the client wrote before it',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '6.6.6.6, 198.51.100.7',
      '198.51.100.7',
    ],
    [
      'the first untrusted hop behind two proxies',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '6.6.6.6, 198.51.100.7, 10.9.9.9',
      '198.51.100.7',
    ],
    ['fault 13: the proxy, when its header is no address', ['10.0.0.0/8'], '10.1.2.3', 'nonsense', '10.1.2.3'],
    [
      'fault 13: no further than the part that is no address',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '6.6.6.6, x, 10.9.9.9',
      '10.9.9.9',
    ],
    ['the proxy itself without a header', ['10.1.2.3'], '10.1.2.3', undefined, '10.1.2.3'],
    ['IPv6 behind an IPv6 proxy', ['fd00::/8'], 'fd00::1', '2001:db8::5', '2001:db8::5'],
    ['octal notation is no address', ['10.0.0.0/8'], '10.1.2.3', '0177.0.0.1', '10.1.2.3'],
    ['a socket that is gone', [], '', undefined, '0.0.0.0'],
  ] as const)('is %s', (_, trusted, socket, forwarded, expected) => {
    expect(read([...trusted], socket, forwarded)).toBe(expected);
  });

  it('is the same when it is read again, after ever so many others', () => {
    const readAgain = createAddressReader(['10.0.0.0/8']);
    const behind = (forwarded: string) =>
      readAgain({
        socket: { remoteAddress: '10.1.2.3' },
        headers: { 'x-forwarded-for': forwarded },
      } as unknown as IncomingMessage);
    for (let round = 0; round < 2; round += 1) {
      for (let at = 0; at < 1_500; at += 1) {
        const address = `203.0.${at >> 8}.${at & 255}`;
        expect(behind(`::ffff:${address}, 10.9.9.9`)).toStrictEqual({ address, isFromProxy: true });
        expect(behind(`x${at}`)).toStrictEqual({ address: '10.1.2.3', isFromProxy: true });
      }
    }
  });

  it('is none where it is longer than any address', () => {
    expect(read(['10.0.0.0/8'], '10.1.2.3', `fe80::1%${'a'.repeat(100)}`)).toBe('10.1.2.3');
  });

  it('fault 11: stays the same whatever a stranger writes', () => {
    fc.assert(fc.property(fc.string(), (header) => read(['10.0.0.0/8'], '192.0.2.1', header) === '192.0.2.1'));
  });
});
