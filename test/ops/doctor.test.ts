import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { newKeyLine, readConfig } from '../../src/config/index.ts';
import { createKeyring } from '../../src/kernel/index.ts';
import { doctorCommand } from '../../src/ops/commands.ts';
import { judgeClock } from '../../src/ops/doctor/clock.ts';
import { examine } from '../../src/ops/doctor/doctor.ts';
import type { Finding } from '../../src/ops/doctor/finding.ts';
import { judgeMemory } from '../../src/ops/doctor/memory.ts';
import { checkMethods } from '../../src/ops/doctor/methods.ts';
import { checkProxies, checkRealms } from '../../src/ops/doctor/outside.ts';
import { checkPhone } from '../../src/ops/doctor/phone.ts';
import { createRealms, type Realm } from '../../src/realm/index.ts';
import { openStore } from '../../src/store/index.ts';
import { aClock } from '../support/clock.ts';
import { MailServer } from '../support/mail.ts';
import { runCommands } from '../support/run-commands.ts';
import { TwilioServer } from '../support/twilio.ts';

const clock = aClock();
const realmFile = `realm: shop
name: The Shop
portals:
  - clientId: till
    name: The Till
    redirectUris: ["https://till.example.test/callback"]
    homeUrl: "https://till.example.test/"
    scopes: [openid]
`;

