import { type FactorFacts, type Facts, next, type Rules } from '../../src/policy/index.ts';
import { ada, code, email, facts, now, passkey, password, session, token, tokenCode, totp, touch } from './facts.ts';

const backup = { strength: 'mfa', isSelfService: false, isBackup: true } as const;
const recovery = { id: 'm-recovery', kind: 'recovery', order: 9 };

const factors: Facts['factors'] = new Map<string, FactorFacts>([
  ['totp', { strength: 'mfa', isSelfService: true }],
  ['phone', { strength: 'mfa', isSelfService: true, channels: ['sms', 'voice'] }],
  ['token', { strength: 'mfa', isSelfService: true, isFromInventory: true }],
  ['passkey', { strength: 'phr', isSelfService: true }],
  ['email', { strength: 'none', isSelfService: true }],
  ['recovery', backup],
]);

function decide(rules: Rules, told: Parameters<typeof facts>[0]) {
  return next(facts({ factors, person: ada, proven: [password], rules, ...told }));
}

const enrolledNow = { person: { ...ada, methods: [totp] }, proven: [password, code], answers: ['started', 'enrolled'] };
const wanted: Rules = { secondFactor: 'required', methods: ['totp', 'phone', 'passkey'], secondMethod: 'wanted' };
const both: Rules = { ...wanted, secondMethod: 'required' };

describe('the page of a kind', () => {
  const two: Rules = { secondFactor: 'required', methods: ['totp', 'passkey'] };

  it.each<[string, Rules, readonly string[], object]>([
    [
      'is for choosing where there are several',
      two,
      ['started'],
      { step: 'choose-method', kinds: ['totp', 'passkey'], canPostpone: false },
    ],
    [
      'is for choosing where what was chosen is not allowed',
      two,
      ['started', 'chosen:phone'],
      { step: 'choose-method' },
    ],

    [
      'comes after “Get started” where there is one kind',
      { ...two, methods: ['totp'] },
      ['started'],
      { step: 'enrol', kinds: ['totp'] },
    ],
    [
      'is the chosen kind’s, the others stay within reach',
      two,
      ['started', 'chosen:passkey'],
      { step: 'enrol', kinds: ['passkey', 'totp'] },
    ],
    [
      'is that of the last choice',
      two,
      ['started', 'chosen:passkey', 'chosen:totp'],
      { step: 'enrol', kinds: ['totp', 'passkey'] },
    ],
    [
      'does not come before “Get started”',
      two,
      ['chosen:totp'],
      { step: 'protect-account', kinds: ['totp', 'passkey'] },
    ],
  ])('%s', (_words, rules, answers, step) => {
    expect(decide(rules, { answers })).toMatchObject(step);
  });
});

