import type { Rules } from '../../src/policy/index.ts';
import {
  ada,
  code,
  email,
  factors,
  judge,
  mail,
  now,
  passkey,
  password,
  session,
  token,
  totp,
  touch,
} from './facts.ts';

const enrolled = { ...ada, methods: [totp] };

describe('R4: what tokens say', () => {
  it.each([
    ['password', [password], 'single', ['pwd']],
    ['password and app', [password, code], 'mfa', ['pwd', 'otp', 'mfa']],
    ['password and passkey', [password, touch], 'phr', ['pwd', 'hwk', 'user', 'mfa']],
    ['password and email', [password, mail], 'single', ['pwd', 'otp']],
    ['a passkey that verified its user', [touch], 'phr', ['hwk', 'user', 'mfa']],
  ] as const)('%s', (_words, proven, acr, amr) => {
    const decision = judge({ person: ada, proven, rules: { secondFactor: 'off', passkeySignIn: 'yes' } });
    expect(decision).toEqual({ step: 'done', acr, amr, authTime: proven[0].at, reasons: expect.anything() });
  });

  it('a passkey that did not verify its user is no first factor', () => {
    const rules = { passkeySignIn: 'yes' } as const;
    expect(judge({ person: ada, rules, proven: [{ ...touch, amr: ['hwk'] }] }).step).toBe('password');
    expect(judge({ person: ada, rules, proven: [touch] }).step).not.toBe('password');
  });

  it('a passkey is no first factor where policy does not take it for the whole sign-in', () => {
    expect(judge({ person: ada, proven: [touch] }).step).toBe('password');
    expect(judge({ person: ada, rules: { passkeySignIn: 'no' }, proven: [touch] }).step).toBe('password');
  });

  it('the same kind twice is one factor', () => {
    expect(judge({ person: ada, proven: [password, password], rules: { secondFactor: 'off' } })).toMatchObject({
      acr: 'single',
      amr: ['pwd'],
    });
  });
});

describe('R5: stepping up', () => {
  const single = session(['pwd'], 'single');
  const mfa = session(['pwd', 'otp', 'mfa'], 'mfa');

  it('asks only for what is missing, and keeps the session’s time', () => {
    const told = {
      person: enrolled,
      session: single,
      request: { essentialAcr: ['mfa'] },
      rules: { secondFactor: 'off' as const },
    };
    expect(judge(told)).toMatchObject({
      step: 'challenge',
      methods: ['m-totp'],
      reasons: [{ because: 'acr_requested' }],
    });
    expect(judge({ ...told, proven: [code] })).toMatchObject({
      step: 'done',
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
      authTime: single.authTime,
    });
  });

  it('asks nothing where the session is enough', () => {
    expect(judge({ person: enrolled, session: mfa, request: { essentialAcr: ['mfa'] } }).step).toBe('done');
    expect(judge({ person: enrolled, session: mfa, rules: { acr: 'mfa' } }).step).toBe('done');
  });

  it('from two factors to phishing-resistant asks for the passkey alone', () => {
    const told = { person: { ...ada, methods: [totp, passkey] }, session: mfa, rules: { acr: 'phr' as const } };
    expect(judge(told)).toMatchObject({
      step: 'challenge',
      methods: ['m-passkey'],
      reasons: [{ rule: 'acr', because: 'acr_required' }],
    });
    expect(judge({ ...told, proven: [touch] })).toMatchObject({ step: 'done', acr: 'phr' });
  });

  it('to phishing-resistant without a passkey binds one, behind password and app', () => {
    const told = { person: enrolled, session: mfa, rules: { acr: 'phr' as const } };
    expect(judge(told).step).toBe('password');
    expect(judge({ ...told, proven: [password] })).toMatchObject({ step: 'challenge', methods: ['m-totp'] });
    expect(judge({ ...told, proven: [password, code] })).toMatchObject({ step: 'protect-account', kinds: ['passkey'] });
  });
});

