import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import type { Rules } from '../../src/policy/index.ts';
import { told } from '../flows/people.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { aKeyring } from '../support/store.ts';
import { operator } from '../tokens/tokens-for-tests.ts';
import { policy } from './gatehouse.ts';
import { anOrganization, type InATree, somebodyInATree } from './in-a-tree.ts';

describe('gatehouse policy', () => {
  let app: RunningApp;
  let tree: InATree;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    tree = await somebodyInATree(app);
  });

  const gatehouse = (...words: string[]) => policy(app, ...words);
  const json = async (...words: string[]): Promise<unknown> => JSON.parse((await gatehouse(...words, '--json')).out);
  const rulesOf = async (...level: string[]) => ((await json('show', 'web1', ...level)) as { rules: Rules }).rules;

  describe('set and show', () => {
    it.each<readonly [string, () => string[], string, () => { readonly type: string; readonly subject?: string }]>([
      ['the realm', () => [], 'realm web1', () => ({ type: 'realm.changed' })],
      ['a portal', () => ['--portal', 'web1-mail'], 'portal Web1 Mail', () => ({ type: 'portal.changed' })],
      [
        'an organization',
        () => ['--organization', tree.client],
        'organization Client',
        () => ({ type: 'organization.changed' }),
      ],
      [
        'a person',
        () => ['--person', tree.mia.username],
        'person Sam',
        () => ({ type: 'user.policy_changed', subject: tree.mia.user.id }),
      ],
    ])('several rules of %s in one go, and tell them before and after', async (_, level, __, event) => {
      const before = await rulesOf(...level());
      const set = await gatehouse('set', 'web1', 'sessionHours=6', 'methodOrder=[passkey, totp]', ...level());
      expect(set).toMatchObject({ code: 0, err: '' });
      expect(set.out).toMatch(/sessionHours: .+ → 6\n/);
      expect(await rulesOf(...level())).toEqual({ ...before, sessionHours: 6, methodOrder: ['passkey', 'totp'] });
      expect((await gatehouse('show', 'web1', ...level())).out).toMatch(/methodOrder +passkey, totp/);
      const events = await told(app, 'web1', event());
      const details = JSON.stringify(events.slice(0, 2).map((each) => each.details));
      expect(details).toMatch(/methodOrder/);
      expect(details).toMatch(/null/);
      expect(details).toMatch(/6/);

      const unset = await gatehouse('set', 'web1', '--unset', 'methodOrder', 'sessionHours', ...level());
      expect(unset.code).toBe(0);
      expect(await rulesOf(...level())).not.toHaveProperty('methodOrder');
      await gatehouse('set', 'web1', `sessionHours=${before.sessionHours ?? 24}`, ...level());
    });

    it.each<readonly [string, readonly string[], number, RegExp]>([
      ['a rule that is none', ['secondFaktor=off'], 2, /no rule "secondFaktor"; did you mean "secondFactor"\?/],
      ['a rule without a value', ['secondFactor'], 2, /say to what, such as secondFactor=value/],
      ['a rule twice', ['sessionHours=5', 'sessionHours=6'], 2, /once is enough/],
      ['nothing', [], 2, /say which: rule=value/],
      ['two levels', ['sessionHours=5', '--portal', 'web1-mail', '--organization', 'x'], 2, /one level at a time/],
      ['a value out of bounds', ['sessionHours=0'], 1, /sessionHours: must be a number from 1 to 720/],
      [
        'a word that is none of the rule’s',
        ['secondFactor=requird'],
        1,
        /one of off, optional, required; did you mean "required"/,
      ],
      ['a kind that there is not', ['methods=[pigeon]'], 1, /there is no factor "pigeon"/],
      ['a portal that there is not', ['sessionHours=5', '--portal', 'none'], 1, /has no portal "none"/],
      ['an organization that there is not', ['sessionHours=5', '--organization', 'none'], 1, /no organization "none"/],
      ['a person that there is not', ['sessionHours=5', '--person', 'none'], 1, /nobody in "web1" is known as "none"/],
    ])('refuses %s and says what to do', async (_, words, code, says) => {
      const refused = await gatehouse('set', 'web1', ...words);
      expect(refused).toMatchObject({ code, out: '' });
      expect(refused.err).toMatch(says);
    });

    it('changes nothing where one of several is wrong', async () => {
      const before = await rulesOf();
      expect((await gatehouse('set', 'web1', 'acr=mfa', 'idleMinutes=4')).err).toMatch(/idleMinutes: must be/);
      expect(await rulesOf()).toEqual(before);
      expect(await gatehouse('show', 'nowhere')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/no realm "nowhere"/),
      });
    });

    it('says at once what has no effect, and where the value is from that holds', async () => {
      const set = await gatehouse('set', 'web1', 'sessionHours=48', '--portal', 'web1-mail');
      expect(set.code).toBe(0);
      expect(set.out).toMatch(/sessionHours has no effect: a level above is stricter.*; 24 holds \(realm Web1/);
      expect((await gatehouse('show', 'web1', '--portal', 'web1-mail')).out).toMatch(
        /sessionHours +48 +none: a level above/,
      );
    });

    it('refuses what nobody could satisfy, forced or not, before it is saved', async () => {
      const before = await rulesOf('--organization', tree.client);
      for (const force of [[], ['--force']]) {
        const refused = await gatehouse('set', 'web1', 'methods=[recovery]', '--organization', tree.client, ...force);
        expect(refused).toMatchObject({ code: 1, out: '' });
        expect(refused.err).toMatch(/nobody could satisfy these rules/);
      }
      expect(await rulesOf('--organization', tree.client)).toEqual(before);
    });

    it('refuses one of two that each could be satisfied and do not go together, set at once by two processes', async () => {
      const { config, clock } = app;
      const other = await createApp({ config, clock, keyring: aKeyring(), log: pino({ level: 'silent' }) });
      try {
        const level = ['--organization', tree.client];
        await app.app.realms.setRules({ realm: 'web1' }, { methods: ['totp', 'passkey'] }, operator);
        const done = await Promise.all([
          gatehouse('set', 'web1', 'methods=[totp]', ...level),
          policy({ app: other, clock }, 'set', 'web1', 'acr=phr', ...level),
        ]);
        const refused = done.filter(({ err }) => err !== '');
        expect(refused).toHaveLength(1);
        expect(refused[0]?.err).toMatch(/nobody could satisfy these rules/);
      } finally {
        await other.stop();
        await app.app.realms.setRules({ realm: 'web1' }, { methods: ['totp'] }, operator);
      }
    });

    it('N7: warns where codes by telephone would be the only second factor, once, and does it when forced', async () => {
      const level = ['--organization', tree.client];
      await app.app.realms.setRules({ realm: 'web1' }, { methods: ['totp', 'phone', 'email', 'recovery'] }, operator);
      const alone = await gatehouse('set', 'web1', 'methods=[phone, email]', ...level);
      expect(alone).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /who loses the number.*has no other way; allow another.*--force does it all the same/s,
        ),
      });
      expect(await gatehouse('set', 'web1', 'methods=[phone, recovery]', ...level)).toMatchObject({ code: 0 });
      expect(await gatehouse('set', 'web1', 'methods=[phone]', ...level, '--force')).toMatchObject({ code: 0 });
      // It is so already.
      expect(await gatehouse('set', 'web1', 'methods=[phone, email]', ...level)).toMatchObject({ code: 0 });
    });

    it('warns where an admin would have to give each person something, and does it when forced', async () => {
      await app.app.realms.setRules({ realm: 'web1' }, { methods: ['totp', 'token'] }, operator);
      const wanted = ['methods=[token]', '--organization', tree.client];
      const warned = await gatehouse('set', 'web1', ...wanted);
      expect(warned).toMatchObject({
        code: 1,
        err: expect.stringMatching(/an admin has to give it.*--force does it all the same/s),
      });
      expect(await gatehouse('set', 'web1', ...wanted, '--force')).toMatchObject({ code: 0 });
      expect((await rulesOf('--organization', tree.client)).methods).toEqual(['token']);
    });

    it('is kept when the realm file is applied again, unless the file moved as well', async () => {
      await gatehouse('set', 'web1', 'sessionHours=9');
      const text = (await readFile(new URL('../../config/realms/web1.yaml', import.meta.url), 'utf8')).replaceAll(
        '{demo}',
        app.demoOrigin,
      );
      const report = await app.app.realms.apply(text, 'web1.yaml', { actor: operator });
      expect(report).toMatchObject({
        ok: true,
        entries: expect.arrayContaining([
          expect.objectContaining({ path: 'policy.sessionHours', outcome: 'kept', now: 9 }),
        ]),
      });
      expect((await rulesOf()).sessionHours).toBe(9);
    });
  });

  describe('explain', () => {
    it('says of every rule its value, the level it is from, and why others lost', async () => {
      const explained = (await json('explain', 'web1', '--person', tree.mia.username, '--portal', 'web1-mail')) as {
        readonly levels: readonly { readonly kind: string }[];
        readonly rules: readonly {
          readonly rule: string;
          readonly value: unknown;
          readonly level: object;
          readonly others: unknown;
        }[];
      };
      expect(explained.levels.map(({ kind }) => kind)).toEqual(['realm', 'organization', 'organization', 'portal']);
      const of = (rule: string) => explained.rules.find((each) => each.rule === rule);
      expect(of('sessionHours')).toMatchObject({
        value: 8,
        level: { kind: 'organization', id: tree.client },
        others: [{ level: { kind: 'realm' }, value: 24, why: 'looser' }],
      });
      expect(of('secondFactor')).toMatchObject({ value: 'required', level: { kind: 'organization', id: tree.north } });
      expect(of('idleMinutes')).toMatchObject({ value: 60, level: { kind: 'product' }, others: [] });
      const table = (await gatehouse('explain', 'web1', '--person', tree.mia.username)).out;
      expect(table).toMatch(
        /sessionHours +8 +organization Client .* +24 of realm Web1 Messaging: another level is stricter/,
      );
    });

    it('explains an organization or a portal for whoever is there, and refuses what a session cannot be for', async () => {
      expect((await gatehouse('explain', 'web1', '--organization', tree.north)).out).toMatch(
        /secondFactor +required +organization North/,
      );
      const other = await anOrganization(app, `Other ${tree.mia.username}`, {});
      const refused = await gatehouse('explain', 'web1', '--person', tree.mia.username, '--organization', other);
      expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/cannot be for Other/) });
    });
  });
});
