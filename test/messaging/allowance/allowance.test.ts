import type { CodeMessage } from '../../../src/messaging/index.ts';
import { type AllowanceForTests, aCode, countOf, numberOf, onBothEngines } from './allowance-for-tests.ts';

let here: AllowanceForTests;
afterEach(() => here.close());

const minute = 60_000;

/** What stays the same while everything else differs from message to message. */
const alike: readonly [string, string, (n: number) => Partial<CodeMessage>][] = [
  ['number', 'number', (n) => ({ number: numberOf(1), userId: `u${n}`, addressRange: `198.51.${n}.0/24` })],
  ['person', 'person', (n) => ({ number: numberOf(n), addressRange: `198.51.${n}.0/24` })],
  ['address', 'address', (n) => ({ number: numberOf(n), userId: `u${n}` })],
  ['prefix', 'prefix', (n) => ({ number: numberOf(n), userId: `u${n}`, addressRange: `198.51.${n}.0/24` })],
  ['country', 'prefix', (n) => ({ number: numberOf(n), userId: `u${n}`, addressRange: `198.51.${n}.0/24` })],
  ['organization', 'organization', (n) => ({ organizationPath: ['acme'], number: numberOf(n), userId: `u${n}` })],
  ['realm', 'realm', (n) => ({ number: numberOf(n), userId: `u${n}`, addressRange: `198.51.${n}.0/24` })],
];