describe('a second factor that came by telephone, at another portal or for another organization', () => {
  const phone = { id: 'm-phone', kind: 'phone', order: 1 };
  const withPhone = new Map([
    ...factors,
    ['phone', { strength: 'mfa', isSelfService: true, channels: ['sms', 'voice'] }] as const,
  ]);
  const both = { ...ada, methods: [phone, totp] };
  const bySms = session(['pwd', 'sms', 'mfa'], 'mfa');
  const required = { secondFactor: 'required' } as const;

  it.each<[string, readonly string[], Rules, string]>([
    ['sms, where SMS is open', ['sms'], {}, 'done'],
    ['sms, where SMS is not allowed', ['sms'], { sms: 'not' }, 'challenge'],
    ['sms, where only voice is not allowed', ['sms'], { voice: 'not' }, 'done'],
    ['tel, where voice is not allowed', ['tel'], { voice: 'not' }, 'challenge'],
    ['sms, where phones are no method', ['sms'], { methods: ['totp'] }, 'challenge'],
    ['sms and an app, where SMS is not allowed', ['sms', 'otp'], { sms: 'not' }, 'done'],
  ])('%s: %j under %j leads to %s', (_, given, rules, step) => {
    const told = { person: both, factors: withPhone, rules: { ...required, methods: ['phone', 'totp'], ...rules } };
    expect(judge({ ...told, session: session(['pwd', ...given, 'mfa'], 'mfa') }).step).toBe(step);
  });

  it('is asked for by a way that is open, and what tokens say of it stays', () => {
    const told = { person: both, factors: withPhone, session: bySms, rules: { ...required, sms: 'not' as const } };
    expect(judge({ ...told, proven: [code] })).toMatchObject({
      step: 'done',
      acr: 'mfa',
      amr: ['pwd', 'sms', 'mfa', 'otp'],
    });
  });

  it('does not count either when the channel was closed in the middle of the sign-in', () => {
    const told = { person: both, factors: withPhone, rules: { ...required, sms: 'not' as const } };
    const text = { factor: 'phone', amr: ['sms'], at: code.at };
    expect(judge({ ...told, proven: [password, text] }).step).toBe('challenge');
    expect(judge({ ...told, proven: [password, { ...text, amr: ['tel'] }] }).step).toBe('done');
  });
});

describe('an essential acr', () => {
  it('that nothing here gives is an error at once', () => {
    expect(judge({ request: { essentialAcr: ['urn:unknown'] } })).toMatchObject({ step: 'refused', why: 'acr_unmet' });
    expect(judge({ request: { essentialAcr: ['phr'] }, rules: { methods: ['totp'] } })).toMatchObject({
      step: 'refused',
      why: 'acr_unmet',
    });
    const onlyTotp = new Map([...factors].filter(([kind]) => kind === 'totp'));
    expect(judge({ request: { essentialAcr: ['phr'] }, factors: onlyTotp })).toMatchObject({
      step: 'refused',
      why: 'acr_unmet',
    });
  });

  it('that this person cannot reach is an error after the password', () => {
    const told = { request: { essentialAcr: ['mfa'] }, rules: { methods: ['token'] } };
    expect(judge(told).step).toBe('password');
    expect(judge({ ...told, person: ada, proven: [password] })).toMatchObject({ step: 'refused', why: 'acr_unmet' });
    expect(judge({ ...told, person: { ...ada, methods: [token] }, proven: [password] }).step).toBe('challenge');
  });

  it('that policy wants as well, and nothing gives, needs an admin', () => {
    const told = { request: { essentialAcr: ['mfa'] }, rules: { methods: ['token'], acr: 'mfa' as const } };
    expect(judge({ ...told, person: ada, proven: [password] })).toMatchObject({ step: 'refused', why: 'stuck' });
  });

  it('is met by setting a method up, without "Not now"', () => {
    const told = { person: ada, proven: [password], request: { essentialAcr: ['mfa'] } };
    expect(judge({ ...told, answers: ['postponed'] })).toMatchObject({ step: 'protect-account', canPostpone: false });
  });

  it('of one factor is met by a password where no method is allowed', () => {
    const told = { request: { essentialAcr: ['single'] }, rules: { methods: [] } };
    expect(judge(told).step).toBe('password');
    expect(judge({ ...told, person: ada, proven: [password] })).toMatchObject({ step: 'done', acr: 'single' });
  });

  it('decides alone, whatever acr_values wish beside it', () => {
    const request = { essentialAcr: ['single'], acrValues: ['mfa'] };
    expect(judge({ person: ada, proven: [password], answers: ['postponed'], request })).toMatchObject({
      step: 'done',
      acr: 'single',
    });
  });

  it('of several takes the easiest', () => {
    expect(
      judge({ person: ada, proven: [password], answers: ['postponed'], request: { essentialAcr: ['phr', 'single'] } }),
    ).toMatchObject({ step: 'done', acr: 'single' });
    expect(judge({ person: enrolled, proven: [password], request: { essentialAcr: ['phr', 'mfa'] } })).toMatchObject({
      step: 'challenge',
      methods: ['m-totp'],
    });
  });

  it.each([
    [['mfa'], {}, 'mfa'],
    [['single', 'mfa'], {}, 'mfa'],
    [['single'], {}, 'single'],
    [['mfa'], { acr: 'phr' as const }, 'phr'],
    [['single'], { secondFactor: 'required' as const }, 'phr'],
  ])('of %j, under %j, with a passkey: says %s', (essentialAcr, rules, acr) => {
    const person = { ...ada, methods: [passkey] };
    expect(judge({ person, proven: [password, touch], rules, request: { essentialAcr } })).toMatchObject({
      step: 'done',
      acr,
    });
  });
});

