import { CommanderError } from 'commander';
import { allowanceCommands } from '../../../src/messaging/commands.ts';
import { runCommands } from '../../support/run-commands.ts';
import { type AllowanceForTests, aCode, numberOf, onSqlite } from './allowance-for-tests.ts';

describe('gatehouse messages, about codes by telephone', () => {
  let here: AllowanceForTests;
  beforeEach(async () => {
    here = await onSqlite();
  });
  afterEach(() => here.close());

  async function run(...words: string[]) {
    const realms = {
      get: async (id: string) => (id === 'web1' ? here.realm() : undefined),
      list: async () => [here.realm()],
    };
    const { allowance, clock } = here;
    const organizationNamed = async (_realm: string, ref: string) =>
      ['acme', 'bolt'].includes(ref) ? { id: ref, name: ref } : undefined;
    const context = { allowance, realms, clock, organizationNamed, close: async () => undefined };
    return runCommands(
      (program) => allowanceCommands(program.command('messages'), async () => context),
      ['messages', ...words],
      (error) => {
        if (!(error instanceof CommanderError)) throw error;
        return error.code;
      },
    );
  }

  it('budget shows what the realm and each organization have spent of what they may', async () => {
    here.say({}, { policy: { budget: { perMonth: 50, currency: 'EUR' } } });
    await run('organization', 'web1', 'acme', '--budget', '4', '--contact', 'pay@acme.test');
    await here.allowance.admit(aCode({ organizationPath: ['acme'] }));
    await here.allowance.admit(aCode({ organizationPath: ['bolt'], channel: 'voice' }));
    const said = await run('budget');
    expect(said.out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'REALM  ORGANIZATION  NAME  SPENT  OF  SHARE  CONTACT',
      'web1  -  Web1  3.00 EUR  50.00 EUR  6 %  help@web1.test',
      'web1  acme  ACME  1.00 EUR  4.00 EUR  25 %  pay@acme.test',
      'web1  bolt  BOLT  2.00 EUR  no budget of its own  help@web1.test',
      '',
    ]);
    expect(JSON.parse((await run('budget', 'web1', '--json')).out)[1]).toEqual({
      ...{ realm: 'web1', organization: 'acme', name: 'ACME', currency: 'EUR' },
      ...{ spentMicros: 1_000_000, budgetMicros: 4_000_000, contact: 'pay@acme.test' },
    });
  });

  it('budget of last month is not this month’s', async () => {
    await here.allowance.admit(aCode());
    here.clock.set('2026-04-01T00:00:00Z');
    expect((await run('budget')).out).toContain('0.00 EUR');
  });

  it('organization sets, shows and takes away, and the log has it', async () => {
    const words = ['organization', 'web1', 'acme'];
    const set = await run(...words, '--budget', '12.50', '--countries', 'de,AT');
    expect(set.out).toBe('budget     12.5\ncountries  DE,AT\n');
    expect((await run(...words, '--budget', 'none')).out).toBe('countries  DE,AT\n');
    expect(JSON.parse((await run(...words, '--json')).out)).toEqual({ countries: ['DE', 'AT'] });
    const pending = await here.store.pending('code_message_settings', 10);
    expect(pending.flatMap(({ outbox = [] }) => outbox.map(({ body }) => body['details']))).toEqual([
      { organization: 'acme', budget: 12.5, countries: 'DE AT', contact: null },
      { organization: 'acme', budget: null, countries: 'DE AT', contact: null },
    ]);
  });

  it.each([
    [['--budget', '-1'], 'an amount'],
    [['--budget', '1e3'], 'an amount'],
    [['--countries', 'Germany'], 'two letters'],
    [['--contact', 'nobody'], 'an address'],
  ])('organization refuses %p', async (words, why) => {
    const said = await run('organization', 'web1', 'acme', ...words);
    expect(said.err).toContain(why);
    expect(said.code).not.toBe(0);
    expect(await here.allowance.organizations.list('web1')).toEqual([]);
  });

  it('costs are charged back as CSV that no spreadsheet runs', async () => {
    here.organizations.set('acme', { id: 'acme', name: '=cmd("x"), Ltd' });
    const sent = await here.allowance.admit(aCode({ organizationPath: ['north', 'acme'] }));
    await here.allowance.admit(aCode({ organizationPath: ['north', 'acme'], number: numberOf(2) }));
    await here.allowance.admit(aCode({ number: '+436641234567' }));
    if (sent.ok) await here.allowance.used(sent.id);
    expect((await run('costs', '--month', '2026-03', '--csv')).out.split('\n')).toEqual([
      'month,realm,organization_path,organization,organization_name,dial_code,channel,messages,used,failed,cost,currency',
      '2026-03,web1,,,,43,sms,1,0,0,10.000000,EUR',
      `2026-03,web1,north/acme,acme,"'=cmd(""x""), Ltd",1,sms,2,1,0,2.000000,EUR`,
      '',
    ]);
    expect((await run('costs', '--month', '2026-02')).out).toBe('no codes by telephone in 2026-02\n');
    expect((await run('costs', '--month', '2026-13')).err).toContain('It is a month');
  });

  it('allowance shows limits and what is slowed; release lets it go', async () => {
    here.say({ countries: ['US'], slowing: { after: 5 } });
    await here.together(5, (n) => ({ number: numberOf(n), userId: `u${n}` }));
    here.clock.advance(10 * 60_000);
    await here.allowance.admit(aCode());
    const said = await run('allowance', 'web1');
    expect(said.out).toContain('countries  US\n');
    expect(said.out).toMatch(/^person +10000 +10000 +10000$/m);
    expect(said.out).toContain('slowed  +1202  since 2026-03-02T09:10:00.000Z  0 of 5 codes used\n');
    expect((await run('release', 'web1', '+1202')).out).toBe('+1202 is slowed no more\n');
    expect((await here.allowance.admit(aCode())).ok).toBe(true);
    expect(await run('release', 'web1', '1202')).toMatchObject({
      code: 1,
      err: 'gatehouse: +1202 is not slowed\n',
    });
    expect((await here.told()).at(-1)?.type).toBe('code_message.admitted');
    expect((await here.told()).map(({ type }) => type)).toContain('code_messages.released');
  });

  it('organization is one that there is', async () => {
    expect(await run('organization', 'web1', 'gone', '--budget', '5')).toMatchObject({
      code: 1,
      err: 'gatehouse: there is no organization "gone" in "web1"; see `gatehouse org list web1`\n',
    });
    expect(await here.allowance.organizations.list('web1')).toEqual([]);
  });

  it.each([['budget'], ['costs'], ['allowance'], ['organization', 'acme'], ['release', '1']])(
    '%s exits with 1 where there is no such realm',
    async (name, ...words) => {
      expect(await run(name, 'gone', ...words)).toMatchObject({
        code: 1,
        err: 'gatehouse: there is no realm "gone"; see `gatehouse realm list`\n',
      });
    },
  );
});
