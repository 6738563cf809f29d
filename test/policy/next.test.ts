import {
  ada,
  code,
  email,
  gone,
  judge,
  mail,
  passkey,
  password,
  session,
  token,
  tokenCode,
  totp,
  touch,
} from './facts.ts';

const enrolled = { ...ada, methods: [totp] };
const why = (told: Parameters<typeof judge>[0]) =>
  judge(told).reasons.map((reason) => `${reason.rule}: ${reason.because}`);

describe('the first factor', () => {
  it('is asked where nobody is known', () => {
    expect(judge({})).toMatchObject({ step: 'password' });
    expect(why({})).toEqual(['always: no_session']);
  });

  it('fault 35: is asked before a second one counts', () => {
    expect(judge({ proven: [code] }).step).toBe('password');
    expect(judge({ person: enrolled, proven: [code] }).step).toBe('password');
  });

  it('is not asked where a session is built on, whose time stays', () => {
    const built = session(['pwd'], 'single', 23);
    expect(judge({ person: ada, session: built })).toMatchObject({
      step: 'done',
      acr: 'single',
      amr: ['pwd'],
      authTime: built.authTime,
    });
  });

  it.each([
    [23.999, 'done'],
    [24, 'password'],
    [25, 'password'],
  ])('is asked again %d hours after sign-in: %s', (hours, step) => {
    expect(judge({ person: ada, session: session(['pwd'], 'single', hours) }).step).toBe(step);
  });

  it('is asked again when the portal’s own session is shorter', () => {
    const told = { person: ada, session: session(['pwd'], 'single', 3), rules: { sessionHours: 2 } };
    expect(judge(told).step).toBe('password');
    expect(why(told)).toEqual(['sessionHours: session_over']);
  });

  it('is asked again of the very person who must sign in, because their session is over', () => {
    const over = session(['pwd'], 'single', 25);
    expect(why({ person: ada, session: over, request: { mustBe: 'ada' } })).toEqual(['sessionHours: session_over']);
    expect(why({ person: ada, session: over, request: { mustBe: 'bob' } })).toEqual([
      'always: session_of_another_person',
    ]);
  });

  it('may be a passkey by itself only where the rules take it for the whole sign-in', () => {
    expect(judge({})).toMatchObject({ step: 'password', alone: [] });
    expect(judge({ rules: { passkeySignIn: 'yes' } })).toMatchObject({ step: 'password', alone: ['passkey'] });
    expect(judge({ rules: { passkeySignIn: 'yes', methods: ['totp'] } })).toMatchObject({ alone: [] });
  });

  it('is asked when the session is another person’s', () => {
    const told = { person: { ...ada, id: 'bob' }, session: session(['pwd'], 'single') };
    expect(judge(told).step).toBe('password');
    expect(why(told)).toEqual(['always: session_of_another_person']);
    expect(judge({ person: ada, session: session(['pwd'], 'single'), request: { mustBe: 'bob' } }).step).toBe(
      'password',
    );
  });

  it('makes an older session’s second factor count no more: it is asked each time a password is', () => {
    const told = { person: enrolled, session: session(['pwd', 'otp', 'mfa'], 'mfa'), proven: [password] };
    expect(judge(told)).toMatchObject({ step: 'challenge', methods: ['m-totp'] });
  });
});

describe('who may not sign in', () => {
  it.each([
    ['disabled', { ...enrolled, isDisabled: true }, {}],
    ['second_factor_locked', { ...enrolled, isSecondFactorLocked: true }, {}],
    ['wrong_person', enrolled, { mustBe: 'bob' }],
  ] as const)('%s is refused, whatever was proven', (reason, person, request) => {
    expect(judge({ person, request, proven: [password] })).toMatchObject({ step: 'refused', why: reason });
    expect(judge({ person, request, proven: [password, code] })).toMatchObject({ step: 'refused', why: reason });
  });

  it('fault 24: a locked or disabled person is refused on an open session too, also where no second factor is asked', () => {
    const open = { session: session(['pwd'], 'single'), rules: { secondFactor: 'off' } } as const;
    expect(judge({ ...open, person: { ...ada, isSecondFactorLocked: true } })).toMatchObject({
      why: 'second_factor_locked',
    });
    expect(judge({ ...open, person: { ...ada, isDisabled: true } })).toMatchObject({ why: 'disabled' });
  });

  it('is not told before the password', () => {
    expect(judge({ request: { mustBe: 'bob' } }).step).toBe('password');
  });
});

