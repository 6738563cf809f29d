import { aBrowser, givePassword, signIn, somebody, told, toPassword } from '../flows/people.ts';
import { aPortal } from '../flows/portal.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { operator } from '../tokens/tokens-for-tests.ts';
import { policy } from './gatehouse.ts';
import { type InATree, somebodyInATree } from './in-a-tree.ts';

describe('gatehouse policy simulate', () => {
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

  describe('simulate', () => {
    const ask = (...more: string[]) => [
      'simulate',
      'web1',
      '--person',
      tree.mia.username,
      '--portal',
      'web1-mail',
      ...more,
    ];

    it('plays the next sign-in page by page, with the rule behind each', async () => {
      const { out, code } = await gatehouse(...ask());
      expect(code).toBe(0);
      expect(out).toMatch(/1 +password +password .* +nobody is signed in/);
      expect(out).toMatch(/2 +challenge +totp +a second factor is required \(secondFactor, organization North/);
      expect(out).toMatch(/signed in: acr mfa, amr pwd otp mfa, for Client/);
      expect(out).toMatch(/session: 8 h \(organization Client .*\), 60 min when idle \(product\)/);
    });

    it('changes nothing', async () => {
      const fresh = await somebody(app, 'web1', { hasApp: false });
      const events = (await told(app, 'web1', {})).length;
      for (const later of [[], ['--later']])
        expect(
          await gatehouse('simulate', 'web1', '--person', fresh.username, '--portal', 'web1-mail', ...later),
        ).toMatchObject({ code: 0 });
      expect(await app.app.factors.methods.of('web1', fresh.user.id)).toEqual([]);
      expect(await told(app, 'web1', {})).toHaveLength(events);
    });

    it('plays what the portal asks for: what must be set up, and what answers it in the ID token', async () => {
      expect((await gatehouse(...ask('--acr', 'phr'))).out).toMatch(
        /2 +challenge +totp.*enrol +passkey .*the portal asks for this level.*acr phr/s,
      );
      expect((await gatehouse(...ask('--acr', 'single', '--essential'))).out).toMatch(
        /acr mfa \(single in the ID token\)/,
      );
      await app.app.realms.setRules({ realm: 'web1' }, { methods: ['totp'] }, operator);
      expect((await gatehouse(...ask('--acr', 'phr', '--essential'))).out).toMatch(
        /no page.*refused: acr_unmet, told to the portal as an error/s,
      );
    });

    it('plays "Not now" where it works, and the kinds that somebody would use', async () => {
      const fresh = await somebody(app, 'web1', { hasApp: false });
      const of = (...more: string[]) =>
        gatehouse('simulate', 'web1', '--person', fresh.username, '--portal', 'web1-mail', ...more);
      expect((await of('--later')).out).toMatch(/protect-account +Not now .*acr single/s);
      expect((await of('--with', 'passkey')).out).toMatch(/choose-method +passkey of totp, passkey.*acr phr/s);
      expect((await of()).out).toMatch(/choose-method +totp of totp, passkey.*acr mfa/s);
    });

    it('plays a remembered browser, an address and a time', async () => {
      const free = await somebody(app, 'web1');
      const of = (...more: string[]) =>
        gatehouse('simulate', 'web1', '--person', free.username, '--portal', 'web1-mail', ...more);
      await app.app.realms.setRules(
        { realm: 'web1' },
        {
          rememberBrowserDays: 10,
          networks: [{ ranges: ['192.0.2.0/24'], effect: 'refuse' }],
          hours: [{ timeZone: 'UTC', from: '20:00', to: '06:00', effect: 'always_second_factor' }],
        },
        operator,
      );
      const [day, night] = ['2031-01-01T12:00:00Z', '2031-01-01T22:00:00Z'];
      expect((await of('--remembered', '2030-12-28', '--at', day)).out).toMatch(
        /signed in: acr single.*this browser is remembered/s,
      );
      expect((await of('--remembered', '2030-12-01', '--at', day)).out).toMatch(/2 +challenge/);
      expect((await of('--remembered', '2030-12-28', '--at', night)).out).toMatch(
        /2 +challenge .*because of the time of day/s,
      );
      expect((await of('--address', '192.0.2.9', '--at', day)).out).toMatch(
        /refused: network\n +because of the network/,
      );
      await app.app.realms.setRules(
        { realm: 'web1' },
        { rememberBrowserDays: null, networks: null, hours: null },
        operator,
      );
    });

    it.each<readonly [string, readonly string[], RegExp]>([
      ['nobody named', ['--portal', 'web1-mail'], /--person and --portal/],
      [
        'a level that is none',
        ['--person', 'x', '--portal', 'web1-mail', '--acr', 'gold'],
        /--acr is one or more of single, mfa, phr/,
      ],
      [
        'a kind that is none',
        ['--person', 'x', '--portal', 'web1-mail', '--with', 'totp,pigeon'],
        /--with is one.*totp/,
      ],
      [
        'an address that is none',
        ['--person', 'x', '--portal', 'web1-mail', '--address', 'here'],
        /--address is an IP address/,
      ],
      ['a time that is none', ['--person', 'x', '--portal', 'web1-mail', '--at', 'soon'], /--at is a time/],
    ])('tells wrong usage: %s', async (_, words, says) => {
      expect(await gatehouse('simulate', 'web1', ...words)).toMatchObject({
        code: 2,
        err: expect.stringMatching(says),
      });
    });
  });

  describe('a sign-in of the past', () => {
    async function signedIn() {
      await signIn(app, aBrowser(app), tree.mia);
      const [event] = await told(app, 'web1', { type: 'sign_in.completed', subject: tree.mia.user.id });
      return { id: event?.signIn ?? '', reference: event?.reference ?? '' };
    }
    const again = (which: string) => gatehouse('simulate', 'web1', '--sign-in', which);

    it('is found by reference and by id: why it went as it did, and that it would go the same way today', async () => {
      const { id, reference } = await signedIn();
      for (const which of [id, reference]) {
        const { out, code } = await again(which);
        expect(code).toBe(0);
        expect(out).toMatch(/completed, acr mfa, amr pwd otp mfa\n +given: password, totp\n/);
        expect(out).toMatch(/a second factor is required \(secondFactor, organization/);
        expect(out).toMatch(/now it would go the same way/);
      }
    });

    it('says how it would go under the rules and with the methods of today', async () => {
      const { id } = await signedIn();
      await gatehouse('set', 'web1', 'acr=phr', '--portal', 'web1-mail');
      const { out } = await again(id);
      expect(out).toMatch(/now it would go another way.*enrol +passkey.*acr phr/s);
      expect(JSON.parse((await gatehouse('simulate', 'web1', '--sign-in', id, '--json')).out)).toMatchObject({
        past: { acr: 'mfa', ended: 'completed' },
        today: { ok: true, end: { acr: 'phr' } },
        isSame: false,
      });
      await app.app.people.disable('web1', tree.mia.user.id, operator);
      expect((await again(id)).out).toMatch(/refused: disabled/);
    });

    it('says why one was refused', async () => {
      await app.app.realms.setRules(
        { realm: 'web1' },
        { hours: [{ timeZone: 'UTC', from: '00:00', to: '00:00', effect: 'refuse' }] },
        operator,
      );
      const visitor = await toPassword(app, aBrowser(app));
      await visitor.fill({ identifier: tree.mia.username, password: tree.mia.password }).submit();
      expect(visitor.page.step).toBe('refused');
      const [event] = await told(app, 'web1', { type: 'sign_in.refused', subject: tree.mia.user.id });
      const { out } = await again(event?.signIn ?? '');
      await app.app.realms.setRules({ realm: 'web1' }, { hours: null }, operator);
      expect(out).toMatch(/ended: hours.*because of the time of day \(hours, realm web1\).*go the same way/s);
      expect((await again(event?.signIn ?? '')).out).toMatch(/go another way.*signed in/s);
    });

    it('says why one was refused straight to the portal', async () => {
      await app.app.realms.setRules({ realm: 'web1' }, { methods: ['totp'] }, operator);
      const portal = await aPortal(app);
      const visitor = aBrowser(app, { stopAt: [app.demoOrigin] });
      const asked = async (idToken: object) => {
        const { address } = await portal.begin({ claims: JSON.stringify({ id_token: idToken }) });
        await visitor.visit(address);
      };
      const refused = async () => {
        const { id } = tree.mia.user;
        const [event] = await told(app, 'web1', { type: 'sign_in.refused', subject: id });
        return { out: (await again(event?.signIn ?? '')).out, why: event?.details?.['why'] };
      };
      await asked({ sub: { value: 'somebody-else' } });
      await givePassword(visitor, tree.mia);
      expect(portal.answer(visitor).get('error')).toBe('login_required');
      const other = await refused();
      expect(other.why).toBe('wrong_person');
      expect(other.out).toMatch(/ended: wrong_person.*another person was asked for.*go the same way/s);

      await asked({});
      await givePassword(visitor, tree.mia);
      app.clock.advance(30_000);
      await visitor.fill({ code: app.code(tree.mia.secret) }).submit();
      await asked({ acr: { essential: true, values: ['phr'] } });
      expect(portal.answer(visitor).get('error')).toBe('unmet_authentication_requirements');
      const unmet = await refused();
      await app.app.realms.setRules({ realm: 'web1' }, { methods: null }, operator);
      expect(unmet.why).toBe('acr_unmet');
      expect(unmet.out).toMatch(/ended: acr_unmet.*go the same way.*told to the portal as an error/s);
    });

    it('that the log does not know is refused', async () => {
      expect(await again('AAAA-BBBB')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/has no sign-in AAAA-BBBB/),
      });
    });
  });
});
