import { onSqlite, operator, type TenancyForTests } from './tenancy-for-tests.ts';

let world: TenancyForTests;
beforeEach(async () => {
  world = await onSqlite();
});
afterEach(() => world.close());

describe('an organization', () => {
  const merge = (_base: object, _now: object, file: Readonly<Record<string, unknown>>) => ({
    settings: file,
    entries: [],
  });

  it('is found by its id, as a realm file calls it, and by names from the top, in its realm alone', async () => {
    const { organizations, applyFile } = world.tenancy;
    const file = { id: 'north', name: 'North', policy: {}, portals: [] };
    await applyFile('msp', file, { merge, actor: operator });
    const north = await organizations.named('msp', 'north');
    const client = await world.org('Client', north?.id, 'msp');

    expect(north).toMatchObject({ name: 'North' });
    expect(await organizations.named('msp', north?.id ?? '')).toEqual(north);
    expect(await organizations.named('msp', 'North')).toEqual(north);
    expect(await organizations.named('msp', 'North / Client')).toMatchObject({ id: client });
    expect(await organizations.named('msp', 'Client')).toBeUndefined();
    expect(await organizations.named('other', 'north')).toBeUndefined();
  });
});