onBothEngines((open) => {
  beforeEach(async () => {
    here = await open();
  });

  it.each(alike)(
    'fault 48: of 50 together on two nodes exactly as many as the limit of one %s pass',
    async (kind, why, message) => {
      here.say({ limits: { [kind]: { minute: 7, day: 7, month: 7 } } });
      const told = await here.together(50, message);
      expect([countOf(told, 'admitted'), countOf(told, why)]).toEqual([7, 43]);
      expect((await here.allowance.admit(aCode(message(3)))).ok).toBe(false);
    },
  );

  it('fault 48: what another count refused is given back to all others', async () => {
    here.say({ limits: { person: { minute: 5 }, realm: { minute: 20 } } });
    await here.together(50, (n) => ({ number: numberOf(n) }));
    const others = await here.together(30, (n) => ({ number: numberOf(100 + n), userId: `u${n}` }));
    expect(countOf(others, 'admitted')).toBe(15);
    expect(countOf(others, 'realm')).toBe(15);
  });

  it('says when the limit that holds longest is over, and admits then', async () => {
    here.clock.set('2026-11-23T10:20:30Z');
    here.say({ limits: { person: { minute: 1, day: 2 } } });
    expect((await here.allowance.admit(aCode())).ok).toBe(true);
    expect(await here.allowance.admit(aCode())).toEqual({
      ...{ ok: false, why: 'person' },
      retryAt: new Date('2026-11-23T10:21:00Z'),
    });
    here.clock.advance(minute);
    expect((await here.allowance.admit(aCode())).ok).toBe(true);
    expect(await here.allowance.admit(aCode())).toMatchObject({ retryAt: new Date('2026-11-24T00:00:00Z') });
  });

  it('fault 48: one number gets no more in several realms than in one, and is kept only as a keyed hash', async () => {
    here.say({ limits: { number: { day: 1 } } });
    await here.allowance.admit(aCode());
    here.say({ limits: { number: { day: 1 } } }, { id: 'other' });
    expect(await here.allowance.admit(aCode({ realm: 'other', userId: 'noah' }))).toMatchObject({ why: 'number' });
    const told = JSON.stringify(await here.told());
    expect(told).not.toContain('2025550123');
  });

  it('fault 48: a budget is never exceeded by 50 together, and its warning and its end are told once each', async () => {
    const budget = { perMonth: 20, currency: 'EUR' };
    here.say({ contact: 'pay@web1.test' }, { policy: { budget } });
    const told = await here.together(50, (n) => ({ number: numberOf(n), userId: `u${n}` }));
    expect([countOf(told, 'admitted'), countOf(told, 'budget')]).toEqual([20, 30]);
    await here.together(10, (n) => ({ number: numberOf(n), userId: `u${n}` }));
    const types = (await here.told()).map(({ type }) => type);
    for (const news of ['warned', 'reached']) {
      expect(countOf(types, `code_messages.budget_${news}`)).toBe(1);
      expect(countOf(types, `code-budget-${news}`)).toBe(1);
    }
    here.clock.set('2026-04-01T00:00:00Z');
    expect((await here.allowance.admit(aCode())).ok).toBe(true);
  });

  it('every level’s own budget applies, up the tree, and a sibling’s does not', async () => {
    const budget = (perMonth: number) => ({ perMonth, currency: 'EUR' });
    here.organizations.set('north', { id: 'north', name: 'North', budget: budget(3) });
    here.organizations.set('client', { id: 'client', name: 'Client', budget: budget(100) });
    const of = (organizationPath: string[]) => here.allowance.admit(aCode({ organizationPath }));
    for (let n = 0; n < 3; n += 1) expect((await of(['north', 'client'])).ok).toBe(true);
    expect(await of(['north', 'client'])).toMatchObject({ ok: false, why: 'budget' });
    expect(await of(['north'])).toMatchObject({ ok: false, why: 'budget' });
    expect((await of(['south', 'rival'])).ok).toBe(true);
    expect((await of([])).ok).toBe(true);
  });

  it('what an operator set for an organization applies beside its policy: the smaller budget, both lists', async () => {
    await here.allowance.organizations.set('web1', 'acme', { budget: 1, countries: ['DE', 'US'] }, here.clock.now());
    const admit = (number: string) => here.allowance.admit(aCode({ organizationPath: ['acme'], number }));
    here.say({ countries: ['US', 'AT'] });
    expect(await admit('+4915123456789')).toEqual({ ok: false, why: 'country' });
    expect(await admit('+436641234567')).toEqual({ ok: false, why: 'country' });
    expect((await admit('+12025550123')).ok).toBe(true);
    expect(await admit('+12025550123')).toMatchObject({ ok: false, why: 'budget' });
  });

  it('a budget in a currency that has no prices sends nothing', async () => {
    here.say({}, { policy: { budget: { perMonth: 100, currency: 'USD' } } });
    expect(await here.allowance.admit(aCode())).toMatchObject({ ok: false, why: 'budget' });
  });

  it('fault 48: prices go by prefix and channel, and are on the month’s bill of the organization', async () => {
    const admit = (change: Partial<CodeMessage>) => here.allowance.admit(aCode(change));
    await admit({ organizationPath: ['north', 'client'] });
    await admit({ organizationPath: ['north', 'client'], channel: 'voice' });
    const dear = await admit({ organizationPath: ['north'], number: '+436641234567' });
    expect(dear).toMatchObject({ ok: true, priceMicros: 10_000_000 });
    const bill = await here.allowance.costs.month('web1', '2026-03');
    expect(bill.map((row) => [row.organization, row.dialCode, row.channel, row.messages, row.micros])).toEqual(
      expect.arrayContaining([
        ['client', '1', 'sms', 1, 1_000_000],
        ['client', '1', 'voice', 1, 2_000_000],
        ['north', '43', 'sms', 1, 10_000_000],
      ]),
    );
    expect(bill).toHaveLength(3);
  });

  it('what no provider took gives its price back, once; the limits have counted it', async () => {
    here.say({ limits: { person: { minute: 2 } } }, { policy: { budget: { perMonth: 1, currency: 'EUR' } } });
    const first = await here.allowance.admit(aCode());
    if (!first.ok) throw new Error(first.why);
    await Promise.all(Array.from({ length: 20 }, () => here.allowance.failed(first.id)));
    const second = await here.allowance.admit(aCode());
    expect(second.ok).toBe(true);
    if (second.ok) await here.allowance.failed(second.id, 'undelivered');
    expect(await here.allowance.admit(aCode())).toMatchObject({ ok: false, why: 'person' });
    here.clock.advance(minute);
    expect(await here.allowance.admit(aCode())).toMatchObject({ ok: false, why: 'budget' });
    const [row] = await here.allowance.costs.month('web1', '2026-03');
    expect(row).toMatchObject({ messages: 2, failed: 2, micros: 1_000_000 });
  });

  it('fault 48: a prefix whose codes nobody uses slows down by itself, is let go by use, and others are not slowed', async () => {
    here.say({ slowing: { after: 10 } });
    const toRegion = (n: number) => ({ number: numberOf(n), userId: `u${n}`, addressRange: `198.51.${n}.0/24` });
    await here.together(12, toRegion);
    here.clock.advance(10 * minute);
    expect(await here.together(6, toRegion)).toEqual(Array.from({ length: 6 }, () => 'slowed'));
    const elsewhere = { number: '+13125550123', userId: 'elsewhere' };
    expect((await here.allowance.admit(aCode(elsewhere))).ok).toBe(true);
    for (let n = 0; n < 3; n += 1) {
      here.clock.advance(2 * minute);
      const probe = await here.allowance.admit(aCode(toRegion(n)));
      if (!probe.ok) throw new Error(probe.why);
      await Promise.all([here.allowance.used(probe.id), here.elsewhere.used(probe.id)]);
    }
    const free = await here.together(10, toRegion);
    expect(countOf(free, 'admitted')).toBe(10);
    const types = (await here.told()).map(({ type }) => type);
    expect(countOf(types, 'code_messages.slowed')).toBe(1);
    expect(countOf(types, 'code_messages.recovered')).toBe(1);
    const [row] = (await here.allowance.costs.month('web1', '2026-03')).filter(({ dialCode }) => dialCode === '1');
    expect(row?.used).toBe(3);
  });

  it('a number with a fraud report gets nothing until then, and no report shortens another', async () => {
    const at = (minutes: number) => new Date(here.clock.now().getTime() + minutes * minute);
    const [soon, late] = [at(10), at(60)];
    await Promise.all([here.allowance.hold('+12025550123', late), here.elsewhere.hold('+12025550123', soon)]);
    expect(await here.allowance.admit(aCode())).toEqual({ ok: false, why: 'held', retryAt: late });
    expect((await here.allowance.admit(aCode({ number: numberOf(2) }))).ok).toBe(true);
    here.clock.set(late);
    expect((await here.allowance.admit(aCode())).ok).toBe(true);
  });

  it('a clock set back by months neither lifts a limit or hold nor draws them out', async () => {
    here.say({ limits: { person: { day: 1 } } }, { policy: { budget: { perMonth: 2, currency: 'EUR' } } });
    await here.allowance.admit(aCode());
    // Told already: nothing would be written of these refusals any more.
    await here.allowance.admit(aCode());
    await here.allowance.admit(aCode({ userId: 'olivia' }));
    expect(await here.allowance.admit(aCode({ userId: 'noah' }))).toMatchObject({ why: 'budget' });
    await here.allowance.hold(numberOf(9), new Date(here.clock.now().getTime() + 10 * minute));
    const why = async (change: Partial<CodeMessage>) => {
      const admitted = await here.allowance.admit(aCode(change));
      return admitted.ok ? 'admitted' : `${admitted.why} until ${admitted.retryAt?.toISOString() ?? ''}`;
    };
    here.clock.set('2025-12-30T09:00:00Z');
    expect(await why({})).toBe('person until 2026-01-01T00:00:00.000Z');
    expect(await why({ userId: 'noah' })).toBe('budget until 2026-01-01T00:00:00.000Z');
    expect(await why({ userId: 'noah', number: numberOf(9) })).toBe('held until 2026-01-01T00:00:00.000Z');
    here.clock.set('2025-12-30T09:09:59Z');
    expect(await why({ userId: 'noah', number: numberOf(9) })).toMatch(/^held/);
    here.clock.set('2025-12-30T09:10:00Z');
    expect(await why({ userId: 'noah', number: numberOf(9) })).toMatch(/^budget/);
    here.clock.set('2025-12-31T00:00:00Z');
    expect(await why({})).toBe('budget until 2026-01-01T00:00:00.000Z');
    here.clock.set('2026-01-01T00:00:00Z');
    expect(await why({})).toBe('admitted');
  });

  it('fault 48: what a process that died had reserved stays counted', async () => {
    here.say({ limits: { person: { day: 2 } } });
    for (const broken of ['code_messages', 'code_message_counts']) {
      const dying = here.onStore((collection) => {
        // Its last count is the realm's; what it took before stands.
        if (collection.declaration.name !== broken) return collection;
        const die = () => Promise.reject(new Error('killed'));
        const upsert: typeof collection.upsert = (id, change) =>
          id.startsWith('realm ') ? die() : collection.upsert(id, change);
        return { ...collection, insert: die, upsert };
      });
      await expect(dying.admit(aCode())).rejects.toThrow('killed');
    }
    expect(await here.allowance.admit(aCode())).toMatchObject({ ok: false, why: 'person' });
  });

  it('fault 48: dear, foreign and false numbers are refused, counted nowhere, and leave nothing behind', async () => {
    const refused = [
      ['premium', '+449098790000'],
      ['premium', '+18005551234'],
      ['country', '+18765551234'],
      ['country', '+870773111632'],
      ['premium', 'not a number'],
    ] as const;
    for (const [why, number] of refused) {
      expect(await here.allowance.admit(aCode({ number }))).toEqual({ ok: false, why });
      expect(here.measured.pop()).toEqual({ channel: 'sms', outcome: why, micros: 0, currency: 'EUR' });
    }
    expect(await here.told()).toEqual([]);
    expect(await here.store.removeExpired('code_message_counts', new Date('2027-01-01T00:00:00Z'), 500)).toBe(0);
  });

  it('an empty list of countries sends nowhere; a realm without a list has the documented one', async () => {
    here.say({ countries: [] });
    expect(await here.allowance.admit(aCode())).toEqual({ ok: false, why: 'country' });
    here.say({});
    expect((await here.allowance.admit(aCode({ number: '+4915123456789' }))).ok).toBe(true);
  });

  it('fault 48: refusals leave no documents of their own, however many numbers a stranger tries', async () => {
    here.say({ limits: { person: { minute: 1, day: 1 } } });
    await here.allowance.admit(aCode());
    await here.together(30, (n) => ({ number: numberOf(n), addressRange: `198.51.${n}.0/24` }));
    const later = new Date('2027-01-01T00:00:00Z');
    // Of the first: its number, address, prefix, country and realm; the person's has something to tell.
    expect(await here.store.removeExpired('code_message_counts', later, 500)).toBe(5);
    const types = (await here.told()).map(({ type }) => type);
    // The minute and the day.
    expect(countOf(types, 'code_message.limited')).toBe(2);
  });
});
