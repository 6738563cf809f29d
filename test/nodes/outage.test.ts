import type { MongoForTests } from '../../scripts/mongodb-for-tests.ts';
import { ask } from '../support/nodes.ts';
import type { Visitor } from '../support/visitor.ts';
import { aDatabase, onMongo } from './databases.ts';
import { outagesInTurn, untilAllAre } from './outages.ts';
import { aTown, type Town } from './town.ts';
import {
  authorizationCode,
  code,
  givePassword,
  redeem,
  refresh,
  signIn,
  somebody,
  type Townsperson,
  toChallenge,
  tokensOf,
  told,
} from './townspeople.ts';

onMongo(
  (server) => {
    let town: Town;
    let mongo: MongoForTests;
    beforeAll(async () => {
      const started = server();
      if (started === undefined) throw new Error('there is no server to halt');
      mongo = started;
      town = await aTown({ database: aDatabase(mongo.uri) });
    });
    afterAll(async () => {
      await mongo.resume();
      await town.close();
    });

    /** A page for people: what happened, what to do, and a number to ask about. */
    function expectApology({ page }: Pick<Visitor, 'page'>): void {
      expect({ status: page.status, step: page.step }).toEqual({ status: 503, step: 'error' });
      expect(page.text).toMatch(/Nothing is lost: try again in a minute/);
      expect(page.text).toMatch(/give this number: [0-9A-Z]{4}-[0-9A-Z]{4}/);
      expect(page.headers['cache-control']).toContain('no-store');
    }

    it.each([1, 2, 3])(
      'F2: outage %i of the database: red at once, 503 with a reference, and what was under way goes on after it',
      async () => {
        const [first, second, third, fourth]: Townsperson[] = await Promise.all([1, 2, 3, 4].map(() => somebody(town)));
        const atPassword = town.visitor();
        await atPassword.visit(town.request().url);
        const atCode = await toChallenge(town, town.visitor(), second!);
        const byOutage = await toChallenge(town, town.visitor(), fourth!);
        const session = town.visitor();
        const tokens = tokensOf(await redeem(town, await signIn(town, session, third!)));
        const { url } = atPassword.page;

        await mongo.halt();
        await untilAllAre(town, 503);
        for (const node of town.nodes) {
          const visitor = town.visitor(node, atPassword);
          expectApology({ page: await visitor.visit(url) });
        }
        await byOutage.fill({ code: code() }).submit();
        expectApology(byOutage);
        const refused = await refresh(town, tokens.refresh_token);
        expect(refused.status).toBeGreaterThanOrEqual(500);
        for (const { port } of town.nodes) expect(await ask(port, '/healthz')).toBe(200);

        await mongo.resume();
        await untilAllAre(town, 200);
        await givePassword(atPassword, first!);
        await atPassword.fill({ code: code() }).submit();
        expect(authorizationCode(atPassword)).not.toBe('');
        await atCode.fill({ code: code() }).submit();
        expect(authorizationCode(atCode)).not.toBe('');
        // Their code was not used up by what was not done.
        await byOutage.visit(byOutage.page.url);
        await byOutage.fill({ code: code() }).submit();
        expect(authorizationCode(byOutage)).not.toBe('');
        expect((await refresh(town, tokens.refresh_token)).status).toBe(200);
        for (const { user } of [first!, second!, third!, fourth!]) {
          expect(await told(town, 'sign_in.completed', user.id)).toHaveLength(1);
          expect(await told(town, 'second_factor.refused', user.id)).toEqual([]);
        }
      },
    );

    // How soon it is red and green in fact is measured by `npm run soak:outages`, on a machine that does nothing else.
    it('F2: seventeen more in turn: red, 503, green again, and a sign-in that was begun before each ends after it', async () => {
      expect((await outagesInTurn(town, mongo, 17)).faults).toEqual([]);
    }, 600_000);

    it('F2: an authenticator app that is being set up when the database goes away is bound once or not at all', async () => {
      const person = await somebody(town, 'harbour', { hasApp: false });
      const browser = town.visitor();
      await browser.visit(town.request().url);
      await givePassword(browser, person);
      await browser.submit(/get started/i);
      const secret = browser.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
      const here = browser.page.url;
      const bound = () => town.operator.factors.methods.everBound('harbour', person.user.id);

      const posts = browser.submitTogether(Array.from({ length: 4 }, () => ({ code: code(0, secret) })));
      await mongo.halt();
      const seen = (await posts).map(({ status, step, text }) => ({ status, step, text }));
      // Done before it went away, turned away at the page, or told of it.
      const others = seen.filter(({ status }) => ![200, 303, 422, 503].includes(status));
      const said = town.nodes.map((node) =>
        node
          .said()
          .split('\n')
          .filter((line) => line.includes('"error"')),
      );
      expect({ others, said: others.length === 0 ? [] : said }).toEqual({ others: [], said: [] });
      await mongo.resume();
      await untilAllAre(town, 200);
      expect(await bound()).toBeLessThanOrEqual(1);

      await browser.visit(here.href.replace(/\/enrol.*/, ''));
      // Wherever it stands: the key is shown still, or another, or it was bound and asks for its next code.
      const shown = browser.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? secret;
      if (browser.page.location === undefined) await browser.fill({ code: code(1, shown) }).submit();
      expect(authorizationCode(browser)).not.toBe('');
      expect(await bound()).toBe(1);
      expect(await told(town, 'sign_in.completed', person.user.id)).toHaveLength(1);
    });
  },
  { canHalt: true },
);