describe('a second method', () => {
  it('is offered once where it is wanted, of another kind, and can be skipped', () => {
    const decision = decide(wanted, enrolledNow);
    expect(decision).toMatchObject({ step: 'second-method', kinds: ['phone', 'passkey'], canSkip: true });
    expect(decision.reasons).toMatchObject([{ rule: 'secondMethod', because: 'second_method_wanted' }]);
    expect(decide(wanted, { ...enrolledNow, answers: ['enrolled', 'second_skipped'] }).step).toBe('summary');
  });

  it('is not offered to who set nothing up in this sign-in', () => {
    expect(decide(wanted, { ...enrolledNow, answers: [] }).step).toBe('done');
  });

  it('is asked for where it is required, at every sign-in, and cannot be skipped', () => {
    for (const answers of [['enrolled'], [], ['second_skipped']]) {
      expect(decide(both, { ...enrolledNow, answers })).toMatchObject({ step: 'second-method', canSkip: false });
    }
    expect(decide(both, enrolledNow).reasons).toMatchObject([{ because: 'second_method_required' }]);
  });

  it('leads to the page of the kind that is chosen', () => {
    const decision = decide(both, { ...enrolledNow, answers: ['enrolled', 'chosen:passkey'] });
    expect(decision).toMatchObject({ step: 'enrol', kinds: ['passkey', 'phone'], canPostpone: false });
    expect(decide(both, { ...enrolledNow, answers: ['enrolled', 'chosen:totp'] }).step).toBe('second-method');
  });

  it.each<[string, Rules, object]>([
    ['of those who have two kinds', both, { person: { ...ada, methods: [totp, passkey] } }],
    ['where policy allows one kind only', { ...both, methods: ['totp'] }, {}],
    [
      'where only a backup is left',
      { ...both, methods: ['totp', 'recovery'] },
      { person: { ...ada, methods: [totp, recovery] } },
    ],
    ['where policy wants none', { ...both, secondMethod: 'no' }, {}],
    ['on a session that is built on', both, { proven: [], session: session(['pwd', 'otp', 'mfa'], 'mfa') }],
  ])('is not asked for %s', (_words, rules, told) => {
    expect(decide(rules, { ...enrolledNow, answers: [], ...told }).step).toBe('done');
  });

  it('of the same kind, a backup, or one that is not allowed is none', () => {
    for (const more of [{ ...totp, id: 'm-other' }, recovery, token, email]) {
      expect(decide(both, { ...enrolledNow, person: { ...ada, methods: [totp, more] } }).step).toBe('second-method');
    }
  });

  it('waits for a second factor: a password alone binds nothing', () => {
    expect(decide(both, { person: { ...ada, methods: [totp] } }).step).toBe('challenge');
    expect(decide({ ...both, secondFactor: 'off' }, { person: { ...ada, methods: [totp] } }).step).toBe('done');
  });

  it('comes before recovery codes, and those before the summary', () => {
    const rules: Rules = { ...wanted, methods: ['totp', 'passkey', 'recovery'] };
    const skipped = { ...enrolledNow, answers: ['enrolled', 'second_skipped'] };
    expect(decide(rules, enrolledNow).step).toBe('second-method');
    expect(decide(rules, skipped)).toMatchObject({ step: 'enrol', kinds: ['recovery'] });
    expect(decide(rules, { ...skipped, person: { ...ada, methods: [recovery, totp] } })).toMatchObject({
      step: 'summary',
      methods: ['m-totp', 'm-recovery'],
    });
  });
});

describe('the summary', () => {
  const done = { ...enrolledNow, person: { ...ada, methods: [passkey, totp] } };

  it('closes a set-up, once', () => {
    const decision = decide(both, done);
    expect(decision).toMatchObject({ step: 'summary', methods: ['m-totp', 'm-passkey'] });
    expect(decision.reasons).toMatchObject([{ rule: 'always', because: 'set_up' }]);
    expect(decide(both, { ...done, answers: ['enrolled', 'summary_seen'] }).step).toBe('done');
  });

  it.each<[string, Rules, readonly string[]]>([
    ['nothing was set up', both, []],
    ['one method is all that policy wants', { ...both, secondMethod: 'no' }, ['enrolled']],
  ])('is not shown where %s', (_words, rules, answers) => {
    expect(decide(rules, { ...done, answers }).step).toBe('done');
  });
});

describe('recovery codes', () => {
  const rules: Rules = { ...wanted, secondMethod: 'no', methods: ['totp', 'recovery'], rememberBrowserDays: 30 };
  const person = { ...ada, methods: [totp] };
  const answers = ['enrolled', 'summary_seen'];

  it('are handed out after a second factor, never on a password alone', () => {
    expect(decide(rules, { person, answers, proven: [password, code] })).toMatchObject({ kinds: ['recovery'] });
    const browser = { isKnown: true, rememberedAt: new Date(now.getTime() - 60_000) };
    expect(decide(rules, { person, answers, browser }).step).toBe('done');
    expect(decide(rules, { person, answers: ['low:recovery'], browser }).step).toBe('done');
  });
});

describe('codes by telephone', () => {
  const phone = { id: 'm-phone', kind: 'phone', order: 1 };
  const only: Rules = { secondFactor: 'required', methods: ['phone'] };

  it.each<[Rules, string]>([
    [{}, 'protect-account'],
    [{ sms: 'not' }, 'protect-account'],
    [{ voice: 'not' }, 'protect-account'],
    [{ sms: 'not', voice: 'not' }, 'refused'],
  ])('can be set up under %j: %s', (more, step) => {
    expect(decide({ ...only, ...more }, {}).step).toBe(step);
  });

  it.each<[Rules, string]>([
    [{ sms: 'not' }, 'challenge'],
    [{ sms: 'not', voice: 'not' }, 'refused'],
  ])('are asked for under %j: %s', (more, step) => {
    expect(decide({ ...only, ...more }, { person: { ...ada, methods: [phone] } }).step).toBe(step);
  });

  it('that may not be sent leave the person’s other methods', () => {
    const rules: Rules = { secondFactor: 'required', sms: 'not', voice: 'not' };
    expect(decide(rules, { person: { ...ada, methods: [phone, totp] } })).toMatchObject({ methods: ['m-totp'] });
  });
});

