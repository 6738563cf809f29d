import { codeOf, timeStep } from '../../src/tokens/index.ts';

const ascii = (text: string) => Buffer.from(text).toString('base64');
const twenty = '12345678901234567890';

describe('one-time codes', () => {
  // RFC 4226 appendix D.
  it.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, counter) => [counter, code] as const,
    ),
  )('R2: counter %i makes %s', (counter, code) => {
    expect(codeOf({ secret: ascii(twenty), algorithm: 'sha1', digits: 6 }, counter)).toBe(code);
  });

  // RFC 6238 appendix B, with the seeds of erratum 2866.
  it.each([
    [59, 'sha1', '94287082'],
    [59, 'sha256', '46119246'],
    [59, 'sha512', '90693936'],
    [1111111109, 'sha1', '07081804'],
    [1111111109, 'sha256', '68084774'],
    [1111111109, 'sha512', '25091201'],
    [1111111111, 'sha1', '14050471'],
    [1234567890, 'sha256', '91819424'],
    [2000000000, 'sha512', '38618901'],
    [20000000000, 'sha1', '65353130'],
    [20000000000, 'sha256', '77737706'],
    [20000000000, 'sha512', '47863826'],
  ] as const)('R1: second %i makes, with %s, %s', (second, algorithm, code) => {
    const bytes = { sha1: 20, sha256: 32, sha512: 64 }[algorithm];
    const secret = ascii(twenty.repeat(4).slice(0, bytes));
    expect(codeOf({ secret, algorithm, digits: 8 }, timeStep(30, new Date(second * 1000)))).toBe(code);
  });
});
