import fc from 'fast-check';
import { createHasher } from '../../src/people/hasher.ts';
import { formatPhc, parsePhc } from '../../src/people/phc.ts';
import { aTimer } from './queue-timer.ts';

const cheap = { memoryKiB: 64, passes: 1, parallelism: 1 };

describe('hashing passwords', () => {
  it('makes a PHC string at 19 MiB, two passes, one lane', async () => {
    const hash = await createHasher().hash('seven green bicycles', 'test');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await createHasher().verify(hash, 'seven green bicycles', 'test')).toBe('right');
  });

  it('takes the reference implementation’s hash', async () => {
    // From the tests of P-H-C/phc-winner-argon2: password "password", salt "somesalt", 64 MiB, two passes, one lane.
    const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    const hasher = createHasher();
    expect(await hasher.verify(reference, 'password', 'test')).toBe('right');
    expect(await hasher.verify(reference, 'passwore', 'test')).toBe('wrong');
    expect(hasher.isOutdated(reference)).toBe(true);
  });

  it('N18: hashes all of a password, and in NFKC', async () => {
    const hasher = createHasher({ cost: cheap });
    const long = 'x'.repeat(1_000);
    const phc = await hasher.hash(`${long}a`, 'test');
    expect(await hasher.verify(phc, `${long}a`, 'test')).toBe('right');
    expect(await hasher.verify(phc, `${long}b`, 'test')).toBe('wrong');
    const composed = await hasher.hash('Mülle\u0301r\u2126', 'test');
    expect(await hasher.verify(composed, 'Mu\u0308llér\u03a9', 'test')).toBe('right');
  });

  it('salts: the same password twice gives two hashes', async () => {
    const hasher = createHasher({ cost: cheap });
    expect(await hasher.hash('same', 'test')).not.toBe(await hasher.hash('same', 'test'));
  });

  it('A2: without a hash it works as with one, and says wrong', async () => {
    const hasher = createHasher();
    const known = await hasher.hash('seven green bicycles', 'test');
    const spent = async (phc: string | undefined) => {
      const before = process.cpuUsage();
      expect(await hasher.verify(phc, 'wrong', 'test')).toBe('wrong');
      return process.cpuUsage(before).user + process.cpuUsage(before).system;
    };
    await spent(known);
    const [withHash, without] = [await spent(known), await spent(undefined)];
    // An early return would cost a thousandth of it.
    expect(without).toBeGreaterThan(withHash / 10);
  });

  it.each([
    '',
    'busy',
    '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$',
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=99,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=4,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ])('calls everything wrong where the stored hash is %j', async (stored) => {
    const hasher = createHasher({ cost: cheap });
    expect(parsePhc(stored)).toBeUndefined();
    expect(await hasher.verify(stored, 'password', 'test')).toBe('wrong');
    expect(hasher.isOutdated(stored)).toBe(true);
  });

  it('reads what it wrote, and throws at nothing', () => {
    const bytes = (min: number, max: number) =>
      fc.uint8Array({ minLength: min, maxLength: max }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(
        bytes(8, 64),
        bytes(16, 64),
        fc.integer({ min: 8, max: 1_048_576 }),
        fc.integer({ min: 1, max: 16 }),
        (salt, hash, memoryKiB, passes) => {
          const made = { memoryKiB, passes, parallelism: 1, salt, hash };
          expect(parsePhc(formatPhc(made))).toEqual(made);
        },
      ),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => parsePhc(text) === undefined),
      { numRuns: 2_000 },
    );
  });
});

describe('passwords, when most of those of strangers are wrong', () => {
  it('are held back until there is time for them, turned away beyond a short line, and those of people known are not', async () => {
    const timer = aTimer();
    const hasher = createHasher({ cost: cheap, maxParallel: 2, timer });
    const right = await hasher.hash('seven green bicycles', 'test');
    for (let n = 0; n < 60; n += 1) expect(await hasher.verify(undefined, 'guess', `range ${n}`)).toBe('wrong');
    expect(hasher.load).toEqual({ running: 0, waiting: 0, turnedAway: 0 });

    const long = hasher.verify(undefined, 'guess', 'long');
    timer.pass(1_000);
    await long;
    const inLine = Array.from({ length: 8 }, (_, n) => hasher.verify(undefined, 'guess', `another ${n}`));
    expect(hasher.load).toEqual({ running: 0, waiting: 8, turnedAway: 0 });
    expect(hasher.admits('one more', 'ordinary')).toBe(false);
    expect(await hasher.verify(right, 'seven green bicycles', 'one more')).toBe('busy');
    expect(hasher.load.turnedAway).toBe(2);
    expect(hasher.admits('at home', 'known')).toBe(true);
    expect(await hasher.verify(right, 'seven green bicycles', 'at home', 'known')).toBe('right');
    expect(hasher.load.waiting).toBe(8);

    timer.pass(1_000);
    expect(await Promise.all(inLine)).toEqual(inLine.map(() => 'wrong'));
  });
});
