import { combine, type Facts, type Level, next, type Rules } from '../../src/policy/index.ts';
import { ada, code, facts, level, password, session, totp } from './facts.ts';

/** The tests' now is noon of 1 March 2026, UTC. */
const required = (terms: Rules = {}): Rules => ({ secondFactor: 'required', ...terms });
const org = (rules: Rules, id = 'acme') => level(rules, 'organization', id);
const rolledOutTo = (...organizations: string[]): Level => ({
  ...level(required({ forRoles: ['admin'] }), 'rollout'),
  organizations,
});
const atAcme = (role: 'owner' | 'admin' | 'member') => [{ organization: 'acme', under: ['group'], role }];

interface Told {
  readonly memberships?: NonNullable<NonNullable<Facts['person']>['memberships']>;
  readonly postponed?: NonNullable<NonNullable<Facts['person']>['postponed']>;
  readonly answers?: readonly string[];
  readonly methods?: NonNullable<Facts['person']>['methods'];
}

function decide(levels: readonly Level[], { answers = [], methods = [], ...about }: Told = {}) {
  return next({
    ...facts({ person: { ...ada, methods, ...about }, proven: [password], answers }),
    rules: combine(levels),
  });
}

const bound = { step: 'protect-account', canPostpone: false };
const offered = { step: 'protect-account', canPostpone: true };

describe('a second factor required from a date', () => {
  it.each([
    ['2026-02-28', bound],
    ['2026-03-01', bound],
    ['2026-03-01T12:00:00Z', bound],
    ['2026-03-01T12:00:01Z', offered],
    ['2026-03-01T12:00:00+01:00', bound],
    ['2026-03-01T12:00:00-01:00', offered],
    ['2026-03-02', offered],
    ['at_once', bound],
  ])('%s: %j', (requiredFrom, step) => {
    expect(decide([level(required({ requiredFrom }))])).toMatchObject(step);
  });

  it('is offered before, with the date, and that is no postponement to count', () => {
    const decision = decide([level(required({ requiredFrom: '2026-04-01' }))]);
    expect(decision).toMatchObject({
      postponement: { until: new Date('2026-04-01'), isCounted: false },
      reasons: [{ rule: 'requiredFrom', because: 'required_later' }],
    });
    expect(decide([level(required({ requiredFrom: '2026-04-01' }))], { answers: ['postponed'] }).step).toBe('done');
  });

  it('is asked of those who have one already', () => {
    expect(decide([level(required({ requiredFrom: '2026-04-01' }))], { methods: [totp] }).step).toBe('challenge');
  });

  it('binds at once those of whom another level requires it at once', () => {
    const later = level(required({ requiredFrom: '2026-04-01' }));
    expect(decide([later, org(required())])).toMatchObject(bound);
    expect(decide([later, org({ requiredFrom: '2026-03-01' })])).toMatchObject(bound);
    expect(decide([later, org({ requiredFrom: '2026-05-01' })])).toMatchObject({
      ...offered,
      postponement: { until: new Date('2026-04-01') },
    });
  });

  it('may be moved back by levels below where it is open', () => {
    const open = level(required({ open: ['requiredFrom'] }));
    expect(decide([open, org({ requiredFrom: '2026-04-01' })])).toMatchObject(offered);
    expect(decide([level(required()), org({ requiredFrom: '2026-04-01' })])).toMatchObject(bound);
  });
});

