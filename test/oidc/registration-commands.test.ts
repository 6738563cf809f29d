import type { Command } from 'commander';
import { registrationCommands } from '../../src/oidc/commands.ts';
import { codeOfMisuse, runCommands } from '../support/run-commands.ts';
import { aRealm, Host } from './host.ts';

describe('gatehouse portal registration-token', () => {
  let host: Host;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('open', { registration: { enabled: true } }), aRealm('shut'));
  });
  afterEach(() => host.stop());

  async function gatehouse(...words: string[]) {
    const add = (program: Command) => {
      program.command('portal');
      registrationCommands(program, async () => ({
        tokens: host.oidc.registrationTokens,
        realm: async (id) => host.realms.get(id),
        close: async () => {},
      }));
    };
    return runCommands(add, words, codeOfMisuse);
  }

  it('prints a token that works for so many hours, in that realm', async () => {
    const { out, err, code } = await gatehouse('portal', 'registration-token', 'open', '--hours', '2');
    expect([err, code]).toEqual(['', 0]);
    const tokens = host.oidc.registrationTokens;
    const token = out.trim();
    expect(await tokens.isValid('open', token)).toBe(true);
    expect(await tokens.isValid('shut', token)).toBe(false);
    host.advanceMinutes(120);
    expect(await tokens.isValid('open', token)).toBe(false);
    expect(await tokens.take('open', token)).toBe(false);
  });

  it('prints JSON with when it ends, a day later unless told otherwise', async () => {
    const { out } = await gatehouse('portal', 'registration-token', 'open', '--json');
    const { token, expiresAt } = JSON.parse(out) as { token: string; expiresAt: string };
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(Date.parse(expiresAt)).toBe(host.clock.now().getTime() + 24 * 3_600_000);
  });

  it.each([
    [['shut'], 1, 'registration.enabled'],
    [['nowhere'], 1, 'no realm'],
    [['open', '--hours', '0'], 2, '1 to 720'],
    [['open', '--hours', '721'], 2, '1 to 720'],
    [[], 2, 'missing'],
  ] as const)('refuses %j with exit code %i', async (words, exitCode, why) => {
    const { out, err, code } = await gatehouse('portal', 'registration-token', ...words);
    expect([out, code]).toEqual(['', exitCode]);
    expect(err).toContain(why);
  });
});