describe('enrolled means asked', () => {
  it.each([
    ['optional', 'challenge'],
    ['required', 'challenge'],
    ['off', 'done'],
  ] as const)('fault 17: under %s: %s', (secondFactor, step) => {
    expect(judge({ person: enrolled, proven: [password], rules: { secondFactor } }).step).toBe(step);
  });

  it('offers the primary first, and nothing that is no second factor', () => {
    const person = { ...ada, methods: [email, { ...passkey, order: 9 }, token, totp] };
    expect(judge({ person, proven: [password] })).toMatchObject({
      step: 'challenge',
      methods: ['m-totp', 'm-token', 'm-passkey'],
    });
  });

  it('offers only what policy allows where the person has some of it', () => {
    const told = { person: { ...ada, methods: [totp, passkey] }, rules: { methods: ['passkey'] }, proven: [password] };
    expect(judge(told)).toMatchObject({ step: 'challenge', methods: ['m-passkey'] });
    expect(judge({ ...told, proven: [password, code] })).toMatchObject({ step: 'challenge', methods: ['m-passkey'] });
  });

  it('asks for a method that policy no longer allows where the person has no other', () => {
    const told = { person: enrolled, rules: { methods: ['passkey'] }, proven: [password] };
    expect(judge(told)).toMatchObject({ step: 'challenge', methods: ['m-totp'] });
    expect(judge({ ...told, proven: [password, code] })).toMatchObject({ step: 'done', acr: 'mfa' });
  });

  it('asks once', () => {
    expect(judge({ person: enrolled, proven: [password, code] })).toMatchObject({
      step: 'done',
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
    });
  });

  it('asks on a session that was begun before the method was there', () => {
    expect(judge({ person: enrolled, session: session(['pwd'], 'single') }).step).toBe('challenge');
    expect(judge({ person: enrolled, session: session(['pwd', 'otp', 'mfa'], 'mfa') }).step).toBe('done');
  });

  it('does not let people past whose only method the product has lost', () => {
    const told = { person: { ...ada, methods: [gone] }, proven: [password] };
    expect(judge(told)).toMatchObject({ step: 'refused', why: 'stuck' });
    expect(judge({ ...told, rules: { secondFactor: 'required' } })).toMatchObject({ step: 'refused', why: 'stuck' });
    expect(judge({ ...told, rules: { secondFactor: 'off' } }).step).toBe('done');
  });

  it('says which rule of which level it is', () => {
    expect(judge({ person: enrolled, proven: [password], rules: { secondFactor: 'required' } }).reasons).toEqual([
      { rule: 'secondFactor', level: { kind: 'realm', id: 'realm', name: 'The realm' }, because: 'required' },
      { rule: 'secondFactor', level: { kind: 'realm', id: 'realm', name: 'The realm' }, because: 'enrolled' },
    ]);
  });
});

describe('setting up a second factor', () => {
  const required = { secondFactor: 'required' } as const;

  it('is asked where it is required, without "Not now"', () => {
    const told = { person: ada, proven: [password], rules: required };
    expect(judge(told)).toMatchObject({ step: 'protect-account', kinds: ['totp', 'passkey'], canPostpone: false });
    expect(judge({ ...told, answers: ['postponed'] }).step).toBe('protect-account');
    expect(judge({ ...told, answers: ['started', 'chosen:passkey'] })).toMatchObject({
      step: 'enrol',
      kinds: ['passkey', 'totp'],
      canPostpone: false,
    });
  });

  it('is offered where it is optional, once in a sign-in', () => {
    const told = { person: ada, proven: [password] };
    expect(judge(told)).toMatchObject({ step: 'protect-account', kinds: ['totp', 'passkey'], canPostpone: true });
    expect(judge({ ...told, answers: ['started'] })).toMatchObject({ step: 'choose-method', canPostpone: true });
    expect(judge({ ...told, answers: ['postponed'] })).toMatchObject({ step: 'done', acr: 'single', amr: ['pwd'] });
  });

  it.each([
    ['the policy is off', { person: ada, proven: [password], rules: { secondFactor: 'off' as const } }],
    ['a session is built on', { person: ada, session: session(['pwd'], 'single') }],
    ['nothing can be set up alone', { person: ada, proven: [password], rules: { methods: ['token'] } }],
    ['no method is allowed', { person: ada, proven: [password], rules: { methods: [] } }],
  ])('is not offered where %s', (_words, told) => {
    expect(judge(told).step).toBe('done');
  });

  it('N6: is not settled by an email code', () => {
    const told = { person: { ...ada, methods: [email] }, proven: [password, mail] };
    expect(judge({ ...told, rules: required }).step).toBe('protect-account');
    expect(judge({ ...told, answers: ['postponed'] })).toMatchObject({
      step: 'done',
      acr: 'single',
      amr: ['pwd', 'otp'],
    });
  });

  it('fault 28: comes after the methods the person has, allowed or not', () => {
    const told = { person: enrolled, proven: [password], rules: { ...required, methods: ['passkey'] } };
    expect(judge(told)).toMatchObject({ step: 'challenge', methods: ['m-totp'] });
    expect(judge({ ...told, proven: [password, code] })).toMatchObject({ step: 'protect-account', kinds: ['passkey'] });
    expect(
      judge({ ...told, person: { ...enrolled, methods: [totp, passkey] }, proven: [password, code, touch] }),
    ).toMatchObject({ step: 'done', acr: 'phr' });
  });

  it('A6: on a session asks for the password first', () => {
    const told = { person: ada, session: session(['pwd'], 'single'), rules: required };
    expect(judge(told).step).toBe('password');
    expect(why(told)).toEqual(['secondFactor: required', 'always: fresh_proof_before_enrolling']);
    expect(judge({ ...told, proven: [password] }).step).toBe('protect-account');
  });

  it('is impossible where every allowed method needs an admin: stuck', () => {
    const told = { person: ada, proven: [password], rules: { ...required, methods: ['token'] } };
    expect(judge(told)).toMatchObject({ step: 'refused', why: 'stuck' });
    expect(why(told)).toEqual(['secondFactor: required', 'methods: no_method_can_be_set_up']);
    const given = { ...told, person: { ...ada, methods: [token] } };
    expect(judge(given)).toMatchObject({ step: 'challenge', methods: ['m-token'] });
    expect(judge({ ...given, proven: [password, tokenCode] })).toMatchObject({ step: 'done', acr: 'mfa' });
  });
});

