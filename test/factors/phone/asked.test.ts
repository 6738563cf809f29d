import { type AskedCodes, codeLivesMs, createAskedCodes } from '../../../src/factors/phone/asked.ts';
import { onBothEngines } from '../../support/both-engines.ts';
import { aKeyring, type StoreForTests } from '../../support/store.ts';

onBothEngines((open) => {
  describe('what was asked by telephone', () => {
    let opened: StoreForTests;
    let asked: AskedCodes;
    const about = { realm: 'web1', userId: 'mia', signIn: 'one', number: '+12025550140', warnings: [] };
    const put = (id: string, more: { isKeyed?: boolean; code?: string } = {}) =>
      asked.put({ id, ...about, isKeyed: false, code: '482913', ...more }, opened.clock.now());
    const spend = (id: string, code?: string, signIn = 'one') => asked.spend(id, signIn, code, opened.clock.now());

    beforeEach(async () => {
      opened = await open();
      asked = createAskedCodes({ store: opened.store, keyring: aKeyring() });
      await opened.store.bootstrap();
    });
    afterEach(() => opened.close());

    it('N1: of 50 parallel uses of a code one wins', async () => {
      await put('a');
      const all = await Promise.all(Array.from({ length: 50 }, () => spend('a', '482913')));
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
      expect(all.filter((one) => !one.ok && one.why === 'replayed')).toHaveLength(49);
    });

    it('N1: of 50 parallel uses of an approval one wins', async () => {
      await put('a', { isKeyed: true });
      expect(await spend('a')).toEqual({ ok: false, why: 'pending' });
      const approvals = await Promise.all(
        Array.from({ length: 50 }, () => asked.approve('a', '482913', opened.clock.now())),
      );
      expect(approvals.filter((one) => one === 'right')).toHaveLength(1);
      const all = await Promise.all(Array.from({ length: 50 }, () => spend('a')));
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    });

    it('N3: is dead after ten minutes, keyed in or typed', async () => {
      await put('a');
      await put('b', { isKeyed: true });
      opened.clock.advance(codeLivesMs);
      expect(codeLivesMs).toBeLessThanOrEqual(10 * 60_000);
      expect(await spend('a', '482913')).toEqual({ ok: false, why: 'expired' });
      expect(await asked.approve('b', '482913', opened.clock.now())).toBe('over');
    });

    it('A4: is nothing to another sign-in', async () => {
      await put('a');
      expect(await spend('a', '482913', 'another')).toEqual({ ok: false, why: 'expired' });
      expect(await spend('a', '482913')).toEqual({ ok: true });
    });

    it('takes no typed number where it is to be keyed in, and no key where it is to be typed', async () => {
      await put('a', { isKeyed: true });
      await put('b');
      expect(await spend('a', '482913')).toMatchObject({ ok: false });
      expect(await asked.approve('b', '482913', opened.clock.now())).toBe('over');
      expect(await spend('b')).toMatchObject({ ok: false });
    });

    it('the same digits sent twice are two codes: what is kept of one opens no other', async () => {
      await put('a');
      await put('b');
      const [a, b] = [await asked.get('a'), await asked.get('b')];
      expect(a?.hash).not.toBe(b?.hash);
      expect(JSON.stringify([a, b])).not.toContain('482913');
    });

    it('is worth nothing once fraud was reported, and reported once by any number of racers', async () => {
      await put('a');
      const warnings = [{ id: 'w1', kind: 'message' as const, at: opened.clock.now(), body: { template: 'x' } }];
      await asked.put({ id: 'b', ...about, warnings, isKeyed: true, code: '482913' }, opened.clock.now());
      const reports = await Promise.all(Array.from({ length: 20 }, () => asked.report('b', opened.clock.now())));
      expect(reports.filter(Boolean)).toHaveLength(1);
      expect(await asked.approve('b', '482913', opened.clock.now())).toBe('over');
      const outbox = (await asked.get('b'))?.outbox ?? [];
      expect(outbox.map(({ kind }) => kind)).toEqual(['audit', 'message']);
      expect(outbox[1]?.at).toEqual(opened.clock.now());
      await asked.report('a', opened.clock.now());
      expect(await spend('a', '482913')).toEqual({ ok: false, why: 'expired' });
    });
  });
});
