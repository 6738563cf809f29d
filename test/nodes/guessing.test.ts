import type { ServerNode } from '../support/nodes.ts';
import { times } from '../support/times.ts';
import type { Visitor } from '../support/visitor.ts';
import { onBothDatabases } from './databases.ts';
import type { Town } from './town.ts';
import { code, givePassword, somebody, type Townsperson, toChallenge, told, wrongCode } from './townspeople.ts';

const minuteMs = 60_000;

onBothDatabases((open) => {
  let town: Town;
  beforeEach(async () => {
    town = await open();
  });
  afterEach(() => town.close());

  const refusedCodes = async (person: Townsperson) => told(town, 'second_factor.refused', person.user.id);

  /** 40 sign-ins of 40 browsers, each posting five wrong ones at once; how many were told so. The hold hides others. */
  async function guess200(browsers: readonly Visitor[]): Promise<number> {
    const wrong = wrongCode();
    const posts = browsers.map((browser) => browser.submitTogether(times(5, () => ({ code: wrong }))));
    const pages = (await Promise.all(posts)).flat();
    expect(pages).toHaveLength(200);
    expect(pages.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
    expect(pages.filter(({ location }) => location !== undefined)).toEqual([]);
    return pages.filter(({ status, alerts }) => status === 200 && alerts.some((text) => /not right/.test(text))).length;
  }

  const atTheirCode = (person: Townsperson, count: number) =>
    Promise.all(times(count, () => toChallenge(town, town.visitor(), person)));

  async function stepAfterPassword(person: Townsperson, node: ServerNode) {
    const visitor = town.visitor(node);
    await visitor.visit(town.request().url);
    return (await givePassword(visitor, person)).step;
  }

  it('fault 5: 200 wrong codes at once are counted exactly, and the hold outlives a restart of both', async () => {
    const person = await somebody(town);
    const browsers = await atTheirCode(person, 40);
    const [open] = await atTheirCode(person, 1);
    expect(await guess200(browsers)).toBeLessThanOrEqual(10);
    expect(await refusedCodes(person)).toHaveLength(10);
    for (const node of town.nodes) expect(await stepAfterPassword(person, node)).toBe('held');

    await Promise.all(town.nodes.map((node) => node.kill()));
    await Promise.all(town.nodes.map((node) => node.start()));
    for (const node of town.nodes) expect(await stepAfterPassword(person, node)).toBe('held');
    // The right code is not judged either, in a sign-in from before.
    await open!.fill({ code: code() }).submit();
    expect(open!.page.step).toBe('held');
    expect(await refusedCodes(person)).toHaveLength(10);
    expect(await told(town, 'sign_in.completed', person.user.id)).toEqual([]);
  });

  it('N2, S1, fault 7: at the hundredth wrong code in a row both lock, also what is under way, and stay so', async () => {
    const person = await somebody(town);
    await ninetyWrong(person);
    const browsers = await atTheirCode(person, 40);
    const [open] = await atTheirCode(person, 1);
    expect(await guess200(browsers)).toBeLessThanOrEqual(10);
    expect(await refusedCodes(person)).toHaveLength(100);
    expect(await told(town, 'user.second_factor_locked', person.user.id)).toHaveLength(1);

    await open!.fill({ code: code() }).submit();
    expect({ step: open!.page.step, status: open!.page.status }).toEqual({ step: 'refused', status: 403 });
    for (const node of town.nodes) expect(await stepAfterPassword(person, node)).toBe('refused');
    await Promise.all(town.nodes.map((node) => node.kill()));
    await Promise.all(town.nodes.map((node) => node.start()));
    for (const node of town.nodes) expect(await stepAfterPassword(person, node)).toBe('refused');
    expect(await refusedCodes(person)).toHaveLength(100);
    expect(await told(town, 'sign_in.completed', person.user.id)).toEqual([]);
  });

  /** In the days before, so that every hold is over by now. */
  async function ninetyWrong({ user }: Townsperson): Promise<void> {
    town.clock.advance(-3 * 24 * 60 * minuteMs);
    for (let tries = 0; tries < 90; tries += 1) {
      const about = {
        ...{ counter: 'second_factor' as const, realm: user.realm, person: { id: user.id, name: user.name } },
        ...{ factor: 'totp', signIn: `before-${Math.floor(tries / 5)}`, portal: 'till', locale: 'en' },
        ...{ address: '203.0.113.9', browser: 'Firefox', reference: `before-${tries}` },
      };
      const judged = await town.operator.signIn.guessing.guess(about, async () => ({
        ...{ outcome: 'wrong' as const, value: undefined },
      }));
      expect(judged.ok).toBe(true);
      if (tries % 10 === 9) town.clock.advance(61 * minuteMs);
    }
    town.clock.set(new Date());
  }
});
