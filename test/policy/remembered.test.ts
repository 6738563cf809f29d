import { type Facts, next, type Rules } from '../../src/policy/index.ts';
import { ada, code, facts, now, password, session, token, totp } from './facts.ts';

const enrolled = { ...ada, methods: [totp] };
const rules: Rules = { secondFactor: 'required', rememberBrowserDays: 30 };

function daysAgo(days: number): Facts['browser'] {
  return { isKnown: true, rememberedAt: new Date(now.getTime() - days * 86_400_000) };
}

function decide(browser: Facts['browser'], told: Parameters<typeof facts>[0] = {}) {
  return next(facts({ person: enrolled, proven: [password], rules, browser, ...told }));
}

describe('a remembered browser', () => {
  it.each([
    [0, 'done'],
    [29.999, 'done'],
    [30, 'challenge'],
    [31, 'challenge'],
    // A clock set back.
    [-0.001, 'challenge'],
  ])('of %d days ago, where policy allows 30: %s', (days, step) => {
    expect(decide(daysAgo(days)).step).toBe(step);
  });

  it('gives the level of one factor, and says why', () => {
    const decision = decide(daysAgo(1));
    expect(decision).toMatchObject({ step: 'done', acr: 'single', amr: ['pwd'] });
    expect(decision.reasons).toContainEqual({
      rule: 'rememberBrowserDays',
      level: { kind: 'realm', id: 'realm', name: 'The realm' },
      because: 'remembered_browser',
    });
  });

  it('fault 17: is known, and no more, where it was never remembered', () => {
    expect(decide({ isKnown: true }).step).toBe('challenge');
  });

  it('counts no longer once policy allows none, or fewer days', () => {
    expect(decide(daysAgo(1), { rules: { secondFactor: 'required' } }).step).toBe('challenge');
    expect(decide(daysAgo(8), { rules: { ...rules, rememberBrowserDays: 7 } }).step).toBe('challenge');
  });

  it('waives what is enrolled where nothing is required, too, and nothing more is offered', () => {
    expect(decide(daysAgo(1), { rules: { rememberBrowserDays: 30 } })).toMatchObject({ step: 'done', acr: 'single' });
  });

  it('waives nothing that the person does not have', () => {
    expect(decide(daysAgo(1), { person: ada }).step).toBe('protect-account');
    expect(
      decide(daysAgo(1), { person: { ...ada, methods: [token] }, rules: { ...rules, methods: ['totp'] } }).step,
    ).toBe('challenge');
  });

  it.each([
    ['the policy’s acr', { rules: { ...rules, acr: 'mfa' as const } }],
    ['acr_values of the portal', { request: { acrValues: ['mfa'] } }],
    ['an essential acr', { request: { essentialAcr: ['mfa'] } }],
  ])('is asked all the same for %s', (_words, told) => {
    expect(decide(daysAgo(1), told).step).toBe('challenge');
  });

  it('is enough for a session that came of it, as long as it is remembered', () => {
    const built = { proven: [], session: session(['pwd'], 'single') };
    expect(decide(daysAgo(1), built).step).toBe('done');
    expect(decide(daysAgo(30), built).step).toBe('challenge');
  });

  it('does not lower what is proven', () => {
    expect(decide(daysAgo(1), { proven: [password, code] })).toMatchObject({ step: 'done', acr: 'mfa' });
  });
});

describe('the offer to remember a browser', () => {
  it.each<[string, Rules, object, number]>([
    ['as long as policy allows', { rememberBrowserDays: 30 }, {}, 30],
    ['not by default', {}, {}, 0],
    ['not where the acr asks for more anyhow', { rememberBrowserDays: 30, acr: 'mfa' }, {}, 0],
    [
      'not where a session only steps up',
      { rememberBrowserDays: 30 },
      { proven: [], session: session(['pwd'], 'single') },
      0,
    ],
  ])('is made %s', (_words, more, told, days) => {
    const decision = decide({ isKnown: false }, { rules: { secondFactor: 'required', ...more }, ...told });
    expect(decision).toMatchObject({ step: 'challenge', canRememberDays: days });
  });
});
