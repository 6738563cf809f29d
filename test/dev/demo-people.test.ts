import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoPeople, type DemoPeople } from '../../src/dev/demo-people.ts';
import { createFactors, type Factors, totpMethod } from '../../src/factors/index.ts';
import { goodPassword, type PeopleForTests, somePeople } from '../people/people-for-tests.ts';
import { aKeyring } from '../support/store.ts';

describe('people of a realm file', () => {
  let world: PeopleForTests;
  let demo: DemoPeople;
  let factors: Factors;
  let directory: string;
  const mia = { name: 'Mia', email: 'mia@example.com', password: goodPassword };
  beforeEach(async () => {
    world = await somePeople();
    factors = createFactors({ store: world.store, clock: world.clock, keyring: aKeyring() });
    await world.store.bootstrap();
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-demo-people-'));
    const demoOrigin = 'http://localhost:4001';
    demo = createDemoPeople({ directory, demoOrigin, people: () => world.people, factors });
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
    return world.close();
  });

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

  it('are told with the authenticator app they have now, not the one of the file', async () => {
    const person = (name: string, secret?: string) =>
      [
        `  - name: ${name}`,
        `    email: ${name.toLowerCase()}@example.com`,
        `    password: ${goodPassword}`,
        ...(secret === undefined ? [] : [`    authenticator: ${secret}`]),
      ].join('\n');
    const [ofFile, later] = ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU'];
    writeFileSync(
      join(directory, 'web1.yaml'),
      ['realm: web1', 'name: Web1', 'people:', person('Mia'), person('Olivia', ofFile), ''].join('\n'),
    );
    const people = async () => (await demo.all()).flatMap((file) => file.people);
    const told = async () => Object.fromEntries((await people()).map((each) => [each.name, each.authenticator]));
    expect(await told()).toEqual({ Mia: undefined, Olivia: ofFile });

    for (const each of await people()) await demo.add('web1', each);
    const [user, olivia] = [
      await world.people.find('web1', mia.email),
      await world.people.find('web1', 'olivia@example.com'),
    ];
    const by = { actor: { kind: 'system' } } as const;
    await factors.methods.add({ realm: 'web1', userId: user?.id ?? '', kind: 'totp', ...totpMethod(later) }, by);
    for (const { id } of await factors.methods.of('web1', olivia?.id ?? ''))
      await factors.methods.remove('web1', id, by);
    expect(await told()).toEqual({ Mia: later, Olivia: undefined });
  });
});
