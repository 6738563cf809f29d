import { combine, type Facts, type Level, type Next, next, type Rules } from '../../src/policy/index.ts';

export const now = new Date('2026-03-01T12:00:00Z');

export function level(rules: Rules, kind: Level['kind'] = 'realm', id: string = kind): Level {
  return { kind, id, name: `The ${id}`, rules };
}

type Person = NonNullable<Facts['person']>;

export const ada: Person = {
  id: 'ada',
  isDisabled: false,
  isSecondFactorLocked: false,
  hasPassword: true,
  passwordLength: 20,
  methods: [],
};
export const totp = { id: 'm-totp', kind: 'totp', order: 1 };
export const passkey = { id: 'm-passkey', kind: 'passkey', order: 2 };
export const email = { id: 'm-email', kind: 'email', order: 3 };
export const token = { id: 'm-token', kind: 'token', order: 4 };
export const gone = { id: 'm-gone', kind: 'carrier-pigeon', order: 5 };

const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
export const password = { factor: 'password', amr: ['pwd'], at: minutesAgo(2) };
export const code = { factor: 'totp', amr: ['otp'], at: minutesAgo(1) };
export const touch = { factor: 'passkey', amr: ['hwk', 'user'], at: minutesAgo(1) };
export const mail = { factor: 'email', amr: ['otp'], at: minutesAgo(1) };
export const tokenCode = { factor: 'token', amr: ['otp'], at: minutesAgo(1) };

export const factors: Facts['factors'] = new Map([
  ['totp', { strength: 'mfa', isSelfService: true }],
  ['token', { strength: 'mfa', isSelfService: false }],
  ['passkey', { strength: 'phr', isSelfService: true, alone: {} }],
  ['email', { strength: 'none', isSelfService: true }],
  ['password', { strength: 'none', isSelfService: true }],
]);

export function session(amr: readonly string[], acr: string, hoursAgo = 1): NonNullable<Facts['session']> {
  return { userId: 'ada', amr, acr, authTime: minutesAgo(hoursAgo * 60) };
}

interface Told extends Partial<Omit<Facts, 'rules' | 'request'>> {
  readonly rules?: Rules;
  readonly request?: Partial<Facts['request']>;
}

export function facts({ rules = {}, request, ...rest }: Told): Facts {
  return {
    now,
    rules: combine([level(rules)]),
    factors,
    request: { acrValues: [], essentialAcr: [], needsConsent: false, ...request },
    proven: [],
    answers: [],
    browser: { isKnown: false },
    ...rest,
  };
}

export function judge(told: Told): Next {
  return next(facts(told));
}

/** Facts after the person did what the step asks, in the way `choice` (any whole number) picks. */
export function afterStep(before: Facts, step: Next, who: Person, choice: number): Facts {
  const pick = <T>(list: readonly T[]): T => list[choice % list.length] as T;
  const person = before.person ?? who;
  const strengthless = (kind: string) => ({
    factor: kind,
    amr: kind === 'passkey' ? ['hwk', 'user'] : ['otp'],
    at: before.now,
  });
  switch (step.step) {
    case 'password':
      return { ...before, person, proven: [...before.proven, { factor: 'password', amr: ['pwd'], at: before.now }] };
    case 'new-password':
      return { ...before, person: { ...person, hasPassword: true, passwordLength: step.minLength } };
    case 'challenge': {
      const id = pick(step.methods);
      const kind = person.methods.find((method) => method.id === id)?.kind ?? '';
      return { ...before, proven: [...before.proven, strengthless(kind)] };
    }
    case 'protect-account':
      return {
        ...before,
        answers: [...before.answers, step.canPostpone && choice % 2 === 0 ? 'postponed' : 'started'],
      };
    case 'choose-method':
      return { ...before, answers: [...before.answers, `chosen:${pick(step.kinds)}`] };
    case 'second-method': {
      const answer = step.canSkip && choice % 2 === 0 ? 'second_skipped' : `chosen:${pick(step.kinds)}`;
      return { ...before, answers: [...before.answers, answer] };
    }
    case 'choose-organization':
      return { ...before, organizations: { choices: step.organizations, chosen: pick(step.organizations) } };
    case 'summary':
      return { ...before, answers: [...before.answers, 'summary_seen'] };
    case 'enrol': {
      if (step.canPostpone && choice % 2 === 0) return { ...before, answers: [...before.answers, 'postponed'] };
      const kind = pick(step.kinds);
      const added = { id: `new-${kind}`, kind, order: person.methods.length + 1 };
      return {
        ...before,
        person: { ...person, methods: [...person.methods, added] },
        ...(before.factors.get(kind)?.isBackup === true
          ? { answers: before.answers.filter((answer) => answer !== `low:${kind}`) }
          : { proven: [...before.proven, strengthless(kind)], answers: [...before.answers, 'enrolled'] }),
      };
    }
    case 'consent':
      return { ...before, answers: [...before.answers, 'consented'] };
    default:
      return before;
  }
}
