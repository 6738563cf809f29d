import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKeyLine, readConfig } from '../../src/config/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const keyFile = (name: string, lines: readonly string[], mode = 0o600): string => {
  const file = join(directory, name);
  writeFileSync(file, lines.join('\n'));
  chmodSync(file, mode);
  return file;
};

const production = () => ({
  GATEHOUSE_MODE: 'production',
  GATEHOUSE_ORIGIN: 'https://id.example.com',
  GATEHOUSE_DATA: join(directory, 'data'),
  GATEHOUSE_KEYS: keyFile('keys', [newKeyLine('key-1')]),
  GATEHOUSE_MAIL_URL: 'smtp://mail.example.com',
  GATEHOUSE_MAIL_FROM: 'Example <no-reply@example.com>',
});

const faultsOf = (env: Record<string, string>) => {
  const result = readConfig(env);
  return result.ok ? [] : result.faults;
};

describe('reading the configuration', () => {
  it('needs nothing in development', () => {
    const result = readConfig({});
    expect(result).toMatchObject({
      ok: true,
      config: { mode: 'development', port: 4000, origin: 'http://localhost:4000' },
    });
  });

  it('counts an empty value as not set', () => {
    expect(readConfig({ GATEHOUSE_PORT: '', GATEHOUSE_DATABASE: ' ' })).toMatchObject({
      ok: true,
      config: { port: 4000, database: undefined },
    });
  });

  it('leaves names of others alone', () => {
    expect(readConfig({ PATH: '/bin', GATEHOUS: 'x' }).ok).toBe(true);
  });

  it('refuses an unknown name and says which one was meant', () => {
    expect(faultsOf({ GATEHOUSE_MAILURL: 'x' })).toEqual([
      'GATEHOUSE_MAILURL is not a setting: did you mean GATEHOUSE_MAIL_URL?',
    ]);
    expect(faultsOf({ GATEHOUSE_XYZZY_PLUGH_1: 'x' })).toEqual([
      'GATEHOUSE_XYZZY_PLUGH_1 is not a setting: remove it.',
    ]);
  });

  it('tells all faults at once', () => {
    expect(
      faultsOf({ GATEHOUSE_PORT: 'x', GATEHOUSE_ORIGIN: 'x', GATEHOUSE_MOD: 'x', GATEHOUSE_TRUST_PROXY: 'x' }),
    ).toHaveLength(4);
  });

  it('tells what a mode refuses beside what cannot be read, and of the latter no more than that', () => {
    const faults = faultsOf({
      GATEHOUSE_MODE: 'production',
      GATEHOUSE_ORIGIN: 'http://id.example.com',
      GATEHOUSE_PORT: 'x',
      GATEHOUSE_MAIL_URL: 'smpt://x',
    });
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual([
      'GATEHOUSE_KEYS',
      'GATEHOUSE_MAIL_FROM',
      'GATEHOUSE_MAIL_URL',
      'GATEHOUSE_ORIGIN',
      'GATEHOUSE_PORT',
    ]);
  });

  it('asks nothing of a mode that it cannot read', () => {
    expect(faultsOf({ GATEHOUSE_MODE: 'prod', GATEHOUSE_HOST: '0.0.0.0' })).toHaveLength(1);
  });

  it.each([
    [{ GATEHOUSE_PORT: '4100' }, 'http://localhost:4100'],
    [{ GATEHOUSE_PORT: '0' }, 'http://localhost:4000'],
    [{ GATEHOUSE_PORT: '4100', GATEHOUSE_ORIGIN: 'http://127.0.0.1:4200' }, 'http://127.0.0.1:4200'],
  ])('is reached in development, by %j, at %s', (env, origin) => {
    expect(readConfig(env)).toMatchObject({ ok: true, config: { origin } });
  });

  it.each([
    [{ GATEHOUSE_DEMO_PORT: '4000' }, 'GATEHOUSE_DEMO_PORT is 4000'],
    [{ GATEHOUSE_METRICS_PORT: '4000' }, 'GATEHOUSE_METRICS_PORT is 4000'],
    [{ GATEHOUSE_METRICS_PORT: '4001' }, 'GATEHOUSE_DEMO_PORT is 4001'],
  ])('refuses two servers on one port: %j', (env, said) => {
    const faults = faultsOf(env);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(said);
  });

  it('lets the system choose several ports, and leaves the demo out of production', () => {
    const zeros = { GATEHOUSE_PORT: '0', GATEHOUSE_DEMO_PORT: '0', GATEHOUSE_METRICS_PORT: '0' };
    expect(faultsOf(zeros)).toEqual([]);
    expect(faultsOf({ ...production(), GATEHOUSE_PORT: '4001' })).toEqual([]);
  });

  it.each([
    ['GATEHOUSE_PORT', '-1'],
    ['GATEHOUSE_PORT', '65536'],
    ['GATEHOUSE_PORT', '4000.5'],
    ['GATEHOUSE_PORT', '0x50'],
    ['GATEHOUSE_MODE', 'Production'],
    ['GATEHOUSE_ORIGIN', 'http://localhost:4000/path'],
    ['GATEHOUSE_ORIGIN', 'http://user@localhost'],
    ['GATEHOUSE_ORIGIN', 'ftp://localhost'],
    ['GATEHOUSE_ORIGIN', 'http://localhost?'],
    ['GATEHOUSE_DATABASE', 'mysql://db'],
    ['GATEHOUSE_TRUST_PROXY', '10.0.0.0/33'],
    ['GATEHOUSE_TRUST_PROXY', '10.0.0.0/8/8'],
    ['GATEHOUSE_TRUST_PROXY', 'everyone'],
    ['GATEHOUSE_ALLOW_ORIGINS', 'http://a.example, b.example'],
    ['GATEHOUSE_MAIL_URL', 'https://mail.example'],
    ['GATEHOUSE_MAIL_FROM', 'a@b\r\nBcc: c@d'],
    ['GATEHOUSE_HOST', 'a b'],
  ])('refuses %s=%j with one sentence that names it', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} must be .+\\.$`, 's'))]);
  });

  it('never repeats a secret value', () => {
    const faults = faultsOf({ GATEHOUSE_MAIL_URL: 'smtp:hunter2', GATEHOUSE_DATABASE: 'postgres://hunter2' });
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('takes a Twilio account whole or not at all, and never repeats its token', () => {
    const sid = `AC${'0'.repeat(32)}`;
    const account = {
      GATEHOUSE_TWILIO_ACCOUNT_SID: sid,
      GATEHOUSE_TWILIO_AUTH_TOKEN: 'a-token-that-is-long-enough',
      GATEHOUSE_TWILIO_FROM: '+12025550100',
    };
    expect(readConfig(account)).toMatchObject({ ok: true, config: { twilioAccountSid: sid } });
    expect(faultsOf({ GATEHOUSE_TWILIO_ACCOUNT_SID: sid })).toEqual([
      'GATEHOUSE_TWILIO_AUTH_TOKEN and GATEHOUSE_TWILIO_FROM are missing: an account with Twilio needs its SID, its token and a number.',
    ]);
    expect(faultsOf({ GATEHOUSE_TWILIO_URL: 'http://localhost:1' })).toHaveLength(1);
    const token = 'short of it';
    const faults = faultsOf({ ...account, GATEHOUSE_TWILIO_AUTH_TOKEN: token });
    expect(faults).toEqual(['GATEHOUSE_TWILIO_AUTH_TOKEN must be 16 to 256 characters without blanks.']);
    for (const from of ['12025550100', '+0', 'Gatehouse', '+1 202 555 0100']) {
      expect(faultsOf({ ...account, GATEHOUSE_TWILIO_FROM: from })).toHaveLength(1);
    }
    const elsewhere = { ...production(), ...account, GATEHOUSE_TWILIO_URL: 'http://twilio.test' };
    expect(faultsOf(elsewhere).join()).toMatch(/GATEHOUSE_TWILIO_URL must be https in production/);
  });

  it('reads lists parted by commas or blanks', () => {
    expect(readConfig({ GATEHOUSE_TRUST_PROXY: '10.0.0.0/8, ::1  192.0.2.7' })).toMatchObject({
      config: { trustProxy: ['10.0.0.0/8', '::1', '192.0.2.7'] },
    });
  });
});

describe('development', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'id.example.com', '127.0.0.1.example.com'])(
    'refuses to listen on %s',
    (host) => {
      expect(faultsOf({ GATEHOUSE_HOST: host }).join()).toContain('GATEHOUSE_HOST must be this machine itself');
    },
  );

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('listens on %s', (host) => {
    expect(faultsOf({ GATEHOUSE_HOST: host })).toEqual([]);
  });

  it('refuses an origin that others can reach', () => {
    expect(faultsOf({ GATEHOUSE_ORIGIN: 'http://id.example.com' })).toHaveLength(1);
  });
});

describe('production', () => {
  it('starts when keys, https and mail are in order', () => {
    expect(faultsOf(production())).toEqual([]);
  });

  it('refuses to start from development defaults, with every reason', () => {
    const text = faultsOf({ GATEHOUSE_MODE: 'production' }).join('\n');
    for (const name of ['GATEHOUSE_KEYS', 'GATEHOUSE_ORIGIN', 'GATEHOUSE_MAIL_URL', 'GATEHOUSE_MAIL_FROM'])
      expect(text).toContain(name);
  });

  it('refuses keys that everyone on the machine can read', () => {
    expect(faultsOf({ ...production(), GATEHOUSE_KEYS: keyFile('open', [newKeyLine('a')], 0o644) }).join()).toContain(
      'chmod 600',
    );
  });

  it('refuses keys in the data directory, also behind a link', () => {
    const inside = keyFile('inside', [newKeyLine('a')]);
    const link = `${directory}-link`;
    symlinkSync(directory, link);
    try {
      expect(faultsOf({ ...production(), GATEHOUSE_DATA: directory, GATEHOUSE_KEYS: inside }).join()).toContain(
        'data directory',
      );
      expect(faultsOf({ ...production(), GATEHOUSE_DATA: link, GATEHOUSE_KEYS: inside }).join()).toContain(
        'data directory',
      );
    } finally {
      rmSync(link);
    }
  });

  it('refuses the key that development made', () => {
    expect(faultsOf({ ...production(), GATEHOUSE_KEYS: keyFile('dev', [newKeyLine('development')]) }).join()).toContain(
      'made for development',
    );
  });

  it('refuses a key file that is missing', () => {
    expect(faultsOf({ ...production(), GATEHOUSE_KEYS: join(directory, 'nowhere') }).join()).toContain('ENOENT');
  });
});
