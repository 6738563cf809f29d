import { combine, type Level, next, type Rules, rulesShape } from '../../src/policy/index.ts';
import { ada, code, facts, level, password, session, totp } from './facts.ts';

type Effect = 'always_second_factor' | 'refuse';
type Where = 'inside' | 'outside';
const enrolled = { ...ada, methods: [totp] };
const network = (ranges: string[], effect: Effect, where?: Where): Rules => ({
  networks: [{ ranges, effect, ...(where === undefined ? {} : { where }) }],
});

function from(address: string | undefined, rules: Rules, told: object = {}) {
  const asked = facts({ rules: { secondFactor: 'off', ...rules }, person: enrolled, proven: [password], ...told });
  return next(address === undefined ? asked : { ...asked, address });
}

function at(time: string, rules: Rules) {
  return next({
    ...facts({ rules: { secondFactor: 'off', ...rules }, person: enrolled, proven: [password] }),
    now: new Date(time),
  });
}

describe('a rule about networks', () => {
  it.each<[string, string[], string | undefined, Where, string]>([
    ['in the range', ['192.0.2.0/24'], '192.0.2.0', 'inside', 'challenge'],
    ['at the end of the range', ['192.0.2.0/24'], '192.0.2.255', 'inside', 'challenge'],
    ['just past the range', ['192.0.2.0/24'], '192.0.3.0', 'inside', 'done'],
    ['just before the range', ['192.0.2.0/24'], '192.0.1.255', 'inside', 'done'],
    ['in the second range', ['10.0.0.0/8', '192.0.2.0/24'], '192.0.2.1', 'inside', 'challenge'],
    ['a single address', ['192.0.2.7'], '192.0.2.7', 'inside', 'challenge'],
    ['beside a single address', ['192.0.2.7'], '192.0.2.6', 'inside', 'done'],
    ['a single address of version 6', ['2001:db8::7'], '2001:db8::7', 'inside', 'challenge'],
    ['beside a single address of version 6', ['2001:db8::7'], '2001:db8::8', 'inside', 'done'],
    ['in a range of version 6', ['2001:db8::/32'], '2001:db8:ffff::1', 'inside', 'challenge'],
    ['out of a range of version 6', ['2001:db8::/32'], '2001:db9::1', 'inside', 'done'],
    ['outside the office, at home', ['192.0.2.0/24'], '198.51.100.1', 'outside', 'challenge'],
    ['outside the office, in it', ['192.0.2.0/24'], '192.0.2.1', 'outside', 'done'],
    ['an unknown address is outside', ['0.0.0.0/0'], undefined, 'outside', 'challenge'],
    ['an unknown address is not inside', ['0.0.0.0/0'], undefined, 'inside', 'done'],
    ['what is no address is not inside', ['0.0.0.0/0'], 'localhost', 'inside', 'done'],
  ])('%s', (_words, ranges, address, where, step) => {
    const rules = network(ranges, 'always_second_factor', where);
    expect(from(address, rules).step).toBe(step);
    const refusing = network(ranges, 'refuse', where);
    expect(from(address, refusing)).toMatchObject(
      step === 'done'
        ? { step: 'done' }
        : { step: 'refused', why: 'network', reasons: [{ rule: 'networks', because: 'by_network' }] },
    );
  });

  it('asks for a second factor though the browser is remembered', () => {
    const rules: Rules = {
      secondFactor: 'required',
      rememberBrowserDays: 30,
      ...network(['192.0.2.0/24'], 'always_second_factor'),
    };
    const remembered = { browser: { isKnown: true, rememberedAt: new Date('2026-02-28T12:00:00Z') } };
    expect(from('198.51.100.1', rules, remembered).step).toBe('done');
    expect(from('192.0.2.1', rules, remembered)).toMatchObject({ step: 'challenge', canRememberDays: 0 });
  });

  it('asks for one of who has none yet, and no grace puts that off', () => {
    const rules: Rules = {
      secondFactor: 'required',
      grace: { days: 9 },
      ...network(['192.0.2.0/24'], 'always_second_factor'),
    };
    expect(from('198.51.100.1', rules, { person: ada })).toMatchObject({ step: 'protect-account', canPostpone: true });
    expect(from('192.0.2.1', rules, { person: ada })).toMatchObject({
      step: 'protect-account',
      canPostpone: false,
      reasons: [{ rule: 'networks', because: 'by_network' }],
    });
  });

  it('is satisfied by a second factor', () => {
    const rules = network(['192.0.2.0/24'], 'always_second_factor');
    expect(from('192.0.2.1', rules, { proven: [password, code] })).toMatchObject({ step: 'done', acr: 'mfa' });
  });

  it('of several levels: one that refuses is enough', () => {
    const levels: Level[] = [
      level(network(['192.0.2.0/24'], 'always_second_factor')),
      level(network(['192.0.2.0/28'], 'refuse'), 'organization', 'acme'),
    ];
    const told = facts({ person: enrolled, proven: [password, code] });
    expect(next({ ...told, rules: combine(levels), address: '192.0.2.1' })).toMatchObject({
      why: 'network',
      reasons: [{ level: { id: 'acme' } }],
    });
    expect(next({ ...told, rules: combine(levels), address: '192.0.2.99' }).step).toBe('done');
  });

  it('is told to nobody before a first factor, and to who comes with a session', () => {
    const rules = network(['192.0.2.0/24'], 'refuse');
    expect(from('192.0.2.1', rules, { proven: [] }).step).toBe('password');
    expect(from('192.0.2.1', rules, { proven: [], session: session(['pwd'], 'single') }).step).toBe('refused');
  });

  it.each(['192.0.2.0/24', '192.0.2.1', '::/0', '2001:db8::/128', '0.0.0.0/32'])('takes %s', (range) => {
    expect(rulesShape.safeParse(network([range], 'refuse')).success).toBe(true);
  });

  it.each(['192.0.2.0/33', '192.0.2', 'office', '2001:db8::/129', '192.0.2.0/', '192.0.2.0/1/2', '192.0.2.0/-1', ''])(
    'refuses %j',
    (range) => {
      expect(rulesShape.safeParse(network([range], 'refuse')).success).toBe(false);
    },
  );
});

