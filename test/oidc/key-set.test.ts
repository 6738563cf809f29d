import {
  isBeingRotated,
  nextPhaseAt,
  phaseOf,
  publishedAt,
  type SigningKey,
  succeededBy,
} from '../../src/oidc/key-set.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const key = (kid: string, more: Partial<SigningKey> = {}): SigningKey => ({
  jwk: { kty: 'OKP', kid },
  createdAt: at(0),
  signsFrom: at(10),
  signsUntil: at(20),
  publishedUntil: at(30),
  ...more,
});

describe('the life of a signing key', () => {
  it.each([
    [9.999, 'published'],
    [10, 'signing'],
    [19.999, 'signing'],
    [20, 'retiring'],
    [29.999, 'retiring'],
    [30, 'gone'],
  ])('at %d s it is %s', (seconds, phase) => {
    expect(phaseOf(key('one'), at(seconds))).toBe(phase);
  });

  it('without a successor has no end', () => {
    const { signsUntil: _until, publishedUntil: _published, ...sole } = key('sole');
    expect(phaseOf(sole, at(1e9))).toBe('signing');
  });
});

describe('a set of signing keys', () => {
  const { signsUntil: _until, publishedUntil: _published, ...first } = key('first', { signsFrom: at(0) });
  const rotated = succeededBy([first], [{ kty: 'OKP', kid: 'second' }], {
    now: at(100),
    signsFrom: at(160),
    signedLifeS: 40,
  });
  const kids = (seconds: number) => publishedAt(rotated, at(seconds)).map(({ jwk }) => jwk.kid);

  it.each([
    [100, ['first', 'second'], true],
    [159.999, ['first', 'second'], true],
    [160, ['second', 'first'], false],
    [199.999, ['second', 'first'], false],
    [200, ['second'], false],
  ])('at %d s publishes %j, what signs first', (seconds, published, isUnderWay) => {
    expect(kids(seconds)).toEqual(published);
    expect(isBeingRotated(rotated, at(seconds))).toBe(isUnderWay);
  });

  it.each([
    [100, 160],
    [159.999, 160],
    [160, 200],
  ])('at %d s stays as it is until %d s', (seconds, until) => {
    expect(nextPhaseAt(rotated, at(seconds))).toEqual(at(until));
  });

  it('without a successor stays as it is', () => {
    expect(nextPhaseAt([first], at(100)).getTime()).toBe(8.64e15);
  });

  it('rotated again keeps the end that a retiring key has, and drops what is over', () => {
    const options = { signsFrom: at(190), signedLifeS: 40 };
    const third = [{ kty: 'OKP', kid: 'third' }];
    const early = succeededBy(rotated, third, { now: at(170), ...options });
    expect(early.find(({ jwk }) => jwk.kid === 'first')).toMatchObject({
      signsUntil: at(160),
      publishedUntil: at(200),
    });
    expect(early.find(({ jwk }) => jwk.kid === 'second')).toMatchObject({
      signsUntil: at(190),
      publishedUntil: at(230),
    });
    const late = succeededBy(rotated, third, { now: at(200), ...options, signsFrom: at(260) });
    expect(late.map(({ jwk }) => jwk.kid)).toEqual(['third', 'second']);
  });
});
