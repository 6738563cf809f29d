import { times } from '../support/times.ts';
import type { Visitor } from '../support/visitor.ts';
import { onBothDatabases } from './databases.ts';
import type { Town } from './town.ts';
import {
  authorizationCode,
  code,
  givePassword,
  redeem,
  refresh,
  somebody,
  toChallenge,
  tokensOf,
  told,
} from './townspeople.ts';

onBothDatabases((open) => {
  let town: Town;
  beforeAll(async () => {
    town = await open();
  });
  afterAll(() => town.close());

  it.each([0, 1])('F3: sign-ins under way when node %i is killed go on at the other', async (which) => {
    const [killed, left] = [town.nodes[which]!, town.nodes[1 - which]!];
    const people = await Promise.all(times(9, () => somebody(town)));
    const browsers = times(9, () => town.visitor());
    // At every stage: before the password, before the code, and back at the portal with a code to redeem.
    const verifiers = await Promise.all(
      browsers.map(async (browser, n) => {
        const { url, verifier } = town.request();
        await browser.visit(url);
        if (n % 3 > 0) await givePassword(browser, people[n]!);
        if (n % 3 > 1) await browser.fill({ code: code() }).submit();
        return verifier;
      }),
    );
    const [person, under] = [await somebody(town), await somebody(town)];
    const posting = await toChallenge(town, town.visitor(), under);
    const posts = posting.submitTogether(times(4, () => ({ code: code() })));
    await killed.kill();
    expect((await posts).filter(({ status }) => status >= 500 && status !== 502)).toEqual([]);

    const goOn = async (browser: Visitor, n: number) => {
      if (n % 3 === 0) await givePassword(browser, people[n]!);
      if (n % 3 < 2) await browser.fill({ code: code() }).submit();
      const tokens = tokensOf(await redeem(town, { code: authorizationCode(browser), verifier: verifiers[n]! }));
      expect((await refresh(town, tokens.refresh_token, left)).status).toBe(200);
    };
    await Promise.all(browsers.map(goOn));
    for (const { user } of people) expect(await told(town, 'sign_in.completed', user.id)).toHaveLength(1);
    // Who was cut off in the middle of their post asks for the page again. A code that was judged and led no further is
    // spent; the next one does.
    await posting.reload();
    if (posting.page.step === 'challenge') await posting.fill({ code: code(1) }).submit();
    expect(await told(town, 'sign_in.completed', under.user.id)).toHaveLength(1);

    await killed.start();
    const visitor = await toChallenge(town, town.visitor(killed), person);
    await visitor.fill({ code: code() }).submit();
    expect(authorizationCode(visitor)).not.toBe('');
  });
});
