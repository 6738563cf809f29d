import { createDemoTokens } from '../../src/dev/demo-tokens.ts';
import { createFactors } from '../../src/factors/index.ts';
import { createTokens } from '../../src/tokens/index.ts';
import { goodPassword, type PeopleForTests, somePeople } from '../people/people-for-tests.ts';
import { aKeyring } from '../support/store.ts';

describe('tokens of a realm file', () => {
  let world: PeopleForTests;
  beforeEach(async () => {
    world = await somePeople();
  });
  afterEach(() => world.close());

  const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const [free, waiting, inUse] = [
    { credentialId: 'GHST00000001', seed },
    { credentialId: 'GHST00000002', seed, assignedTo: 'mia@example.com', organization: 'north' },
    { credentialId: 'GHST00000003', seed, assignedTo: 'mia@example.com', active: true as const },
  ];

  async function aDemo() {
    const { store, clock, people } = world;
    const tokens = createTokens({ store, clock });
    const { methods } = createFactors({ store, clock, keyring: aKeyring(), tokens });
    await store.bootstrap();
    const made = await people.create({ realm: 'msp', name: 'Mia', email: 'mia@example.com', password: goodPassword });
    if (!made.ok) throw new Error(made.why);
    return { tokens, methods, mia: made.user.id, demo: createDemoTokens({ tokens, people: () => people, methods }) };
  }

  it('are in the inventory, with whom they are for; an active one is asked for as if it had been registered', async () => {
    const { tokens, methods, mia, demo } = await aDemo();
    expect(await demo.add('msp', [free, waiting, inUse])).toEqual(['created', 'created', 'created']);
    const { items } = await tokens.list({ realm: 'msp', limit: 10 });
    expect(items.map(({ standing, people, organization }) => [standing, people, organization])).toEqual([
      ['available', [], undefined],
      ['assigned', [mia], 'msp.north'],
      ['assigned', [mia], undefined],
    ]);
    const bound = await methods.of('msp', mia);
    expect(bound.map(({ kind, data }) => [kind, data['credentialId']])).toEqual([['token', 'GHST00000003']]);
  });

  it('are made once, and left as somebody made them since; one that the file gained is added', async () => {
    const { tokens, demo } = await aDemo();
    await demo.add('msp', [waiting]);
    await tokens.unassign('msp', waiting.credentialId, undefined, { kind: 'operator' });
    expect(await demo.add('msp', [waiting, free])).toEqual(['unchanged', 'created']);
    expect((await tokens.find('msp', waiting.credentialId))?.people).toEqual([]);
  });
});