describe('a rule about hours', () => {
  /** Vienna is an hour ahead of UTC in winter, two in summer. 1 March 2026 is a Sunday. */
  const vienna = (given: object): Rules => ({
    hours: [{ timeZone: 'Europe/Vienna', from: '09:00', to: '17:00', effect: 'refuse', ...given }],
  });

  it.each([
    ['2026-03-02T07:59:59Z', {}, 'done'],
    ['2026-03-02T08:00:00Z', {}, 'refused'],
    ['2026-03-02T15:59:59Z', {}, 'refused'],
    ['2026-03-02T16:00:00Z', {}, 'done'],
    ['2026-03-02T08:29:59Z', { from: '09:30' }, 'done'],
    ['2026-03-02T08:30:00Z', { from: '09:30' }, 'refused'],
    ['2026-03-02T16:14:59Z', { to: '17:15' }, 'refused'],
    ['2026-03-02T16:15:00Z', { to: '17:15' }, 'done'],
    ['2026-07-06T07:00:00Z', {}, 'refused'],
    ['2026-07-06T15:00:00Z', {}, 'done'],
    ['2026-03-02T08:00:00Z', { where: 'outside' }, 'done'],
    ['2026-03-02T07:59:59Z', { where: 'outside' }, 'refused'],
    ['2026-03-02T12:00:00Z', { days: ['mon'] }, 'refused'],
    ['2026-03-01T12:00:00Z', { days: ['mon'] }, 'done'],
    ['2026-03-01T12:00:00Z', { days: ['sat', 'sun'] }, 'refused'],
    ['2026-03-02T21:00:00Z', { from: '22:00', to: '06:00' }, 'refused'],
    ['2026-03-02T20:59:59Z', { from: '22:00', to: '06:00' }, 'done'],
    ['2026-03-02T04:59:59Z', { from: '22:00', to: '06:00' }, 'refused'],
    ['2026-03-02T05:00:00Z', { from: '22:00', to: '06:00' }, 'done'],
    // The night from Sunday to Monday belongs to Sunday.
    ['2026-03-02T04:00:00Z', { from: '22:00', to: '06:00', days: ['sun'] }, 'refused'],
    ['2026-03-02T04:00:00Z', { from: '22:00', to: '06:00', days: ['mon'] }, 'done'],
    ['2026-03-02T22:00:00Z', { from: '22:00', to: '06:00', days: ['mon'] }, 'refused'],
    ['2026-03-02T22:00:00Z', { from: '22:00', to: '06:00', days: ['sun'] }, 'done'],
    ['2026-03-02T03:00:00Z', { from: '00:00', to: '00:00', days: ['mon'] }, 'refused'],
    ['2026-03-02T03:00:00Z', { from: '00:00', to: '00:00', days: ['tue'] }, 'done'],
    ['2026-03-02T12:00:00Z', { effect: 'always_second_factor' }, 'challenge'],
    ['2026-03-02T20:00:00Z', { effect: 'always_second_factor' }, 'done'],
  ])('at %s under %j: %s', (time, given, step) => {
    const decision = at(time, vienna(given));
    expect(decision.step).toBe(step);
    if (decision.step === 'refused') {
      expect(decision).toMatchObject({ why: 'hours', reasons: [{ rule: 'hours', because: 'by_hour' }] });
    }
    if (decision.step === 'challenge') expect(decision.reasons[0]).toMatchObject({ rule: 'hours', because: 'by_hour' });
  });

  it.each([
    { timeZone: 'Mars/Olympus' },
    { from: '24:00' },
    { to: '9:00' },
    { days: [] },
    { days: ['someday'] },
    { effect: 'warn' },
  ])('refuses %j', (given) => {
    expect(rulesShape.safeParse(vienna(given)).success).toBe(false);
    expect(rulesShape.safeParse(vienna({})).success).toBe(true);
  });
});