describe('a token', () => {
  const only: Rules = { secondFactor: 'required', methods: ['token'] };
  const assigned = { person: { ...ada, provided: ['token'] } };

  it.each<[string, Rules, object, string]>([
    ['any, by default', only, {}, 'protect-account'],
    ['only the one assigned, and one is', { ...only, preassignedTokensOnly: 'yes' }, assigned, 'protect-account'],
    ['only the one assigned, and none is', { ...only, preassignedTokensOnly: 'yes' }, {}, 'refused'],
  ])('may be registered: %s', (_words, rules, told, step) => {
    expect(decide(rules, told).step).toBe(step);
  });

  it('that an admin must give can be registered once it is given', () => {
    const given: Facts['factors'] = new Map([['token', { strength: 'mfa', isSelfService: false }]]);
    expect(decide(only, { factors: given }).step).toBe('refused');
    expect(decide(only, { factors: given, ...assigned }).step).toBe('protect-account');
    expect(decide(only, { factors: given, ...assigned, proven: [password, tokenCode] }).step).toBe('done');
  });

  it('does not have to be assigned for other kinds to be set up', () => {
    const rules: Rules = { secondFactor: 'required', methods: ['totp', 'token'], preassignedTokensOnly: 'yes' };
    expect(decide(rules, {})).toMatchObject({ kinds: ['totp'] });
  });
});

describe('the organization of a session', () => {
  const rules: Rules = { secondFactor: 'required' };
  const told = (organizations: NonNullable<Facts['organizations']>) => ({
    person: { ...ada, methods: [totp] },
    organizations,
  });

  it.each<[string, NonNullable<Facts['organizations']>, string]>([
    ['asked where there are two', { choices: ['acme', 'bolt'] }, 'choose-organization'],
    ['not asked where there is one', { choices: ['acme'] }, 'challenge'],
    ['not asked where there is none', { choices: [] }, 'challenge'],
    ['not asked once it is chosen', { choices: ['acme', 'bolt'], chosen: 'bolt' }, 'challenge'],
    ['asked again where the choice is gone', { choices: ['acme', 'bolt'], chosen: 'coda' }, 'choose-organization'],
  ])('is %s', (_words, organizations, step) => {
    expect(decide(rules, told(organizations)).step).toBe(step);
  });

  it('is chosen before a second factor is asked for, after the password', () => {
    const decision = decide(rules, told({ choices: ['acme', 'bolt'] }));
    expect(decision).toMatchObject({
      organizations: ['acme', 'bolt'],
      reasons: [{ because: 'several_organizations' }],
    });
    expect(decide(rules, { ...told({ choices: ['acme', 'bolt'] }), proven: [] }).step).toBe('password');
  });
});

describe('methods in the order of a rule', () => {
  it.each<[Rules, readonly string[]]>([
    [{ methods: ['totp', 'passkey'] }, ['totp', 'passkey']],
    [{ methods: ['totp', 'passkey'], methodOrder: ['passkey'] }, ['passkey', 'totp']],
    [{ methodOrder: ['passkey', 'phone'] }, ['passkey', 'phone', 'totp', 'token']],
    [{ methods: ['totp'], methodOrder: ['passkey', 'totp'] }, ['totp']],
  ])('%j offer %j', (rules, kinds) => {
    expect(decide({ secondFactor: 'required', ...rules }, {})).toMatchObject({ step: 'protect-account', kinds });
  });
});

describe('methods of the same place', () => {
  it('are asked for in the order of their ids, whatever the order they are read in', () => {
    const methods = [
      { ...totp, id: 'b' },
      { ...totp, id: 'a' },
      { ...totp, id: 'c', order: 0 },
    ];
    const told = (list: typeof methods) => decide({ methods: ['totp'] }, { person: { ...ada, methods: list } });
    expect(told(methods)).toMatchObject({ methods: ['c', 'a', 'b'] });
    expect(told(methods.toReversed())).toMatchObject({ methods: ['c', 'a', 'b'] });
  });
});

describe('a passkey beside a code', () => {
  it('is a second method by itself', () => {
    const told = { ...enrolledNow, person: { ...ada, methods: [totp, passkey] }, proven: [password, touch] };
    expect(decide(both, { ...told, answers: [] })).toMatchObject({ step: 'done', acr: 'phr' });
  });
});
