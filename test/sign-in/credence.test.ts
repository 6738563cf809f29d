import { createCredence } from '../../src/sign-in/guessing/credence.ts';
import { createFailedOften } from '../../src/sign-in/guessing/failed-often.ts';

const range = '192.0.2.0/24';
const fresh = { range, wrongFromRange: 0, isKnownBrowser: false, wasWrong: false, password: 'seven green bicycles' };
const times = (count: number, act: (n: number) => void) => Array.from({ length: count }, (_, n) => act(n));

describe('what a password looks like before it is judged', () => {
  it.each([
    ['the first from a network', {}, 0, 'ordinary'],
    ['after one that was wrong there', { wrongFromRange: 1 }, 0, 'ordinary'],
    ['after two that were wrong there', { wrongFromRange: 2 }, 0, 'suspect'],
    ['the second try of a sign-in', { wasWrong: true }, 0, 'suspect'],
    [
      'in a browser that the person is known by, whatever came from there',
      { isKnownBrowser: true, wrongFromRange: 90, wasWrong: true },
      0,
      'known',
    ],
    ['where somebody signed in', {}, 1, 'known'],
    ['where somebody signed in, and one was wrong', { wrongFromRange: 1 }, 1, 'ordinary'],
    ['a typing error in an office', { wrongFromRange: 8, wasWrong: true }, 20, 'known'],
    ['in an office where as much is wrong as right', { wrongFromRange: 20 }, 20, 'ordinary'],
    ['in an office where more is wrong than right', { wrongFromRange: 21 }, 20, 'suspect'],
    ['where a thousand signed in, and then it began', { wrongFromRange: 51 }, 1_000, 'suspect'],
  ] as const)('%s', (_, evidence, right, trust) => {
    const credence = createCredence();
    times(right, () => credence.learn(fresh, 'right'));
    expect(credence.trust({ ...fresh, ...evidence })).toBe(trust);
  });

  it('is suspect when it was wrong for many, wherever they were', () => {
    const credence = createCredence();
    times(4, (n) => credence.learn({ range: `10.0.${n}.0/24`, password: 'Summer2026' }, 'wrong'));
    expect(credence.trust({ ...fresh, password: 'Summer2026' })).toBe('ordinary');
    credence.learn({ range: '10.0.9.0/24', password: 'Summer2026' }, 'wrong');
    expect(credence.trust({ ...fresh, password: 'Summer2026' })).toBe('suspect');
    expect(credence.trust(fresh)).toBe('ordinary');
    expect(credence.trust({ ...fresh, password: 'Summer2026', isKnownBrowser: true })).toBe('known');
  });

  it('is suspect where many were turned away already, so that whoever comes first is served first', () => {
    const credence = createCredence();
    credence.learn(fresh, 'turned away');
    expect(credence.trust(fresh)).toBe('ordinary');
    credence.learn(fresh, 'turned away');
    expect(credence.trust(fresh)).toBe('suspect');
    expect(credence.trust({ ...fresh, range: '198.51.100.0/24' })).toBe('ordinary');
    expect(credence.trust({ ...fresh, isKnownBrowser: true })).toBe('known');
    credence.learn(fresh, 'right');
    expect(credence.trust(fresh)).toBe('known');
  });

  it('is known where people sign in, though a flood comes from more networks than are remembered', () => {
    const credence = createCredence();
    credence.learn(fresh, 'right');
    times(50_001, (n) => credence.learn({ range: `2001:db8:${n.toString(16)}::/56`, password: 'x' }, 'turned away'));
    expect(credence.trust(fresh)).toBe('known');
  });

  it('is no more suspect when it was right for many: a first password that all were given', () => {
    const credence = createCredence();
    times(200, (n) => credence.learn({ range: `10.0.${n}.0/24`, password: 'Welcome!' }, 'right'));
    expect(credence.trust({ ...fresh, password: 'Welcome!' })).toBe('ordinary');
  });

  it('forgets the networks served longest ago, and not one that is served still', () => {
    const credence = createCredence();
    const another = { ...fresh, range: '198.51.100.0/24' };
    credence.learn(another, 'right');
    credence.learn(fresh, 'right');
    times(49_998, (n) => credence.learn({ range: `2001:db8:${n.toString(16)}::/56`, password: 'x' }, 'right'));
    credence.learn(fresh, 'right');
    credence.learn({ range: '203.0.113.0/24', password: 'x' }, 'right');
    expect(credence.trust(another)).toBe('ordinary');
    expect(credence.trust(fresh)).toBe('known');
  });
});

describe('passwords that failed often', () => {
  it('are those of late: five times among eight thousand others are forgotten', () => {
    const failed = createFailedOften();
    times(5, () => failed.add('Summer2026'));
    expect(failed.has('Summer2026')).toBe(true);
    times(8_192, (n) => failed.add(`another ${n}`));
    expect(failed.has('Summer2026')).toBe(false);
  });
});