describe('a new password', () => {
  const told = { proven: [password], answers: ['postponed'] };

  it.each([
    [14, {}, [], 'new-password', 15],
    [15, {}, [], 'done', 0],
    [7, { secondFactor: 'required' as const }, [totp], 'new-password', 8],
    [8, { secondFactor: 'required' as const }, [totp], 'done', 0],
    [8, {}, [totp], 'done', 0],
    [7, {}, [totp], 'new-password', 8],
    [11, { passwordMinLength: 12 }, [totp], 'new-password', 12],
    [12, { passwordMinLength: 12 }, [totp], 'done', 0],
    [19, { passwordMinLength: 20 }, [totp], 'new-password', 20],
    [14, { secondFactor: 'off' as const }, [totp], 'new-password', 15],
  ])('N18: of %d characters under %j with %j: %s', (passwordLength, rules, methods, step, minLength) => {
    const decision = judge({ ...told, proven: [password, code], rules, person: { ...ada, methods, passwordLength } });
    expect(decision.step).toBe(step);
    if (decision.step === 'new-password') expect(decision.minLength).toBe(minLength);
  });

  it('comes after the second factor of those who have one', () => {
    expect(judge({ ...told, person: { ...enrolled, passwordLength: 3 } }).step).toBe('challenge');
  });

  it('comes before setting one up where that must be', () => {
    expect(judge({ ...told, rules: { secondFactor: 'required' }, person: { ...ada, passwordLength: 7 } }).step).toBe(
      'new-password',
    );
    expect(judge({ ...told, rules: { secondFactor: 'required' }, person: { ...ada, passwordLength: 8 } }).step).toBe(
      'protect-account',
    );
  });

  it('waits for the answer to an offer, which may make the old one long enough', () => {
    expect(judge({ proven: [password], person: { ...ada, passwordLength: 10 } }).step).toBe('protect-account');
    expect(judge({ ...told, person: { ...ada, passwordLength: 10 } }).step).toBe('new-password');
    expect(judge({ proven: [password, code], person: { ...enrolled, passwordLength: 10 } }).step).toBe('done');
  });

  it('is set where the one that was typed was only lent', () => {
    const { passwordLength: _none, ...lent } = { ...ada, hasPassword: false };
    expect(judge({ ...told, person: lent })).toMatchObject({ step: 'new-password', minLength: 15 });
    expect(judge({ person: lent, session: session(['pwd'], 'single') }).step).toBe('done');
  });

  it('is not asked for where it was not typed now', () => {
    const { passwordLength: _none, ...unknown } = ada;
    expect(judge({ ...told, person: unknown }).step).toBe('done');
    expect(judge({ person: { ...ada, passwordLength: 3 }, session: session(['pwd'], 'single') }).step).toBe('done');
  });
});

describe('consent', () => {
  it('is asked last, once', () => {
    const told = { person: enrolled, request: { needsConsent: true } };
    expect(judge({ ...told, proven: [password] }).step).toBe('challenge');
    expect(judge({ ...told, proven: [password, code] }).step).toBe('consent');
    expect(judge({ ...told, proven: [password, code], answers: ['consented'] }).step).toBe('done');
  });
});
