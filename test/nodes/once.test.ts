import { times } from '../support/times.ts';
import { onBothDatabases } from './databases.ts';
import type { Town } from './town.ts';
import {
  again,
  authorizationCode,
  code,
  redeem,
  refresh,
  signIn,
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

  it('N1, fault 4: 50 posts of one right code make one session, and none ends in a complaint', async () => {
    const person = await somebody(town);
    const browser = await toChallenge(town, town.visitor(), person);
    const shown = code();
    const pages = await browser.submitTogether(times(50, () => ({ code: shown })));
    expect(pages.filter(({ status }) => status >= 500)).toEqual([]);
    expect(pages.filter(({ location }) => location?.searchParams.has('code') === true)).toHaveLength(1);
    expect(await told(town, 'sign_in.completed', person.user.id)).toHaveLength(1);
    expect(await told(town, 'second_factor.refused', person.user.id)).toEqual([]);
  });

  it('N1, fault 4: one right code in 20 sign-ins of 20 browsers completes one of them', async () => {
    const person = await somebody(town);
    const browsers = await Promise.all(times(20, () => toChallenge(town, town.visitor(), person)));
    // The second of a pair meets the other node than the first.
    const shown = code();
    await Promise.all(browsers.map((browser) => browser.fill({ code: shown }).submit()));
    const back = browsers.filter(({ page }) => page.location?.searchParams.has('code') === true);
    expect(back).toHaveLength(1);
    expect(await told(town, 'sign_in.completed', person.user.id)).toHaveLength(1);
  });

  it('A7: of 50 redemptions of one authorization code one gets tokens, which end with the reuse', async () => {
    const given = await signIn(town, town.visitor(), await somebody(town));
    const answers = await Promise.all(times(50, () => redeem(town, given)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 400 && body.includes('invalid_grant'))).toHaveLength(49);
    for (const node of town.nodes) {
      expect((await refresh(town, tokensOf(won[0]!).refresh_token, node)).body).toContain('invalid_grant');
    }
  });

  it('A7: of 50 uses of one refresh token one gets tokens, and the family ends', async () => {
    const browser = town.visitor();
    const first = tokensOf(await redeem(town, await signIn(town, browser, await somebody(town))));
    const answers = await Promise.all(times(50, () => refresh(town, first.refresh_token)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 400 && body.includes('invalid_grant'))).toHaveLength(49);
    for (const node of town.nodes) {
      expect((await refresh(town, tokensOf(won[0]!).refresh_token, node)).body).toContain('invalid_grant');
    }
    // The session is another matter, and goes on.
    await again(town, browser);
    expect(authorizationCode(browser)).not.toBe('');
  });

  it('neither node found anything that should not happen', () => {
    for (const node of town.nodes) expect(node.said()).not.toMatch(/"level":[56]0/);
  });
});