describe('a grace period', () => {
  const since = (days: number) => ({
    times: 1,
    since: new Date(Date.parse('2026-03-01T12:00:00Z') - days * 86_400_000),
  });

  it.each<[string, Rules['grace'], Told, object]>([
    [
      'a date to come',
      { until: '2026-03-02' },
      {},
      { ...offered, postponement: { until: new Date('2026-03-02'), isCounted: true } },
    ],
    ['a date that has come', { until: '2026-03-01' }, {}, bound],
    [
      'days not begun yet',
      { days: 7 },
      {},
      { ...offered, postponement: { until: new Date('2026-03-08T12:00:00Z'), isCounted: true } },
    ],
    ['days, the last of them', { days: 7 }, { postponed: since(6.999) }, offered],
    ['days, over', { days: 7 }, { postponed: since(7) }, bound],
    ['three sign-ins, none used', { postponements: 3 }, {}, { ...offered, postponement: { left: 3, isCounted: true } }],
    [
      'three sign-ins, two used',
      { postponements: 3 },
      { postponed: { ...since(1), times: 2 } },
      { ...offered, postponement: { left: 1 } },
    ],
    ['three sign-ins, all used', { postponements: 3 }, { postponed: { ...since(1), times: 3 } }, bound],
    ['whichever ends first: days', { days: 1, postponements: 9 }, { postponed: since(2) }, bound],
    ['whichever ends first: sign-ins', { days: 9, postponements: 1 }, { postponed: since(2) }, bound],
    ['none', 'none', {}, bound],
  ])('%s', (_words, grace, told, step) => {
    expect(decide([level(required({ grace: grace ?? 'none' }))], told)).toMatchObject(step);
  });

  it('covers the sign-in whose postponement was the last, and no second one', () => {
    const rules = [level(required({ grace: { postponements: 2 } }))];
    const told = (times: number) => ({ answers: ['postponed'], postponed: { ...since(0), times } });
    expect(decide(rules, told(1)).step).toBe('done');
    expect(decide(rules, told(2))).toMatchObject({
      step: 'done',
      acr: 'single',
      reasons: [{ because: 'password_proven' }, { because: 'postponed' }, { rule: 'grace', because: 'grace' }],
    });
    expect(decide(rules, told(3))).toMatchObject(bound);
  });

  it('covers the session that came of it', () => {
    const rules = combine([level(required({ grace: { postponements: 2 } }))]);
    const built = (times: number) =>
      next({
        ...facts({ person: { ...ada, postponed: { ...since(0), times } }, session: session(['pwd'], 'single') }),
        rules,
      }).step;
    expect([built(2), built(3)]).toEqual(['done', 'password']);
  });

  it('covers no new sign-in beside the session that came of it', () => {
    const rules = combine([level(required({ grace: { postponements: 2 } }))]);
    const told = { person: { ...ada, postponed: { ...since(0), times: 2 } }, session: session(['pwd'], 'single') };
    expect(next({ ...facts({ ...told, proven: [password] }), rules })).toMatchObject(bound);
  });

  it('that is over ends what was postponed under it', () => {
    const rules = [level(required({ grace: { until: '2026-03-01' } }))];
    expect(decide(rules, { answers: ['postponed'] })).toMatchObject(bound);
  });

  it('is the shortest of those of the levels, and none where one level gives none', () => {
    const week = level(required({ grace: { days: 7 } }));
    expect(decide([week, org({ grace: { days: 3 } })])).toMatchObject({
      postponement: { until: new Date('2026-03-04T12:00:00Z') },
      reasons: [{ rule: 'grace', level: { id: 'acme' } }],
    });
    expect(decide([week, org(required({ grace: { days: 3 } }))])).toMatchObject({
      postponement: { until: new Date('2026-03-04T12:00:00Z') },
    });
    expect(decide([week, org(required())])).toMatchObject(bound);
    expect(decide([week, org({ grace: 'none' })])).toMatchObject(bound);
    expect(decide([week, org({ grace: { days: 30 } })])).toMatchObject({
      postponement: { until: new Date('2026-03-08T12:00:00Z') },
    });
  });

  it('with fewer sign-ins left is the shorter one where neither has an end', () => {
    const levels = [level(required({ grace: { postponements: 5 } })), org(required({ grace: { postponements: 2 } }))];
    expect(decide(levels)).toMatchObject({ postponement: { left: 2 } });
    expect(decide(levels.toReversed())).toMatchObject({ postponement: { left: 2 } });
  });

  it('may be given by levels below where it is open', () => {
    expect(decide([level(required({ open: ['grace'] })), org({ grace: { days: 3 } })])).toMatchObject(offered);
    expect(decide([level(required()), org({ grace: { days: 3 } })])).toMatchObject(bound);
  });

  it('goes before a date that is further off', () => {
    const levels = [level(required({ requiredFrom: '2026-03-02' })), org(required({ grace: { days: 30 } }))];
    expect(decide(levels)).toMatchObject({ postponement: { isCounted: true } });
  });
});