describe('gatehouse doctor', () => {
  let home: string;
  let mail: MailServer;
  let env: Record<string, string>;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'gatehouse-doctor-'));
    mail = await MailServer.start();
    await mkdir(join(home, 'data'), { mode: 0o700 });
    await mkdir(join(home, 'realms'));
    await writeFile(join(home, 'keys'), `${newKeyLine('key-1')}\n`, { mode: 0o600 });
    env = {
      GATEHOUSE_MODE: 'production',
      GATEHOUSE_ORIGIN: 'https://localhost:1',
      GATEHOUSE_DATA: join(home, 'data'),
      GATEHOUSE_REALMS: join(home, 'realms'),
      GATEHOUSE_KEYS: join(home, 'keys'),
      GATEHOUSE_MAIL_URL: mail.url,
      GATEHOUSE_MAIL_FROM: 'Shop <no-reply@shop.example.test>',
      GATEHOUSE_TRUST_PROXY: '10.0.0.1',
    };
  });
  afterEach(async () => {
    await mail.down();
    await rm(home, { recursive: true });
  });

  const look = (timeFrom?: string) => examine({ read: readConfig(env), clock, timeFrom });
  const about = (findings: readonly Finding[], check: Finding['check']) =>
    findings.filter((finding) => finding.check === check).map(({ level, says }) => `${level}: ${says}`);

  /** A database as the server leaves it, sealed with `keys`. */
  async function aDatabase(keys: Parameters<typeof createKeyring>[0]): Promise<void> {
    const keyring = createKeyring(keys);
    const store = await openStore({ database: '', dataDir: join(home, 'data'), keyring, clock });
    const realms = createRealms({ store, clock, origin: 'https://localhost:1' });
    await store.bootstrap();
    const report = await realms.apply(realmFile, 'shop.yaml', { actor: { kind: 'operator' } });
    expect(report).toMatchObject({ ok: true });
    const options = { overlapHours: 0, actor: { kind: 'operator' } } as const;
    expect(await realms.rotateSecret('shop', 'till', options)).toMatchObject({ ok: true });
    await store.close();
  }

  it('finds a machine in order before the first start', async () => {
    const findings = await look();
    expect(findings.filter(({ level }) => level === 'fault')).toEqual([]);
    expect(about(findings, 'configuration')).toEqual(['ok: The settings are in order (production).']);
    expect(about(findings, 'database').join()).toMatch(/^note: There is no database yet/);
    expect(about(findings, 'mail').join()).toMatch(/^ok: The mail server answers/);
    expect(mail.received).toEqual([]);
  });

  it('says all that is wrong with the settings, and looks no further', async () => {
    delete env.GATEHOUSE_KEYS;
    env.GATEHOUSE_PORT = 'x';
    const findings = await look();
    expect(new Set(findings.map(({ check, level }) => `${check} ${level}`))).toEqual(new Set(['configuration fault']));
  });

  it('opens the database, and what is sealed in it', async () => {
    const { parseKeys } = await import('../../src/config/keys.ts');
    const { readFile } = await import('node:fs/promises');
    const read = parseKeys(await readFile(join(home, 'keys'), 'utf8'));
    if (!read.ok) throw new Error(read.faults.join());
    await aDatabase(read.keys);
    const findings = await look();
    expect(about(findings, 'database')).toEqual(['ok: SQLite answers, and its file is in order.']);
    expect(about(findings, 'keys')).toEqual(['ok: The keys open what is sealed in the database.']);
    expect(about(findings, 'realms')).toEqual(['ok: 1 realm.']);
  });

  it('notices that the keys are not those of the database', async () => {
    await aDatabase([{ id: 'lost', secret: new Uint8Array(32).fill(7) }]);
    expect(about(await look(), 'keys').join()).toMatch(/^fault: What is sealed in the database does not open/);
  });

  it('notices a file that is no database', async () => {
    await writeFile(join(home, 'data', 'gatehouse.db'), 'not a database at all, and long enough to be looked at');
    expect(about(await look(), 'database').join()).toMatch(/^fault: /);
  });

  it('notices data and keys that others may read', async () => {
    await chmod(join(home, 'data'), 0o750);
    await chmod(join(home, 'keys'), 0o640);
    const files = about(await look(), 'files');
    expect(files.filter((line) => line.startsWith('warning'))).toHaveLength(2);
    await chmod(join(home, 'realms'), 0o777);
    expect(about(await look(), 'files').join()).toMatch(/fault: Everybody on this machine may write realm files/);
  });

  it('notices a mail server that is away or refuses us', async () => {
    mail.always = { refuse: 'greeting', code: 554 };
    expect(about(await look(), 'mail').join()).toMatch(/^fault: The mail server does not take us: .*554/);
    await mail.down();
    expect(about(await look(), 'mail').join()).toMatch(/^fault: .*ECONNREFUSED/);
  });

  it('asks Twilio for the account, and sends nothing', async () => {
    expect(about(await look(), 'phone')).toEqual(['note: No Twilio account is set: codes by phone are not offered.']);
    const twilio = await TwilioServer.start();
    // Production wants https; only development may speak to a Twilio of its own in clear.
    const read = readConfig({ ...twilio.env, GATEHOUSE_DATA: join(home, 'data') });
    if (!read.ok) throw new Error(read.faults.join());
    const check = async () => {
      const { level, says } = await checkPhone(read.config);
      return `${level}: ${says}`;
    };
    expect(await check()).toBe('ok: Twilio knows the account (active).');
    twilio.always = { status: 401 };
    expect(await check()).toMatch(/^fault: Twilio does not take us: status 401/);
    expect(twilio.asked).toEqual([]);
    await twilio.close();
    // What lies behind it depends on whether the connection was kept.
    expect(await check()).toMatch(/^fault: .*fetch failed: \w+/);
  });

  it('compares the clock with that of a web server', async () => {
    const web = createServer((_, response) => {
      response.setHeader('Date', new Date(clock.now().getTime() - 60_000).toUTCString());
      response.end();
    });
    await new Promise<void>((resolve) => {
      web.listen(0, '127.0.0.1', resolve);
    });
    const findings = await look(`http://127.0.0.1:${(web.address() as AddressInfo).port}/`);
    expect(about(findings, 'clock').join()).toMatch(/^fault: This clock is 59\.5 s ahead of/);
    web.close();
  });

  it('exits 1 with a fault, 0 without; --json is for programs', async () => {
    const run = async () => {
      const add = (program: Command) => doctorCommand(program, () => ({ read: readConfig(env), clock }));
      const { out, code: exitCode } = await runCommands(add, ['doctor', '--json']);
      return { exitCode, report: JSON.parse(out) as { isHealthy: boolean; findings: Finding[] } };
    };
    expect(await run()).toMatchObject({ exitCode: 0, report: { isHealthy: true } });
    env.GATEHOUSE_TRUST_PROXY = '0.0.0.0/0';
    const { exitCode, report } = await run();
    expect({ exitCode, isHealthy: report.isHealthy }).toEqual({ exitCode: 1, isHealthy: false });
    for (const { level, todo } of report.findings) {
      if (level === 'fault' || level === 'warning') expect(todo).toMatch(/\w+/);
    }
  });
});

