import type { FactorFacts, Facts, Rules } from '../../src/policy/index.ts';
import { ada, code, email, factors, judge, mail, now, password, totp } from './facts.ts';

describe('a kind that raises nothing (codes by email)', () => {
  const named: Rules = { secondFactor: 'optional', methods: ['totp', 'email'] };
  const open: Rules = { secondFactor: 'optional' };
  const mailOnly = { ...ada, methods: [email] };

  it('is offered only where a level names it, beside the second factors', () => {
    const told = { person: ada, proven: [password] };
    expect(judge({ ...told, rules: named })).toMatchObject({ step: 'protect-account', kinds: ['totp', 'email'] });
    expect(judge({ ...told, rules: open })).toMatchObject({ step: 'protect-account', kinds: ['totp', 'passkey'] });
  });

  it('is asked for of who has it and nothing better, and leaves the level where it was', () => {
    const told = { person: mailOnly, rules: named };
    expect(judge({ ...told, proven: [password] })).toMatchObject({ step: 'challenge', methods: [email.id] });
    expect(judge({ ...told, proven: [password, mail] })).toMatchObject({
      step: 'done',
      acr: 'single',
      amr: expect.not.arrayContaining(['mfa']),
    });
  });

  it.each([
    ['no level names it', { rules: open, person: mailOnly, proven: [password] }],
    [
      'second factors are off',
      { rules: { secondFactor: 'off', methods: ['email'] } satisfies Rules, person: mailOnly, proven: [password] },
    ],
  ])('is not asked for where %s', (_, told) => {
    expect(judge({ ...told, answers: ['postponed'] }).step).toBe('done');
  });

  it('never stands in for a second factor', () => {
    const both = { ...ada, methods: [totp, email] };
    expect(judge({ person: both, rules: named, proven: [password] })).toMatchObject({ methods: [totp.id] });
    expect(judge({ person: both, rules: named, proven: [password, mail] })).toMatchObject({ methods: [totp.id] });
    expect(judge({ person: both, rules: named, proven: [password, code] }).step).toBe('done');
  });

  it('is not asked for in a browser that goes without the second factor', () => {
    const browser = { isKnown: true, rememberedAt: new Date(now.getTime() - 60_000) };
    const told = { person: { ...ada, methods: [totp, email] }, rules: { ...named, rememberBrowserDays: 30 } };
    expect(judge({ ...told, proven: [password], browser })).toMatchObject({ step: 'done', acr: 'single' });
    expect(judge({ ...told, proven: [password] })).toMatchObject({ step: 'challenge', methods: [totp.id] });
  });

  it('is not asked for once a second factor was proven, though it cannot be asked for any more', () => {
    expect(judge({ person: mailOnly, rules: named, proven: [password, code] })).toMatchObject({
      step: 'done',
      acr: 'mfa',
    });
  });

  it('is asked for once, whatever else of its sort they have', () => {
    const letter: FactorFacts = { strength: 'none', isSelfService: true };
    const both: Facts['factors'] = new Map([...factors, ['letter', letter]]);
    const person = { ...ada, methods: [email, { id: 'm-letter', kind: 'letter', order: 9 }] };
    const told = { person, factors: both, rules: { ...named, methods: ['totp', 'email', 'letter'] } };
    expect(judge({ ...told, proven: [password] })).toMatchObject({
      step: 'challenge',
      methods: [email.id, 'm-letter'],
    });
    expect(judge({ ...told, proven: [password, mail] }).step).toBe('done');
  });

  it('is proven before a second factor is bound, where one is required', () => {
    const told = { person: mailOnly, rules: { secondFactor: 'required', methods: ['totp', 'email'] } satisfies Rules };
    expect(judge({ ...told, proven: [password] })).toMatchObject({ step: 'challenge', methods: [email.id] });
    expect(judge({ ...told, proven: [password, mail] })).toMatchObject({ step: 'protect-account', kinds: ['totp'] });
  });

  it('is not offered to put off what will be required', () => {
    const soon: Rules = { secondFactor: 'required', requiredFrom: '2027-01-01', methods: ['totp', 'email'] };
    expect(judge({ person: ada, rules: soon, proven: [password] })).toMatchObject({
      kinds: ['totp'],
      canPostpone: true,
    });
  });
});
