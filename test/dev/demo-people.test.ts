import { createDemoPeople, type DemoPeople } from '../../src/dev/demo-people.ts';
import { createFactors } from '../../src/factors/index.ts';
import { goodPassword, type PeopleForTests, somePeople } from '../people/people-for-tests.ts';

describe('people of a realm file', () => {
  let world: PeopleForTests;
  let demo: DemoPeople;
  const mia = { name: 'Mia', email: 'mia@example.com', password: goodPassword };
  beforeEach(async () => {
    world = await somePeople();
    const factors = createFactors({ store: world.store, clock: world.clock });
    await world.store.bootstrap();
    demo = createDemoPeople({ directory: '.', demoOrigin: undefined, people: () => world.people, factors });
  });
  afterEach(() => world.close());

  it.each([
    [{}, undefined],
    [{ password: 'short' }, { field: 'password', message: expect.stringMatching(/too short/) }],
    [{ password: 'password' }, { field: 'password', message: expect.stringMatching(/many people use/) }],
    [
      { password: 'mia@example.com' },
      { field: 'password', message: expect.stringMatching(/what the person is called/) },
    ],
    [{ username: 'mia@example.com' }, { field: 'username', message: 'cannot be used' }],
  ])('are judged before anybody is made: %j', async (change, fault) => {
    expect(await demo.judge('web1', { ...mia, ...change })).toEqual(fault);
    expect(await world.people.find('web1', mia.email)).toBeUndefined();
  });

  it('are not judged, nor changed, once they exist', async () => {
    expect(await demo.add('web1', mia)).toBe('created');
    expect(await demo.judge('web1', { ...mia, password: 'password' })).toBeUndefined();
    expect(await demo.add('web1', { ...mia, name: 'Other' })).toBe('unchanged');
    expect((await world.people.find('web1', mia.email))?.name).toBe('Mia');
  });
});
