import fc from 'fast-check';
import {
  createFactors,
  type Enrolled,
  type Factor,
  type Factors,
  type Form,
  type Method,
} from '../../../src/factors/index.ts';
import { newCodes, parseCode, spaced } from '../../../src/factors/recovery/codes.ts';
import { onBothEngines } from '../../support/both-engines.ts';
import { aFactorContext } from '../../support/factor-context.ts';
import type { StoreForTests } from '../../support/store.ts';

onBothEngines((open) => {
  describe('recovery codes', () => {
    let opened: StoreForTests;
    let factors: Factors;
    let recovery: Factor & Required<Pick<Factor, 'enrolment'>>;

    const context = (signIn = 'one', user = 'mia') =>
      aFactorContext({
        user: { id: user, label: `${user}@example.com`, locale: 'en' },
        signIn,
        now: opened.clock.now(),
        notice: (template, params) => [
          { id: `notice-${signIn}`, kind: 'message', at: opened.clock.now(), body: { template, params } },
        ],
      });

    async function aSet(user = 'mia'): Promise<{ readonly codes: readonly string[]; readonly method: Method }> {
      const state = await recovery.enrolment.begin(context('setup', user));
      const codes = (await recovery.enrolment.page(state, context()))['codes'] as readonly string[];
      const kept = await recovery.enrolment.submit(state, { kept: 'yes' }, context('setup', user));
      if (kept.ok !== true) throw new Error('not taken');
      const added = await factors.methods.add(
        { realm: 'web1', userId: user, kind: 'recovery', ...kept.method },
        { actor: { kind: 'system' } },
      );
      if (!added.ok) throw new Error(added.why);
      return { codes, method: added.method };
    }

    const fresh = async (user = 'mia') => (await factors.methods.of('web1', user))[0] as Method;
    const verify = (method: Method, code: unknown, signIn = 'one') =>
      recovery.verify(method, {}, { code } as Form, context(signIn));

    beforeEach(async () => {
      opened = await open();
      factors = createFactors(opened);
      await opened.store.bootstrap();
      recovery = factors.kinds.get('recovery') as typeof recovery;
    });
    afterEach(() => opened.close());

    it('N10: are ten, of 64 bits and more, all different, and a page loaded twice shows the same', async () => {
      const state = await recovery.enrolment.begin(context());
      const [once, twice] = [
        await recovery.enrolment.page(state, context()),
        await recovery.enrolment.page(state, context()),
      ];
      expect(once).toEqual(twice);
      const codes = once['codes'] as readonly string[];
      expect(new Set(codes).size).toBe(10);
      for (const code of codes)
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}$/);
      expect(13 * Math.log2(32)).toBeGreaterThanOrEqual(64);
      expect(decodeURIComponent(String(once['download'])).split(',')[1]?.trim().split('\n')).toEqual(codes);
    });

    it('count for nothing before the person says that they kept them', async () => {
      const state = await recovery.enrolment.begin(context());
      expect(await recovery.enrolment.submit(state, {}, context())).toMatchObject<Partial<Enrolled>>({ ok: false });
      expect(await recovery.enrolment.submit(state, { kept: 'no' }, context())).toMatchObject({ why: 'malformed' });
    });

    it('N9: are each good once, in any order, and no longer in clear anywhere', async () => {
      const { codes, method } = await aSet();
      for (const [at, code] of codes.toReversed().entries()) {
        const done = await verify(await fresh(), code, `sign-in ${at}`);
        expect(done).toEqual({ ok: true, amr: ['otp'], isLow: at >= 6 });
        expect(await verify(await fresh(), code, 'a later one')).toMatchObject({
          ok: false,
          why: 'replayed',
          isRepeat: false,
        });
      }
      for (const code of codes) {
        expect(JSON.stringify(method)).not.toContain(code.replaceAll('-', ''));
        expect(JSON.stringify(method)).not.toContain(code);
      }
    });

    it('N1: of 50 uses of one at the same time one wins', async () => {
      const { codes, method } = await aSet();
      const all = await Promise.all(Array.from({ length: 50 }, (_, n) => verify(method, codes[3], `sign-in ${n}`)));
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
      expect((await fresh()).data['unused']).toHaveLength(9);
    });

    it('of ten at the same time each is taken, and none is lost', async () => {
      const { codes, method } = await aSet();
      const all = await Promise.all(codes.map((code, n) => verify(method, code, `sign-in ${n}`)));
      expect(all.every(({ ok }) => ok)).toBe(true);
      expect((await fresh()).data['unused']).toEqual([]);
    });

    it('tell of a use in the very write that spends the code', async () => {
      const { codes } = await aSet();
      await verify(await fresh(), codes[0], 'one');
      const told = ((await fresh()).outbox ?? []).filter(({ kind }) => kind === 'message');
      expect(told.map(({ body }) => body)).toEqual([{ template: 'recovery-used', params: { left: 9 } }]);
    });

    it('posted twice by one sign-in are a repeat, which is not counted', async () => {
      const { codes } = await aSet();
      await verify(await fresh(), codes[0], 'one');
      expect(await verify(await fresh(), codes[0], 'one')).toMatchObject({
        ok: false,
        why: 'replayed',
        isRepeat: true,
      });
    });

    it('fault 32: are no use to anybody else', async () => {
      const ben = await aSet('ben');
      await aSet('mia');
      for (const code of ben.codes)
        expect(await verify(await fresh('mia'), code)).toMatchObject({ ok: false, why: 'wrong' });
    });

    it('are refused once switched off', async () => {
      const { codes, method } = await aSet();
      await factors.methods.disable('web1', method.id, { actor: { kind: 'system' } });
      expect(await verify(method, codes[0])).toMatchObject({ ok: false, why: 'wrong' });
    });

    it.each([
      ['as printed', (code: string) => code],
      ['in small letters', (code: string) => code.toLowerCase()],
      ['without dashes', (code: string) => code.replaceAll('-', '')],
      ['with blanks', (code: string) => ` ${code.replaceAll('-', ' ')} `],
      ['with long dashes', (code: string) => code.replaceAll('-', '–')],
      [
        'in wide letters',
        (code: string) => code.replaceAll(/[0-9A-Z]/g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0)),
      ],
      ['with O for 0, l for 1', (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'l')],
    ])('are read however they are written: %s', (_, written) => {
      for (const code of newCodes()) expect(parseCode(written(spaced(code)))).toBe(code);
    });

    it.each([
      [''],
      ['7Q2M'],
      ['7Q2M-XK4D-9VBT'],
      ['7Q2M-XK4D-9VBTCC'],
      ['7Q2M-XK4D-9VBTU'],
      [null],
      [7],
      [['7Q2MXK4D9VBTC']],
      ['é'.repeat(13)],
    ])('fault 33, 34: %j is no code, and no guess', async (typed) => {
      const { method } = await aSet();
      expect(await verify(method, typed)).toMatchObject({ ok: false, why: 'malformed' });
    });

    it('B1: whatever is typed, nothing is thrown, and what is read is a code', () => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 140 }), fc.anything()), (typed) => {
          const code = parseCode(typed);
          if (code !== undefined) expect(parseCode(spaced(code))).toBe(code);
        }),
        { numRuns: 20_000 },
      );
    });
  });
});