describe('a second factor for roles', () => {
  it.each<[string, readonly Level[], NonNullable<Told['memberships']>, string]>([
    ['an admin, where admins must', [level(required({ forRoles: ['admin'] }))], atAcme('admin'), 'bound'],
    ['a member, where admins must', [level(required({ forRoles: ['admin'] }))], atAcme('member'), 'free'],
    ['nobody’s member, where admins must', [level(required({ forRoles: ['admin'] }))], [], 'free'],
    [
      'an owner, where admins and owners must',
      [level(required({ forRoles: ['admin', 'owner'] }))],
      atAcme('owner'),
      'bound',
    ],
    ['an admin of that organization', [org(required({ forRoles: ['admin'] }))], atAcme('admin'), 'bound'],
    ['an admin below that organization', [org(required({ forRoles: ['admin'] }), 'group')], atAcme('admin'), 'bound'],
    [
      'an admin of another organization only',
      [org(required({ forRoles: ['admin'] }), 'bolt')],
      atAcme('admin'),
      'free',
    ],
    ['an admin of what a roll-out is for', [rolledOutTo('acme')], atAcme('admin'), 'bound'],
    ['an admin below what a roll-out is for', [rolledOutTo('bolt', 'group')], atAcme('admin'), 'bound'],
    ['an admin of another organization than a roll-out is for', [rolledOutTo('bolt')], atAcme('admin'), 'free'],
    [
      'a member, where one level says all',
      [level(required({ forRoles: ['admin'] })), org(required())],
      atAcme('member'),
      'bound',
    ],
    [
      'a member, where a level below adds members',
      [level(required({ forRoles: ['admin'] })), org({ forRoles: ['member'] })],
      atAcme('member'),
      'bound',
    ],
    [
      'a member, where a level below would leave them out',
      [level(required()), org({ forRoles: ['admin'] })],
      atAcme('member'),
      'bound',
    ],
    [
      'a member, where it may leave them out',
      [level(required({ open: ['forRoles'] })), org({ forRoles: ['admin'] })],
      atAcme('member'),
      'free',
    ],
  ])('%s: %s', (_words, levels, memberships, expected) => {
    const decision = decide(levels, { memberships });
    expect(decision).toMatchObject(expected === 'bound' ? bound : offered);
  });

  it('does not mix one level’s date with another’s roles', () => {
    const levels = [level(required({ requiredFrom: '2026-06-01' })), org(required({ forRoles: ['admin'] }))];
    expect(decide(levels, { memberships: atAcme('member') })).toMatchObject(offered);
    expect(decide(levels, { memberships: atAcme('admin') })).toMatchObject(bound);
  });

  it('leaves the others what the other levels say', () => {
    const levels = [level({ secondFactor: 'off' }), org(required({ forRoles: ['admin'] }))];
    const decision = decide(levels, { memberships: atAcme('member'), methods: [totp] });
    expect(decision).toMatchObject({ step: 'done' });
    expect(decision.reasons.map(({ rule, because }) => `${rule}: ${because}`)).toContain('forRoles: role_not_bound');
    expect(decide([org(required({ forRoles: ['admin'] }))], { memberships: atAcme('member') })).toMatchObject({
      ...offered,
      reasons: [{ rule: 'secondFactor', level: { kind: 'product' }, because: 'offered' }],
    });
  });
});

