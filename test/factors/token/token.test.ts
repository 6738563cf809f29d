import { createFactors, type Factor, type Factors, type Form, type Method } from '../../../src/factors/index.ts';
import { combine, type Rules } from '../../../src/policy/index.ts';
import { onBothEngines } from '../../support/both-engines.ts';
import { aFactorContext } from '../../support/factor-context.ts';
import {
  operator,
  press,
  secret,
  shown,
  someTokens,
  type TokensForTests,
  twoTokens,
} from '../../tokens/tokens-for-tests.ts';

const by = { actor: { kind: 'system' } } as const;

onBothEngines((open) => {
  let opened: TokensForTests;
  let factors: Factors;
  let token: Factor;

  const context = (userId = 'mia', signIn = 'one', rules: Rules = {}) =>
    aFactorContext({
      realm: { id: 'msp', name: 'MSP', issuer: 'https://id.example' },
      user: { id: userId, label: `${userId}@example.com`, locale: 'en' },
      now: opened.clock.now(),
      signIn,
      rules: combine([{ kind: 'realm', id: 'msp', name: 'MSP', rules }]),
    });
  const now = (steps = 0) => shown(opened.clock.now(), steps);
  const enrol = (form: Form, as = context()) => {
    if (token.enrolment === undefined) throw new Error('no enrolment');
    return token.enrolment.submit({ codes: 1 }, form, as);
  };
  const registered = async (form: Form, as = context()): Promise<Method> => {
    const enrolled = await enrol(form, as);
    if (enrolled.ok !== true) throw new Error(JSON.stringify(enrolled));
    const added = await factors.methods.add(
      { realm: 'msp', userId: as.user.id, kind: 'token', ...enrolled.method },
      by,
    );
    if (!added.ok) throw new Error(added.why);
    return added.method;
  };
  const verify = (method: Method, code: string, as = context(), next = '') =>
    token.verify(method, {}, { code, next_code: next }, as);

  beforeEach(async () => {
    opened = await someTokens(open);
    factors = createFactors(opened);
    token = factors.kinds.get('token') as Factor;
    await opened.store.bootstrap();
    await opened.load(twoTokens);
  });
  afterEach(() => opened.close());

  describe('registering a token', () => {
    it('takes its Credential ID and one code, which is then spent', async () => {
      const method = await registered({ credential_id: 'ghst 1234-5678', security_code_1: now(), name: 'Key ring' });
      expect(method).toMatchObject({ name: 'Key ring', data: { credentialId: 'GHST12345678', digits: 6 } });
      expect(method.secret).toBeUndefined();
      expect(await verify(method, now())).toMatchObject({ ok: false, why: 'replayed', isRepeat: true });
      expect(await opened.tokens.find('msp', 'GHST12345678')).toMatchObject({ standing: 'assigned', people: ['mia'] });
    });

    it.each([
      ['unknown', 'GHST99999999', {}],
      ['of another realm', 'OTHR12345678', {}],
      ['somebody else’s', 'GHST00000001', {}],
      ['of an organization that is not theirs', 'GHST00000002', {}],
      ['lost', 'GHST00000003', {}],
      ['disabled', 'GHST00000004', {}],
      ['over', 'GHST00000005', {}],
      ['not assigned beforehand, where it must be', 'GHST12345678', { preassignedTokensOnly: 'yes' }],
      ['no Credential ID at all', '&&', {}],
      ['nothing', '', {}],
    ] as const)('A2: answers one that is %s as it answers a wrong code', async (_, id, rules) => {
      await opened.load(`credential_id,seed_base64\nOTHR12345678,${secret}\n`, { realm: 'wss' });
      await opened.load(
        `credential_id,seed_base64,organization,state,expires\nGHST00000001,${secret},,,\nGHST00000002,${secret},org9,,\n` +
          `GHST00000003,${secret},,lost,\nGHST00000004,${secret},,disabled,\nGHST00000005,${secret},,,2020-01-01\n`,
      );
      await opened.tokens.assign('msp', 'GHST00000001', 'noah', 1, operator);
      const before = await opened.tokens.find('msp', id);
      const wrong = await enrol({ credential_id: 'GHST12345678', security_code_1: now(50) });
      expect(wrong).toEqual({ ok: false, why: 'wrong', field: '', says: 'factor.token.fault.not-registered' });
      expect(await enrol({ credential_id: id, security_code_1: now() }, context('mia', 'one', rules))).toEqual(wrong);
      expect(
        await enrol(
          { credential_id: id, security_code_1: now(-1), security_code_2: now() },
          context('mia', 'one', rules),
        ),
      ).toEqual(wrong);
      expect(await opened.tokens.find('msp', id)).toEqual(before);
    });

    it('asks for two consecutive codes where policy says so', async () => {
      const two = context('mia', 'one', { tokenCodes: 'two' });
      expect(await token.enrolment?.begin(two)).toEqual({ codes: 2 });
      const form = { credential_id: 'GHST12345678', security_code_1: now(-1) };
      expect(await enrol(form, two)).toMatchObject({ why: 'malformed', field: 'security_code_2' });
      expect(await enrol({ ...form, security_code_2: now(1) }, two)).toMatchObject({ why: 'wrong' });
      expect(await enrol({ ...form, security_code_2: now() }, two)).toMatchObject({ ok: true });
    });

    it('R2: takes two consecutive codes of a token that drifted in its drawer, where one is not enough', async () => {
      const form = { credential_id: 'GHST12345678', security_code_1: now(60) };
      expect(await enrol(form)).toMatchObject({ why: 'wrong' });
      expect(await enrol({ ...form, security_code_2: now(61) })).toMatchObject({ ok: true });
      expect(await opened.tokens.find('msp', 'GHST12345678')).toMatchObject({ driftSteps: 61 });
    });

    it('takes the one that was assigned beforehand, and says that it waits for the person', async () => {
      expect(await token.supply?.('msp', 'mia', [])).toEqual({ isStocked: true, isProvided: false });
      await opened.tokens.assign('msp', 'GHST12345678', 'mia', 1, operator);
      expect(await token.supply?.('msp', 'mia', [])).toEqual({ isStocked: true, isProvided: true });
      const only = context('mia', 'one', { preassignedTokensOnly: 'yes' });
      const method = await registered({ credential_id: 'GHST12345678', security_code_1: now() }, only);
      expect(await token.supply?.('msp', 'mia', [method])).toEqual({ isStocked: true, isProvided: false });
      expect(await token.supply?.('empty', 'mia', [])).toEqual({ isStocked: false, isProvided: false });
    });

    it('serves as many people as policy says', async () => {
      const form = (steps: number) => ({ credential_id: 'GHST12345678', security_code_1: now(steps) });
      await registered(form(-1), context('mia'));
      expect(await enrol(form(0), context('noah', 'two'))).toMatchObject({ why: 'wrong' });
      const shared = { peoplePerToken: 2 };
      expect(await enrol(form(0), context('noah', 'two', shared))).toMatchObject({ ok: true });
      expect(await enrol(form(1), context('olga', 'three', shared))).toMatchObject({ why: 'wrong' });
    });

    it('N1: gives a token that 50 people claim together with one code to one of them', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          enrol(
            { credential_id: 'GHST12345678', security_code_1: now() },
            context(`p${n}`, `s${n}`, { peoplePerToken: 100 }),
          ),
        ),
      );
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
      expect((await opened.tokens.find('msp', 'GHST12345678'))?.people).toHaveLength(1);
    });
  });

  describe('a code of a time-based token', () => {
    let method: Method;
    beforeEach(async () => {
      method = await registered({ credential_id: 'GHST12345678', security_code_1: now() });
      opened.clock.advance(90_000);
    });

    it('fault 1: is accepted once', async () => {
      expect(await verify(method, now())).toEqual({ ok: true, amr: ['otp'] });
      expect(await verify(method, now(), context('mia', 'two'))).toMatchObject({ why: 'replayed', isRepeat: false });
      expect(await verify(method, now(), context('mia', 'one'))).toMatchObject({ why: 'replayed', isRepeat: true });
    });

    it('fault 2: takes every step before it along', async () => {
      expect((await verify(method, now(1))).ok).toBe(true);
      for (const steps of [0, 1]) expect(await verify(method, now(steps))).toMatchObject({ why: 'replayed' });
      expect((await verify(method, now(-1))).ok).toBe(false);
      opened.clock.advance(60_000);
      expect((await verify(method, now())).ok).toBe(true);
    });

    it('F6: makes no used code usable when the clock is set back', async () => {
      const used = now();
      await verify(method, used);
      opened.clock.advance(-3_600_000);
      for (const steps of [-1, 0, 1]) expect((await verify(method, now(steps))).ok).toBe(false);
      opened.clock.advance(3_600_000);
      expect(await verify(method, used)).toMatchObject({ why: 'replayed' });
    });

    it('N1: is accepted from one of 50 that arrive together', async () => {
      const code = now();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => verify(method, code, context('mia', `s${n}`))),
      );
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    });

    it('N1: is accepted once over two people who share the token', async () => {
      const shared = context('noah', 'n', { peoplePerToken: 2 });
      const noahs = await registered({ credential_id: 'GHST12345678', security_code_1: now() }, shared);
      opened.clock.advance(90_000);
      const code = now();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          n % 2 === 0 ? verify(method, code, context('mia', `s${n}`)) : verify(noahs, code, context('noah', `s${n}`)),
        ),
      );
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    });

    it('R1: follows the clock of a token that drifts, a step at a time', async () => {
      let drift = 0;
      for (let day = 0; day < 5; day += 1) {
        opened.clock.advance(24 * 3_600_000);
        drift += 1;
        expect((await verify(method, now(drift))).ok).toBe(true);
      }
      expect(await opened.tokens.find('msp', 'GHST12345678')).toMatchObject({ driftSteps: 5 });
    });

    it('R2: is joined by a second one after two misses, and the two bring the token back into step', async () => {
      const twoCodes = () => verify(method, now(39), context(), now(40));
      expect((await twoCodes()).ok).toBe(false);
      expect(await token.page(method, {}, context())).toMatchObject({ isOutOfStep: false });
      expect(await verify(method, now(40))).toMatchObject({ why: 'wrong' });
      expect(await token.page(method, {}, context())).toMatchObject({ isOutOfStep: true });
      expect(await verify(method, now(39), context(), now(41))).toMatchObject({ why: 'wrong' });
      expect(await twoCodes()).toEqual({ ok: true, amr: ['otp'] });
      expect(await token.page(method, {}, context())).toMatchObject({ isOutOfStep: false });
      // Both are spent: LinOTP #110 accepted them again after a resync.
      for (const steps of [39, 40]) expect(await verify(method, now(steps))).toMatchObject({ why: 'replayed' });
      opened.clock.advance(60_000);
      expect((await verify(method, now(40))).ok).toBe(true);
    });

    it('N1: a pair that brings it back into step does so for one of 50', async () => {
      await verify(method, now(50));
      await verify(method, now(50));
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => verify(method, now(49), context('mia', `s${n}`), now(50))),
      );
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    });

    it.each(['lost', 'disabled'] as const)('is refused when the token is %s, and says so to who has it', async (as) => {
      await opened.tokens.block('msp', 'GHST12345678', as, operator);
      expect(await verify(method, now())).toMatchObject({ why: 'unsuitable' });
      expect(await verify(method, now(50))).toMatchObject({ why: 'wrong' });
      await opened.tokens.unblock('msp', 'GHST12345678', operator);
      expect((await verify(method, now())).ok).toBe(true);
    });

    it('fault 32: is refused once the token is another person’s, under whatever method', async () => {
      await opened.tokens.unassign('msp', 'GHST12345678', 'mia', operator);
      await opened.tokens.assign('msp', 'GHST12345678', 'noah', 1, operator);
      expect(await verify(method, now())).toMatchObject({ why: 'unsuitable' });
    });

    it('fault 33: of another length is no code', async () => {
      expect(await verify(method, '12345678')).toMatchObject({ why: 'malformed' });
      expect(await token.verify(method, {}, {}, context())).toMatchObject({ why: 'malformed' });
    });
  });

  describe('a code of a counter-based token', () => {
    it('R2: moves the counter past it, at most ten presses ahead, and two codes more', async () => {
      const method = await registered({ credential_id: 'GHMB87654321', security_code_1: press(0) });
      expect((await verify(method, press(10))).ok).toBe(true);
      expect(await verify(method, press(10), context('mia', 'two'))).toMatchObject({ why: 'replayed' });
      expect(await verify(method, press(5))).toMatchObject({ why: 'wrong' });
      expect(await verify(method, press(60))).toMatchObject({ why: 'wrong' });
      expect((await verify(method, press(60), context(), press(61))).ok).toBe(true);
      expect((await verify(method, press(62))).ok).toBe(true);
      expect(await opened.tokens.find('msp', 'GHMB87654321')).toMatchObject({ nextCounter: 63 });
    });
  });

  describe('fault 30: a token whose method was removed', () => {
    const form = { credential_id: 'GHST12345678', security_code_1: '' };
    const remove = async (method: Method) => {
      const removed = await factors.methods.remove('msp', method.id, by);
      if (!removed.ok) throw new Error(removed.why);
      return (removed.doc.outbox ?? []).filter(({ kind }) => kind === 'audit');
    };
    const people = async () => (await opened.tokens.find('msp', 'GHST12345678'))?.people;

    it('is nobody’s again, however often that is told', async () => {
      const told = await remove(await registered({ ...form, security_code_1: now() }));
      expect(await people()).toEqual(['mia']);
      for (let again = 0; again < 3; again += 1) await factors.after(told);
      expect(await people()).toEqual([]);
      expect(await opened.tokens.find('msp', 'GHST12345678')).toMatchObject({ standing: 'available' });
      opened.clock.advance(60_000);
      await registered({ ...form, security_code_1: now() }, context('noah', 'n'));
      await factors.after(told);
      expect(await people()).toEqual(['noah']);
    });

    it('stays with others who share it', async () => {
      const shared = { peoplePerToken: 2 };
      const mias = await registered({ ...form, security_code_1: now() }, context('mia', 'one', shared));
      opened.clock.advance(60_000);
      await registered({ ...form, security_code_1: now() }, context('noah', 'two', shared));
      await factors.after(await remove(mias));
      expect(await people()).toEqual(['noah']);
    });

    it.each([
      ['assigned', () => opened.tokens.assign('msp', 'GHST12345678', 'mia', 1, operator)],
      ['registered', () => registered({ ...form, security_code_1: now() })],
    ])('stays with who was %s it again before that was told', async (_, giveAgain) => {
      const told = await remove(await registered({ ...form, security_code_1: now() }));
      opened.clock.advance(60_000);
      await opened.tokens.unassign('msp', 'GHST12345678', undefined, operator);
      await giveAgain();
      await factors.after(told);
      expect(await people()).toEqual(['mia']);
    });

    it('stays with who registered it twice and keeps one', async () => {
      const first = await registered({ ...form, security_code_1: now() });
      opened.clock.advance(60_000);
      await registered({ ...form, security_code_1: now() }, context('mia', 'two'));
      await factors.after(await remove(first));
      expect(await people()).toEqual(['mia']);
    });
  });

  it('fault 30: a token that was taken away and given again works by its new method, not by the old one', async () => {
    const old = await registered({ credential_id: 'GHST12345678', security_code_1: now() });
    await opened.tokens.unassign('msp', 'GHST12345678', undefined, operator);
    await factors.methods.remove('msp', old.id, by);
    opened.clock.advance(60_000);
    const again = await registered({ credential_id: 'GHST12345678', security_code_1: now() });
    opened.clock.advance(60_000);
    expect((await verify(again, now())).ok).toBe(true);
    expect((await factors.methods.of('msp', 'mia')).map((method) => method.id)).toEqual([again.id]);
  });
});
