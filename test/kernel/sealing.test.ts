import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createKeyring } from '../../src/kernel/index.ts';

const key = (id: string) => ({ id, secret: randomBytes(32) });

describe('a keyring', () => {
  it('opens what it sealed, whatever the text and its context', () => {
    const ring = createKeyring([key('k1')]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, associated) => {
        // Lone surrogates have no UTF-8 form, so they come back as the replacement character.
        expect(ring.open(ring.seal(plain, associated), associated)).toBe(plain.toWellFormed());
      }),
    );
  });

  it('refuses a sealed value that was moved to another document or field', () => {
    const ring = createKeyring([key('k1')]);
    const sealed = ring.seal('seed', 'methods:1:secret');
    expect(() => ring.open(sealed, 'methods:2:secret')).toThrow();
  });

  it('refuses a sealed value in which any single bit was changed', () => {
    const ring = createKeyring([key('k1')]);
    const [id, body] = ring.seal('seed', 'a').split('.') as [string, string];
    const bytes = Buffer.from(body, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => ring.open(`${id}.${changed.toString('base64url')}`, 'a')).toThrow();
    }
  });

  it.each(['', '.', 'k1', 'k1.', 'k1.AAAA', 'other.AAAA'])('refuses %j, which it never sealed', (text) => {
    expect(() => createKeyring([key('k1')]).open(text, 'a')).toThrow();
  });

  it('seals with the newest key and opens with all, so that rotation is adding one in front', () => {
    const old = key('2025');
    const sealed = createKeyring([old]).seal('seed', 'a');
    const rotated = createKeyring([key('2026'), old]);
    expect(rotated.open(sealed, 'a')).toBe('seed');
    expect(rotated.keyIdOf(rotated.seal('seed', 'a'))).toBe('2026');
  });

  it('keeps keyed hashes through a rotation, so that look-ups go on working', () => {
    const old = key('2025');
    const before = createKeyring([old]).mac('phone', '+4930123');
    expect(createKeyring([key('2026'), old]).mac('phone', '+4930123')).toBe(before);
  });

  it('gives the same value another keyed hash for another purpose', () => {
    const ring = createKeyring([key('k1')]);
    expect(ring.mac('phone', '1')).not.toBe(ring.mac('code', '1'));
  });

  it('fault 39: never repeats a nonce, after a restart either', () => {
    const secret = key('k1');
    const nonces = new Set<string>();
    for (let restart = 0; restart < 5; restart++) {
      const ring = createKeyring([secret]);
      for (let i = 0; i < 200; i++) {
        const body = Buffer.from(ring.seal('seed', 'a').split('.')[1] ?? '', 'base64url');
        nonces.add(body.subarray(0, 12).toString('hex'));
      }
    }
    expect(nonces.size).toBe(1000);
  });

  it('needs a key', () => {
    expect(() => createKeyring([])).toThrow('at least one key');
  });
});
