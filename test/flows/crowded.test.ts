import { createHasher, type Trust } from '../../src/people/index.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, signIn, somebody, told, toPassword } from './people.ts';

describe('more passwords than can be hashed', () => {
  const real = createHasher({ cost: { memoryKiB: 64, passes: 1, parallelism: 1 } });
  let full: readonly Trust[] = [];
  let asked: Trust[] = [];
  let app: RunningApp;
  let sam: Somebody;

  beforeAll(async () => {
    app = await runApp({
      env: { GATEHOUSE_TRUST_PROXY: '127.0.0.1' },
      hasher: {
        hash: real.hash,
        verify: real.verify,
        admits(_turn, trust) {
          asked.push(trust);
          return !full.includes(trust);
        },
        load: real.load,
        isOutdated: real.isOutdated,
      },
    });
  });
  beforeEach(async () => {
    [full, asked] = [[], []];
    sam = await somebody(app);
  });
  afterAll(() => app.close());

  let networks = 0;
  const aBrowserIn = (network: number) => aBrowser(app, { headers: { 'x-forwarded-for': `10.9.${network}.7` } });
  /** From a network that nobody came from before. */
  function aStranger(): Visitor {
    networks += 1;
    return aBrowserIn(networks);
  }

  const guess = async (visitor: Visitor, identifier: string, password = `wrong ${networks}`) => {
    await visitor.fill({ identifier, password }).submit();
    return visitor.page;
  };

  it('A2: are turned away before anything is written, alike for somebody and for nobody', async () => {
    const { username } = await somebody(app);
    full = ['ordinary', 'suspect'];
    const pages = [];
    for (const identifier of [username, 'nobody-by-this-name']) {
      const { status, headers, text, step } = await guess(await toPassword(app, aStranger()), identifier);
      expect({ status, step, retryAfter: headers['retry-after'] }).toEqual({
        ...{ status: 429, step: 'error', retryAfter: '3' },
      });
      expect(text).toContain('We are busy right now');
      pages.push(text.replace(/[0-9A-Z]{4}-[0-9A-Z]{4}/, '#'));
    }
    expect(pages[0]).toBe(pages[1]);
    const [tallies, ranges] = ['guesses', 'guessing_addresses'].map((name) =>
      app.app.store.collections().find((collection) => collection.declaration.name === name),
    );
    expect(await told(app, 'web1', { type: 'password.refused' })).toEqual([]);
    for (const collection of [tallies, ranges]) {
      expect((await collection?.list({ index: 'id', limit: 1 }))?.items).toEqual([]);
    }
  });

  it('keep nobody out whom they know: a browser of theirs, or a network from which people sign in', async () => {
    const own = aStranger();
    await signIn(app, own, sam);
    const home = networks;
    full = ['ordinary', 'suspect'];
    const travelling = aStranger();
    const known = 'gatehouse.known.web1';
    travelling.cookies.set(known, own.cookies.get(known) ?? '', app.origin);
    await signIn(app, travelling, sam);
    await signIn(app, aBrowserIn(home), await somebody(app));
    expect(asked).toEqual(['ordinary', 'known', 'known']);
  });

  it('leave the right password right: whoever was turned away signs in as soon as there is room', async () => {
    const stranger = await toPassword(app, aStranger());
    full = ['ordinary'];
    expect((await guess(stranger, sam.username)).status).toBe(429);
    full = [];
    await toPassword(app, stranger);
    await givePassword(stranger, sam);
    expect(stranger.page.step).toBe('challenge');
  });

  it('are told from people’s by what went before: in this sign-in, from this network, with this password', async () => {
    const retried = await toPassword(app, aStranger());
    await guess(retried, sam.username);
    await guess(retried, sam.username);
    expect(asked).toEqual(['ordinary', 'suspect']);
    asked = [];
    await guess(await toPassword(app, retried), sam.username);
    expect(asked).toEqual(['suspect']);
    asked = [];
    for (let name = 1; name <= 6; name += 1) {
      await guess(await toPassword(app, aStranger()), `name${name}`, 'Summer2026');
    }
    expect(asked).toEqual([...Array.from({ length: 5 }, () => 'ordinary'), 'suspect']);
  });
});
