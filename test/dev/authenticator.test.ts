import fc from 'fast-check';
import { readPasted, showAccount } from '../../src/dev/authenticator.ts';

// RFC 6238 appendix B: the ASCII secret 12345678901234567890
const rfcSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

function codesAt(pasted: string, epochS: number) {
  const read = readPasted(pasted);
  if (!read.ok) throw new Error(read.why);
  return showAccount(read.account, new Date(epochS * 1000), true);
}

describe('built-in authenticator', () => {
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [20_000_000_000, '65353130'],
  ])('R1: shows the code of RFC 6238 at second %i', (epochS, code) => {
    expect(codesAt(`otpauth://totp/x?secret=${rfcSecret}&digits=8`, epochS).code).toBe(code);
  });

  it.each([
    [0, 30],
    [29, 1],
    [30, 30],
  ])('at second %i of the clock a code has %i s left', (epochS, left) => {
    expect(codesAt(rfcSecret, epochS).remainingS).toBe(left);
  });

  it('shows as next code what is the code one period later', () => {
    expect(codesAt(rfcSecret, 59).nextCode).toBe(codesAt(rfcSecret, 89).code);
  });

  it('reads a secret as people copy it: in groups, in lower case, with padding', () => {
    expect(codesAt('gezd gnbv gy3t qojq gezd gnbv gy3t qojq ', 59).code).toBe(codesAt(rfcSecret, 59).code);
    expect(codesAt('GEZDGNBVGY3TQOJQ====', 59).code).toMatch(/^\d{6}$/);
  });

  it('reads issuer, account, algorithm, digits and period of an otpauth address', () => {
    const read = readPasted(
      `otpauth://totp/Web1:mia%40example.test?secret=${rfcSecret}&issuer=Web1&algorithm=SHA256&digits=8&period=60`,
    );
    expect(read).toMatchObject({
      ok: true,
      account: { label: 'mia@example.test', issuer: 'Web1', algorithm: 'sha256', digits: 8, periodS: 60 },
    });
  });

  it.each([
    ['ABC', 'too_short'],
    ['', 'too_short'],
    ['GEZDGNBVGY3TQOJ1', 'not_base32'],
    ['otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ', 'not_totp'],
    ['otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=0', 'not_totp'],
    ['otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=12', 'not_totp'],
    ['otpauth://totp/%E0%A4%A?secret=GEZDGNBVGY3TQOJQ', 'not_totp'],
    ['otpauth://totp/x', 'too_short'],
  ])('refuses %j as %s', (pasted, why) => {
    expect(readPasted(pasted)).toEqual({ ok: false, why });
  });

  it('shows a code of the right length for whatever it accepts', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 -='), maxLength: 80 });
    fc.assert(
      fc.property(
        fc.oneof(
          letters,
          fc.string(),
          fc.string().map((text) => `otpauth://totp/${text}`),
        ),
        (pasted) => {
          const read = readPasted(pasted);
          return !read.ok || showAccount(read.account, new Date(0), true).code.length === read.account.digits;
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