describe('an essential acr', () => {
  it('can be reached where one of several kinds reaches it', () => {
    expect(judge({ request: { essentialAcr: ['phr'] }, rules: { methods: ['totp', 'passkey'] } }).step).toBe(
      'password',
    );
  });
});

describe('voluntary acr_values', () => {
  it('of a person who has nothing yet: the first that they can set up alone', () => {
    const told = { person: ada, proven: [password], request: { acrValues: ['phr', 'mfa'] } };
    expect(judge(told)).toMatchObject({ step: 'protect-account', kinds: ['passkey'] });
    expect(judge({ ...told, rules: { methods: ['totp'] } })).toMatchObject({
      step: 'protect-account',
      kinds: ['totp'],
    });
  });

  it('that we do not know are passed over in silence where another will do', () => {
    const because = (acrValues: readonly string[]) =>
      judge({ person: ada, proven: [password], answers: ['postponed'], request: { acrValues } }).reasons.map(
        (reason) => reason.because,
      );
    expect(because(['urn:unknown', 'single'])).not.toContain('acr_not_reachable');
    expect(because(['urn:unknown'])).toContain('acr_not_reachable');
  });

  it('take the first that the person reaches with what they have', () => {
    const told = { person: enrolled, session: session(['pwd'], 'single'), rules: { secondFactor: 'off' as const } };
    expect(judge({ ...told, request: { acrValues: ['phr', 'mfa'] } })).toMatchObject({
      step: 'challenge',
      methods: ['m-totp'],
    });
    expect(judge({ ...told, request: { acrValues: ['single', 'mfa'] } }).step).toBe('done');
  });

  it('lead to setting up what the person can set up alone', () => {
    expect(judge({ person: ada, proven: [password], request: { acrValues: ['mfa'] } })).toMatchObject({
      step: 'protect-account',
      canPostpone: false,
    });
  });

  it('R5: that cannot be met are an error, not silence', () => {
    const told = { person: ada, proven: [password], rules: { methods: ['token'] } };
    expect(judge({ ...told, request: { acrValues: ['mfa'] } })).toMatchObject({ step: 'refused', why: 'acr_unmet' });
    expect(judge({ ...told, request: { acrValues: ['phr', 'single'] } })).toMatchObject({
      step: 'done',
      acr: 'single',
    });
  });

  it.each([
    ['have a method that satisfies policy', enrolled],
    ['could set one up', ada],
  ])('R5: are the portal’s error where they alone cannot be met, of people who %s', (_, person) => {
    const told = { person, proven: [password], rules: { secondFactor: 'required' as const, methods: ['totp'] } };
    expect(judge({ ...told, request: { acrValues: ['phr'] } })).toMatchObject({ step: 'refused', why: 'acr_unmet' });
    expect(judge({ ...told, rules: { ...told.rules, acr: 'phr' }, request: { acrValues: ['phr'] } })).toMatchObject({
      step: 'refused',
      why: 'stuck',
    });
  });

  it('that we do not know are passed over with a reason', () => {
    const told = { person: ada, proven: [password], rules: { methods: ['token'] } };
    const decision = judge({ ...told, request: { acrValues: ['urn:unknown'] } });
    expect(decision).toMatchObject({ step: 'done', acr: 'single' });
    expect(decision.reasons.map((reason) => reason.because)).toContain('acr_not_reachable');
  });
});

it('an email method never makes mfa reachable', () => {
  const told = { person: { ...ada, methods: [email] }, proven: [password], rules: { methods: ['email'] }, now };
  expect(judge({ ...told, request: { essentialAcr: ['mfa'] } })).toMatchObject({ step: 'refused', why: 'acr_unmet' });
});
