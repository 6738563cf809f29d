import { codeAt, matchingStep, newSecret, otpauthUri, type TotpSeed } from '../../../src/factors/totp/seed.ts';

// RFC 6238, appendix B: the ASCII seeds of its test program (errata 2866: as long as the hash), eight digits.
const digitsOf = (length: number) => '12345678901234567890'.repeat(4).slice(0, length);
const base32 = (text: string): string => {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five.padEnd(5, '0'), 2)])
    .join('');
};
const seedOf = (algorithm: TotpSeed['algorithm'], bytes: number): TotpSeed => ({
  secret: base32(digitsOf(bytes)),
  algorithm,
  digits: 8,
  periodS: 30,
});
const seeds = { sha1: seedOf('sha1', 20), sha256: seedOf('sha256', 32), sha512: seedOf('sha512', 64) };

const vectors: readonly [number, string, string, string][] = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
];

describe('time-based codes', () => {
  it.each(vectors)(
    'R1: at %i s are those of RFC 6238, appendix B, leading zeros kept',
    (second, sha1, sha256, sha512) => {
      const step = Math.floor(second / 30);
      expect([codeAt(seeds.sha1, step), codeAt(seeds.sha256, step), codeAt(seeds.sha512, step)]).toEqual([
        sha1,
        sha256,
        sha512,
      ]);
    },
  );

  it.each([
    [-61, undefined],
    [-60, undefined],
    [-31, undefined],
    [-30, -1],
    [-1, -1],
    [0, 0],
    [29, 0],
    [30, 1],
    [59, 1],
    [60, undefined],
    [61, undefined],
  ])(
    'R1, A5: of a moment %i s away from the start of the step match within one step of it',
    (secondsAway, expected) => {
      const start = 1_111_111_110;
      const code = codeAt(seeds.sha1, Math.floor((start + secondsAway) / 30));
      const step = matchingStep(seeds.sha1, code, new Date(start * 1000));
      expect(step === undefined ? undefined : step - start / 30).toBe(expected);
    },
  );

  it('N19: come from secrets of 160 random bits', () => {
    const secrets = Array.from({ length: 50 }, newSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('are set up from an address in which only issuer and label are separated by a colon', () => {
    const uri = otpauthUri({ ...seeds.sha1, digits: 6 }, 'Web: One & Co', 'mia:b@example.com');
    const parsed = new URL(uri);
    expect(parsed.protocol).toBe('otpauth:');
    expect(parsed.searchParams.get('issuer')).toBe('Web  One & Co');
    expect(parsed.searchParams.get('secret')).toBe(seeds.sha1.secret);
    expect(decodeURIComponent(parsed.pathname).split(':')).toHaveLength(2);
  });
});
