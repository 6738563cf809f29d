import {
  codeAt,
  createFactors,
  type Factor,
  type Factors,
  type Method,
  stepAt,
  totpDefaults,
  totpMethod,
} from '../../../src/factors/index.ts';
import { onBothEngines } from '../../support/both-engines.ts';
import { aFactorContext } from '../../support/factor-context.ts';
import type { StoreForTests } from '../../support/store.ts';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const seed = { ...totpDefaults, secret };

onBothEngines((open) => {
  describe('an authenticator app', () => {
    let opened: StoreForTests;
    let factors: Factors;
    let totp: Factor;
    let method: Method;

    const context = (signIn = 'one') => aFactorContext({ signIn, now: opened.clock.now() });
    const code = (steps = 0) => codeAt(seed, stepAt(seed, opened.clock.now()) + steps);
    const fresh = async () => (await factors.methods.of('web1', 'mia'))[0] as Method;
    const verify = async (typed: string, signIn?: string) =>
      totp.verify(await fresh(), {}, { code: typed }, context(signIn));

    beforeEach(async () => {
      opened = await open();
      factors = createFactors(opened);
      await opened.store.bootstrap();
      totp = factors.kinds.get('totp') as Factor;
      const added = await factors.methods.add(
        { realm: 'web1', userId: 'mia', kind: 'totp', name: 'App', ...totpMethod(secret) },
        { actor: { kind: 'system' } },
      );
      if (!added.ok) throw new Error(added.why);
      method = added.method;
    });
    afterEach(() => opened.close());

    it('fault 1: accepts a code once', async () => {
      expect(await verify(code())).toEqual({ ok: true, amr: ['otp'] });
      expect(await verify(code(), 'another')).toEqual({ ok: false, why: 'replayed', field: 'code', isRepeat: false });
    });

    it('fault 2: refuses the step of an accepted code and every one before it, for as long as they are in the window', async () => {
      const accepted = stepAt(seed, opened.clock.now()) + 1;
      expect((await verify(code(1))).ok).toBe(true);
      for (let steps = 0; steps < 3; steps += 1) {
        const now = stepAt(seed, opened.clock.now());
        for (let step = now - 1; step <= Math.min(accepted, now + 1); step += 1) {
          expect(await verify(codeAt(seed, step))).toMatchObject({ ok: false, why: 'replayed' });
        }
        opened.clock.advance(30_000);
      }
      expect((await verify(code(0))).ok).toBe(true);
    });

    it('F6: makes no used code usable when the clock is set back', async () => {
      const used = code();
      expect((await verify(used)).ok).toBe(true);
      opened.clock.advance(-3_600_000);
      for (const steps of [-1, 0, 1]) expect(await verify(code(steps))).toMatchObject({ ok: false, why: 'replayed' });
      opened.clock.advance(3_600_000);
      expect(await verify(used)).toMatchObject({ ok: false, why: 'replayed' });
    });

    it('N1: accepts one of 50 that arrive together', async () => {
      const typed = code();
      const same = await fresh();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => totp.verify(same, {}, { code: typed }, context(`s${n}`))),
      );
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    });

    it('says of a code that this very sign-in spent that it was posted twice', async () => {
      await verify(code(), 'one');
      expect(await verify(code(), 'one')).toMatchObject({ ok: false, why: 'replayed', isRepeat: true });
    });

    it('fault 34: takes nothing for a code', async () => {
      expect(await totp.verify(method, {}, {}, context())).toEqual({ ok: false, why: 'malformed', field: 'code' });
    });

    it('accepts nothing once it was taken away', async () => {
      await factors.methods.remove('web1', method.id, { actor: { kind: 'system' } });
      expect(await totp.verify(method, {}, { code: code() }, context())).toMatchObject({ ok: false });
    });

    it('is set up by a code of its new secret, which is then used', async () => {
      const { enrolment } = totp;
      if (enrolment === undefined) throw new Error('no enrolment');
      const state = await enrolment.begin(context());
      const page = (await enrolment.page(state, context())) as {
        secret: string;
        uri: string;
        qr: { size: number; path: string };
      };
      expect(page.uri).toContain(page.secret);
      expect(page.qr.path).toMatch(/^(M\d+ \d+h\d+v1H\d+z)+$/);
      const own = { ...totpDefaults, secret: page.secret };
      const shown = codeAt(own, stepAt(own, opened.clock.now()));
      const other = shown === '000000' ? '111111' : '000000';
      expect(await enrolment.submit(state, { code: other }, context())).toMatchObject({ ok: false, why: 'wrong' });
      const enrolled = await enrolment.submit(state, { code: shown }, context());
      expect(enrolled).toMatchObject({
        ok: true,
        method: { secret: page.secret, data: { lastStep: stepAt(own, opened.clock.now()) } },
      });
    });
  });

  describe('the methods of a person', () => {
    let opened: StoreForTests;
    let factors: Factors;
    const event = { actor: { kind: 'system' as const } };
    const aMethod = { realm: 'web1', userId: 'mia', kind: 'totp', name: 'App', ...totpMethod(secret) };

    beforeEach(async () => {
      opened = await open();
      factors = createFactors(opened);
      await opened.store.bootstrap();
    });
    afterEach(() => opened.close());

    it('N15: leave a record of every one ever bound, without the secret of those removed', async () => {
      const added = await factors.methods.add(aMethod, event);
      if (!added.ok) throw new Error(added.why);
      const removed = await factors.methods.remove('web1', added.method.id, event);
      expect(removed).toMatchObject({ ok: true, doc: { state: 'disabled', removedAt: opened.clock.now() } });
      expect(removed.ok && removed.doc.secret).toBeUndefined();
      expect(await factors.methods.of('web1', 'mia')).toEqual([]);
      expect(await factors.methods.everBound('web1', 'mia')).toBe(1);
      const told = (await opened.store.pending('methods', 10)).flatMap((doc) =>
        (doc.outbox ?? []).map((item) => item.body['type']),
      );
      expect(told).toEqual(['method.added', 'method.removed']);
    });

    it('fault 28: are added to by one of two enrolments that began together', async () => {
      const both = await Promise.all([1, 2].map(() => factors.methods.add({ ...aMethod, after: 0 }, event)));
      expect(both.map((one) => one.ok).toSorted()).toEqual([false, true]);
    });

    it('come in the order in which they were added, the first as the primary', async () => {
      for (const name of ['a', 'b', 'c']) await factors.methods.add({ ...aMethod, name }, event);
      expect((await factors.methods.of('web1', 'mia')).map(({ name, order }) => [name, order])).toEqual([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]);
    });

    it('are not removed from another realm', async () => {
      const added = await factors.methods.add(aMethod, event);
      if (!added.ok) throw new Error(added.why);
      expect((await factors.methods.remove('other', added.method.id, event)).ok).toBe(false);
      expect(await factors.methods.of('web1', 'mia')).toHaveLength(1);
    });
  });
});
