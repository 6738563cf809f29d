import { browserCommands } from '../../src/sign-in/commands.ts';
import { onBothEngines } from '../support/both-engines.ts';
import { runCommands } from '../support/run-commands.ts';
import { aHouse, anApp, Browser, codeNow, type House, pastPassword } from './house.ts';

onBothEngines((open) => {
  let house: House;
  beforeEach(async () => {
    house = await aHouse({ secondFactor: 'required', methods: ['totp'], rememberBrowserDays: 30 }, open);
    await house.aPerson();
  });
  afterEach(() => house.close());

  async function gatehouse(...words: string[]) {
    const context = {
      hasRealm: async (realm: string) => realm === 'web1',
      personOf: async (realm: string, identifier: string) => (await house.people.find(realm, identifier))?.id,
      browsers: house.signIn.admin.browsers,
      revoke: house.signIn.browsers.revoke,
      close: async () => {},
    };
    return runCommands((program) => browserCommands(program, async () => context), ['browser', ...words]);
  }

  /** Signs mia in; where that ended. */
  async function signIn(browser: Browser, more: Record<string, string> = {}) {
    const uid = await pastPassword(browser);
    const path = `/sign-in/${uid}`;
    const landed = await browser.land('get', path);
    if (landed.page?.step !== 'challenge') return landed;
    house.clock.advance(30_000);
    return browser.land('post', `${path}/challenge`, { code: codeNow(house), ...more });
  }
  const asksForCode = async (browser: Browser) => {
    const uid = await pastPassword(browser);
    return (await browser.land('get', `/sign-in/${uid}`)).page?.step === 'challenge';
  };

  it('says that a person is known in no browser', async () => {
    expect(await gatehouse('list', 'web1', 'mia')).toEqual({ out: 'no browsers\n', err: '', code: 0 });
    expect((await gatehouse('list', 'web1', 'mia', '--json')).out).toBe('[]\n');
  });

  it('lists the browsers of a person, the latest first, and until when each is remembered', async () => {
    const [first, second] = [new Browser(house), new Browser(house)];
    await signIn(first);
    await signIn(second, { remember_browser: 'yes' });
    const { out, code } = await gatehouse('list', 'web1', 'mia', '--json');
    expect(code).toBe(0);
    const until = new Date(house.clock.now().getTime() + 30 * 86_400_000).toISOString();
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({ name: 'Firefox on Windows', rememberedUntil: until }),
      expect.not.objectContaining({ rememberedUntil: expect.anything() }),
    ]);
    const lines = (await gatehouse('list', 'web1', 'mia@example.com')).out.split('\n');
    expect(lines[0]).toMatch(/^LABEL +BROWSER +LAST USED +STATE$/);
    expect(lines[1]).toMatch(new RegExp(`^[0-9a-f]{12} +Firefox on Windows +.*remembered until ${until}$`));
    expect(lines[2]).toMatch(/ known$/);
  });

  it('says of a browser that it is remembered only as long as it is', async () => {
    await signIn(new Browser(house), { remember_browser: 'yes' });
    const mia = await house.people.find('web1', 'mia');
    expect((await gatehouse('list', 'web1', 'mia')).out).toContain('remembered until');
    await anApp(house, mia!, 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU');
    expect((await gatehouse('list', 'web1', 'mia')).out).not.toContain('remembered until');
  });

  it('revokes one, and the other stays as it is', async () => {
    const [first, second] = [new Browser(house), new Browser(house)];
    await signIn(first, { remember_browser: 'yes' });
    await signIn(second, { remember_browser: 'yes' });
    const listed = JSON.parse((await gatehouse('list', 'web1', 'mia', '--json')).out) as { label: string }[];
    const label = listed[0]?.label ?? '';
    expect(await gatehouse('revoke', 'web1', 'mia', label)).toEqual({ out: `revoked ${label}\n`, err: '', code: 0 });
    expect([await asksForCode(first), await asksForCode(second)]).toEqual([false, true]);
    expect(await gatehouse('revoke', 'web1', 'mia', label)).toMatchObject({
      code: 1,
      err: expect.stringContaining(label),
    });
  });

  it('revokes all', async () => {
    const browser = new Browser(house);
    await signIn(browser, { remember_browser: 'yes' });
    const { out } = await gatehouse('revoke', 'web1', 'mia', '--all', '--json');
    expect(JSON.parse(out)).toEqual({ revoked: [expect.stringMatching(/^[0-9a-f]{12}$/)] });
    expect(await asksForCode(browser)).toBe(true);
    expect((await gatehouse('list', 'web1', 'mia')).out).toBe('no browsers\n');
  });

  it.each([
    [['list', 'nowhere', 'mia'], 'there is no realm "nowhere"'],
    [['list', 'web1', 'nobody'], 'nobody in "web1" is known as "nobody"'],
    [['revoke', 'web1', 'mia', 'abc'], 'see `gatehouse browser list web1 mia`'],
  ])('refuses %j, and says why', async (words, why) => {
    expect(await gatehouse(...words)).toMatchObject({ out: '', code: 1, err: expect.stringContaining(why) });
  });

  it.each([[['revoke', 'web1', 'mia']], [['revoke', 'web1', 'mia', 'abc', '--all']]])(
    '%j is wrong usage',
    async (words) => {
      const why = 'name one browser by its label, or give --all';
      expect(await gatehouse(...words)).toMatchObject({ out: '', code: 2, err: expect.stringContaining(why) });
    },
  );
});
