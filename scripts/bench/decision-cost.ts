import { combine, type FactorFacts, type Facts, type Level, next, type Rules } from '../../src/policy/index.ts';

const said: Rules = {
  secondFactor: 'optional',
  methods: ['passkey', 'totp', 'token', 'phone', 'recovery'],
  secondMethod: 'wanted',
  rememberBrowserDays: 30,
  sessionHours: 24,
  idleMinutes: 60,
  lostPhone: { waitHours: 72 },
  networks: [{ ranges: ['192.0.2.0/24', '2001:db8::/32'], where: 'outside', effect: 'always_second_factor' }],
  hours: [{ timeZone: 'Europe/Vienna', from: '22:00', to: '06:00', effect: 'refuse' }],
  open: ['sessionHours'],
};

/** A realm, six organizations in a chain, two portals and the person, each of which says a lot. */
const tenLevels: readonly Level[] = [
  { kind: 'realm', id: 'realm', name: 'Realm', rules: { ...said, methodOrder: ['totp'] } },
  ...[1, 2, 3, 4, 5, 6].map(
    (at): Level => ({
      kind: 'organization',
      id: `o${at}`,
      name: `Organization ${at}`,
      rules: { ...said, secondFactor: 'required', grace: { days: 20 - at }, forRoles: ['admin', 'owner'] },
    }),
  ),
  ...['mail', 'files'].map((id): Level => ({ kind: 'portal', id, name: id, rules: { ...said, acr: 'mfa' } })),
  { kind: 'user', id: 'ada', name: 'Ada', rules: { secondFactor: 'required' } },
];

const factors: Facts['factors'] = new Map<string, FactorFacts>([
  ['passkey', { strength: 'phr', isSelfService: true }],
  ['totp', { strength: 'mfa', isSelfService: true }],
  ['token', { strength: 'mfa', isSelfService: true, isFromInventory: true }],
  ['phone', { strength: 'mfa', isSelfService: true, channels: ['sms', 'voice'] }],
  ['recovery', { strength: 'mfa', isSelfService: false, isBackup: true }],
]);

const now = new Date('2026-03-02T12:00:00Z');

function decide(): string {
  const { step } = next({
    now,
    rules: combine(tenLevels),
    factors,
    request: { acrValues: ['mfa'], essentialAcr: [], needsConsent: false },
    person: {
      id: 'ada',
      isDisabled: false,
      isSecondFactorLocked: false,
      hasPassword: true,
      methods: [
        { id: 'one', kind: 'totp', order: 1 },
        { id: 'two', kind: 'recovery', order: 2 },
      ],
      memberships: [{ organization: 'o6', under: ['o1', 'o2', 'o3', 'o4', 'o5'], role: 'admin' }],
    },
    proven: [{ factor: 'password', amr: ['pwd'], at: now }],
    answers: [],
    browser: { isKnown: true },
    address: '198.51.100.7',
  });
  return step;
}

/** Microseconds of CPU for one decision under ten levels, combined anew each time; once V8 has compiled it. */
export function decisionUs(times = 20_000): number {
  for (let at = 0; at < times; at += 1)
    if (decide() !== 'challenge') throw new Error('a second factor is not asked for');
  const before = process.cpuUsage();
  for (let at = 0; at < times; at += 1) decide();
  const { user, system } = process.cpuUsage(before);
  return Number(((user + system) / times).toFixed(1));
}