describe('the terms by themselves', () => {
  it('are those of the strictest level, and a level that requires without terms says: at once, all, no grace', () => {
    const { requiredFrom, grace, forRoles } = combine([
      level(required({ requiredFrom: '2026-06-01', grace: { days: 3 }, forRoles: ['admin'] })),
      org(required()),
    ]);
    expect([requiredFrom.value, grace.value, forRoles.value]).toEqual(['at_once', 'none', 'all']);
    expect([requiredFrom.from.id, grace.from.id, forRoles.from.id]).toEqual(['acme', 'acme', 'acme']);
    expect(requiredFrom.others).toMatchObject([{ value: '2026-06-01', why: 'looser' }]);
  });

  it('are given up to the nearest of the levels below', () => {
    const levels = [
      level({ grace: { days: 9 } }),
      org(required({ open: ['grace'] })),
      level({ grace: { days: 3 } }, 'portal', 'shop'),
      level({ grace: { days: 5 } }, 'user', 'ada'),
    ];
    const { grace, secondFactor } = combine(levels);
    expect(secondFactor.requirements).toMatchObject([{ grace: { days: 5 }, graceLevel: { id: 'ada' } }]);
    expect(grace.value).toEqual({ days: 3 });
  });

  it('are kept where they are not open', () => {
    expect(combine([level(required()), org({ grace: { days: 3 } })]).grace.value).toBe('none');
  });

  it('are not tightened by terms that were given up', () => {
    const levels = [level({ grace: { days: 3 }, open: ['grace'] }), org(required({ grace: { days: 30 } }))];
    expect(combine(levels).secondFactor.requirements).toMatchObject([{ grace: { days: 30 } }]);
  });

  it('are the requiring level’s own where another names the same moment', () => {
    const levels = [level(required({ requiredFrom: '2026-05-01' })), org({ requiredFrom: '2026-05-01T00:00:00Z' })];
    expect(combine(levels).secondFactor.requirements).toMatchObject([
      { from: '2026-05-01', fromLevel: { id: 'realm' } },
    ]);
    expect(combine([level(required()), org({ requiredFrom: 'at_once' })]).requiredFrom.from.id).toBe('realm');
  });

  it('are no reason where nothing is required', () => {
    const because = (secondFactor: 'off' | 'optional') =>
      decide([level({ secondFactor })], { answers: ['postponed'] }).reasons.map(
        (each) => `${each.rule}: ${each.because}`,
      );
    expect(because('off')).toContain('secondFactor: not_asked');
    expect(because('optional')).toContain('secondFactor: not_required');
  });

  it('are given up where they are open', () => {
    const { grace, secondFactor } = combine([level(required({ open: ['grace'] })), org({ grace: { days: 3 } })]);
    expect(grace).toMatchObject({ value: { days: 3 }, from: { id: 'acme' } });
    expect(secondFactor.requirements).toMatchObject([{ grace: { days: 3 }, graceLevel: { id: 'acme' } }]);
  });

  it('a shorter password will do only where everybody has a second factor at once', () => {
    const floor = (rules: Rules) => combine([level(rules)]).passwordMinLength.value;
    expect(floor(required())).toBe(8);
    expect(floor(required({ requiredFrom: '2026-01-01' }))).toBe(15);
    expect(floor(required({ grace: { days: 3 } }))).toBe(15);
    expect(floor(required({ forRoles: ['admin'] }))).toBe(15);
  });
});

describe('what was required and proven', () => {
  it('is done, whatever the grace', () => {
    const told = { person: { ...ada, methods: [totp] }, proven: [password, code] };
    const rules = combine([level(required({ grace: { days: 3 } }))]);
    expect(next({ ...facts(told), rules })).toMatchObject({ step: 'done', acr: 'mfa' });
  });
});
