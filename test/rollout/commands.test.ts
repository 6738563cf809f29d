import { rolloutCommands } from '../../src/rollout/commands.ts';
import { runCommands } from '../support/run-commands.ts';
import { aStore } from '../support/store.ts';
import { aRollout, operator, type RolloutForTests } from './a-rollout.ts';

let world: RolloutForTests;
beforeEach(async () => {
  world = await aRollout((clock) => aStore(clock));
});
afterEach(() => world.close());

/** `gatehouse rollout <words>`: what it printed, and its exit code. */
async function gatehouse(...words: string[]) {
  const { rollouts, people, clock, realm } = world;
  const realms = { get: async (id: string) => (id === 'msp' ? realm : undefined) };
  const context = { rollouts, people, clock, realms, close: async () => {} };
  return runCommands((program) => rolloutCommands(program, async () => context), ['rollout', ...words]);
}

const wave = (...given: string[]) => given.flatMap((each) => ['--wave', each]);
const planned = ['create', 'msp', 'Autumn', 'secondFactor=required', 'grace={days: 14}'];

describe('gatehouse rollout', () => {
  it('create plans waves by share and by organization, and binds nobody', async () => {
    const { organizations } = world.people.tenancy;
    const north = await organizations.add({ realm: 'msp', name: 'North' }, operator);
    if (!north.ok) throw new Error(north.why);
    await organizations.add({ realm: 'msp', name: 'Client', parent: north.organization.id }, operator);
    const waves = wave('2026-06-01=10%', '2026-06-08=North/Client;North', '2026-06-15T06:00:00Z=rest');
    const { out, code } = await gatehouse(...planned, ...waves);
    expect(code).toBe(0);
    expect(out).toContain('"Autumn" is planned; nobody is bound yet');
    expect(out).toMatch(/^1 +2026-06-01 +10 % +planned/m);
    expect(out).toMatch(/^2 +2026-06-08 +Client, North +planned/m);
    expect(out).toMatch(/^3 +2026-06-15T06:00Z +90 % +planned/m);
    const [known] = JSON.parse((await gatehouse('list', 'msp', '--json')).out);
    expect(known).toMatchObject({
      name: 'Autumn',
      state: 'draft',
      stopAbovePercent: 2,
      rules: { grace: { days: 14 } },
    });
  });

  it.each([
    ['no waves', [], 2, 'say when and who: --wave 2027-06-01=10%, once for each wave'],
    ['more than everybody', wave('2026-06-01=60%', '2026-06-02=41%'), 1, 'the shares come to 101 %'],
    ['waves out of order', wave('2026-06-02=10%', '2026-06-01=rest'), 1, 'wave 2: begins before wave 1'],
    ['nobody’s share', wave('2026-06-01=0%'), 1, 'wave 1: 0.01 to 100 percent'],
    ['an organization that is not there', wave('2026-06-01=Nowhere'), 2, 'there is no organization "Nowhere"'],
    ['a wave without a date', wave('tomorrow=10%'), 2, 'a wave is <date>=<who>'],
    ['a day that is none', wave('2026-13-01=10%'), 2, 'a wave is <date>=<who>'],
    ['a limit that is no number', [...wave('2026-06-01=rest'), '--stop-above', 'few'], 2, '"few" is no number'],
    ['a rule that is none', [...wave('2026-06-01=rest'), '--', 'sceondFactor=off'], 1, 'sceondFactor'],
  ])('create refuses %s', async (_, options, code, fault) => {
    const found = await gatehouse(...planned, ...options);
    expect(found).toMatchObject({ code, out: '', err: expect.stringContaining(fault) });
    expect(await world.rollouts.list('msp')).toEqual([]);
  });

  it('create refuses a name that is taken, case aside', async () => {
    await gatehouse(...planned, ...wave('2026-06-01=rest'));
    const again = await gatehouse('create', 'msp', 'AUTUMN', 'secondFactor=required', ...wave('2026-06-01=rest'));
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('already') });
  });

  it('start looks at everybody first, and refuses where too many would be stuck', async () => {
    await world.person('kim', { policy: { methods: [] } });
    await gatehouse(...planned, ...wave('2026-06-01=rest'));
    const shown = await gatehouse('show', 'msp', 'autumn', '--preview');
    expect(shown.out).toMatch(/^1 +2026-06-01 +100 % +planned +1 +0 +0 +1 +0 +0\.0 %/m);
    const refused = await gatehouse('start', 'msp', 'autumn');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('1 of 1 (100.0 %) would be stuck') });
    expect((await world.rollouts.find('msp', 'autumn'))?.state).toBe('draft');
    expect(await gatehouse('start', 'msp', 'autumn', '--force')).toMatchObject({ code: 0 });
    expect((await world.rollouts.find('msp', 'autumn'))?.state).toBe('running');
  });

  it('pause, resume and stop say where things stand, and refuse what cannot be', async () => {
    await gatehouse(...planned, ...wave('2026-06-01=50%', '2026-06-08=rest'));
    expect(await gatehouse('pause', 'msp', 'autumn')).toMatchObject({ code: 1, err: 'gatehouse: it is not started\n' });
    await gatehouse('start', 'msp', 'autumn');
    world.clock.set('2026-06-02T00:00:00Z');
    expect((await gatehouse('pause', 'msp', 'autumn')).out).toMatch(/^1 .* bound .*\n2 .* waits /m);
    world.clock.set('2026-06-03T00:00:00Z');
    expect((await gatehouse('resume', 'msp', 'autumn')).out).toMatch(/^2 +2026-06-09 .* to come /m);
    expect((await gatehouse('stop', 'msp', 'autumn')).out).toMatch(/stopped from wave 1 on[^]*^1 .* stopped /m);
    expect(await gatehouse('stop', 'msp', 'autumn', '--from-wave', '3')).toMatchObject({ code: 2 });
    expect(await gatehouse('stop', 'msp', 'winter')).toMatchObject({ code: 1, err: expect.stringContaining('winter') });
    expect(await gatehouse('list', 'web1')).toMatchObject({ code: 1, err: expect.stringContaining('no realm "web1"') });
  });

  it('remove is refused while anybody is bound, and says what to do first', async () => {
    await gatehouse(...planned, ...wave('2026-06-01=rest'));
    await gatehouse('start', 'msp', 'autumn');
    expect(await gatehouse('remove', 'msp', 'autumn')).toMatchObject({
      code: 1,
      err: expect.stringContaining('gatehouse rollout stop msp "Autumn" --from-wave 1'),
    });
    await gatehouse('stop', 'msp', 'autumn', '--from-wave', '1');
    expect(await gatehouse('remove', 'msp', 'autumn')).toMatchObject({ code: 0, out: '"Autumn" is removed\n' });
    expect((await gatehouse('list', 'msp', '--json')).out).toBe('[]\n');
    await gatehouse(...planned, ...wave('2026-06-01=rest'));
    expect(await gatehouse('remove', 'msp', 'autumn')).toMatchObject({ code: 0 });
  });

  it('remind and progress tell how far people are', async () => {
    const [mia, zoe] = [await world.person('mia'), await world.person('zoe')];
    await world.enrol(zoe);
    await gatehouse(...planned, ...wave('2026-06-01=rest'));
    expect((await gatehouse('progress', 'msp', 'autumn', '--now')).out).toBe('nothing yet: it is not started\n');
    await gatehouse('start', 'msp', 'autumn');
    expect((await gatehouse('progress', 'msp', 'autumn')).out).toContain('nothing yet: servers look');
    expect((await gatehouse('remind', 'msp', 'autumn')).out).toContain('1 mail on their way');
    expect((await gatehouse('remind', 'msp', 'autumn')).out).toContain('0 mails');
    expect((await gatehouse('progress', 'msp', 'autumn')).out).toMatch(/^2026-05-01 +1 +2 +1 +1 +0 +0 +50\.0 %$/m);
    const asked = await gatehouse('progress', 'msp', 'autumn', '--people', 'asked', '--json');
    expect(JSON.parse(asked.out)).toEqual([{ wave: 1, id: mia.id, name: 'mia', identifier: 'mia@msp.example' }]);
    expect(await gatehouse('progress', 'msp', 'autumn', '--people', 'late')).toMatchObject({ code: 2 });
  });
});
