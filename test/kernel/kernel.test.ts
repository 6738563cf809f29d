import fc from 'fast-check';
import { GatehouseError, newId, newReference, randomToken, sameText } from '../../src/kernel/index.ts';

describe('comparison', () => {
  it('finds texts the same exactly when they are', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => sameText(a, b) === (a === b)));
    fc.assert(fc.property(fc.string(), (a) => sameText(a, a)));
  });
});

describe('identifiers', () => {
  it('are 128 random bits in 22 characters that fit an address', () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{21}$/);
  });

  it('as references survive being read aloud: no I, L, O or U', () => {
    for (let i = 0; i < 500; i++) expect(newReference()).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it('as tokens carry the bytes asked for', () => {
    expect(Buffer.from(randomToken(32), 'base64url')).toHaveLength(32);
  });
});

describe('an error', () => {
  it('has a status by its code, a message key, and keeps its cause private', () => {
    const error = new GatehouseError('too_many', 'address range held', { retryAfterS: 60, cause: new Error('inner') });
    expect(error).toMatchObject({ code: 'too_many', status: 429, messageKey: 'error.too_many', retryAfterS: 60 });
    expect(JSON.stringify(error)).not.toContain('inner');
  });
});