describe('the doctor on', () => {
  const there = new Date('2026-03-02T09:00:00Z');
  it.each([
    [0, 'ok'],
    [2.9, 'ok'],
    [3, 'warning'],
    [-14.9, 'warning'],
    [15, 'fault'],
    [-15, 'fault'],
  ])('a clock that is %d s off: %s', (offS, level) => {
    const here = new Date(there.getTime() + offS * 1000);
    expect(judgeClock(here, there, 'the database').level).toBe(level);
  });

  const given = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8388608';
  it.each([
    ['always madvise [never]', '1', given, 2.41, 'warning'],
    ['always [madvise] never', '1', given, 2.36, 'ok'],
    ['always [madvise] never', '1', given, 2.34, 'warning'],
    ['always [madvise] never', '1', 'glibc.malloc.mmap_threshold=8388608', 2.36, 'warning'],
    ['[always] madvise never', undefined, given, 2.34, 'ok'],
    ['always madvise [never]', '1', undefined, 2.36, 'ok'],
    ['always madvise [never]', undefined, undefined, 2.36, 'note'],
    ['always [madvise] never', '4', 'glibc.malloc.hugetlb=1', 2.36, 'note'],
  ] as const)('huge pages are %s, arenas %s, tunables %s, glibc %s', (modes, arenas, tunables, glibc, level) => {
    expect(judgeMemory({ arenas, tunables }, modes, glibc).level).toBe(level);
  });

  it.each([
    ['production', undefined, ['warning']],
    ['production', ['0.0.0.0/0'], ['fault']],
    ['production', ['::/0', '10.0.0.1'], ['fault']],
    ['production', ['10.0.0.0/8'], ['ok', 'note']],
    ['development', undefined, ['ok']],
  ] as const)('proxies in %s, %j trusted', (mode, trustProxy, levels) => {
    const findings = checkProxies({ mode, trustProxy, host: '0.0.0.0' });
    expect(findings.map(({ level }) => level)).toEqual(levels);
  });

  it.each([
    ['production', [undefined, undefined], 'warning'],
    ['production', [undefined, 'https://a.example.test'], 'ok'],
    ['development', [undefined, undefined], 'ok'],
    ['production', [], 'warning'],
  ] as const)('realms in %s with origins %j: %s', (mode, origins, level) => {
    const realms = origins.map((origin, at) => ({ id: `r${at}`, origin })) as unknown as readonly Realm[];
    expect(checkRealms(mode, realms).map((finding) => finding.level)).toEqual([level]);
  });

  const none = {
    twilioAccountSid: undefined,
    twilioAuthToken: undefined,
    twilioFrom: undefined,
    twilioUrl: undefined,
  };
  const twilio = { ...none, twilioAccountSid: 'AC0', twilioAuthToken: '0', twilioFrom: '+12025550123' };
  const phones = { methods: ['phone'], secondFactor: 'required' };
  const beside = { methods: ['phone', 'recovery'], secondFactor: 'required' };
  const prices = { prices: [{ prefix: '*', sms: 1, voice: 1 }] };
  const named = 'https://id.example.com';
  const digits = 'https://192.0.2.7';
  it.each([
    ['production', named, none, { policy: {} }, ['ok: What']],
    ['production', named, none, { policy: phones }, ['fault: Nobody can sign in to shop']],
    ['production', named, none, { policy: { ...phones, secondFactor: 'optional' } }, ['warning: shop list phones']],
    ['production', named, none, { policy: { methods: ['phone', 'totp'] } }, ['warning: shop list phones']],
    ['development', named, none, { policy: phones }, ['warning: Codes by phone are the only second factor of shop']],
    ['development', named, none, { policy: { methods: ['email', 'phone'] } }, ['warning: Codes by phone are the only']],
    ['development', named, none, { policy: { methods: ['phone', 'recovery'] } }, ['ok: What']],
    ['development', named, none, { policy: { methods: ['phone', '*'] } }, ['ok: What']],
    ['production', named, twilio, { policy: beside }, ['warning: What codes by phone cost is estimated']],
    ['production', named, twilio, { policy: beside, messages: prices }, ['ok: What']],
    ['production', named, twilio, { policy: { methods: ['totp'] } }, ['ok: What']],
    ['production', digits, none, { policy: {} }, ['warning: Passkeys cannot be used']],
    ['production', 'https://[2001:db8::7]', none, { policy: {} }, ['warning: Passkeys cannot be used']],
    ['production', digits, none, { policy: { methods: ['totp'] } }, ['ok: What']],
    ['production', digits, none, { policy: {}, origin: named }, ['ok: What']],
  ] as const)('N7: methods in %s at %s with %j, of a realm %j: %j', (mode, origin, account, realm, begin) => {
    const findings = checkMethods({ mode, origin, ...account }, [{ id: 'shop', ...realm } as unknown as Realm]);
    expect(findings.map(({ level, says }) => `${level}: ${says}`)).toEqual(
      begin.map((text) => expect.stringMatching(new RegExp(`^${text}`))),
    );
    for (const { level, todo } of findings) expect(todo === undefined).toBe(level === 'ok');
  });

  it('methods where there are no realms: there is nothing to say', () => {
    const settings = { mode: 'production', origin: named, ...none } as const;
    expect(checkMethods(settings, [])).toEqual([]);
    expect(checkMethods(settings, undefined)).toEqual([]);
  });
});
