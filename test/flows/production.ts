import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { loadKeyring, newKeyLine, readConfig } from '../../src/config/index.ts';
import { startServer } from '../../src/ops/index.ts';
import { applyDirectory } from '../../src/realm/index.ts';
import { Visitor } from '../support/visitor.ts';

const realmFile = `realm: shop
name: The Shop
policy:
  secondFactor: off
portals:
  - clientId: till
    name: The Till
    kind: browser
    redirectUris: ["https://till.example.test/callback"]
    postLogoutRedirectUris: ["https://till.example.test/"]
    homeUrl: "https://till.example.test/"
    scopes: [openid]
`;

export interface ProductionApp {
  readonly app: App;
  readonly origin: string;
  readonly issuer: string;
  readonly redirectUri: string;
  /** A browser that reaches it through a proxy that ends TLS. */
  visitor(headers?: Readonly<Record<string, string>>): Visitor;
  close(): Promise<void>;
}

/** The product as production runs it: keys of its own, https outside, a proxy in front, no demo. */
export async function runProduction(): Promise<ProductionApp> {
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-production-'));
  const [data, realms, keys] = ['data', 'realms', 'gatehouse.keys'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(realms);
  await writeFile(join(realms, 'shop.yaml'), realmFile);
  await writeFile(keys, newKeyLine('key-1'), { mode: 0o600 });
  const origin = 'https://id.example.test';
  const read = readConfig({
    GATEHOUSE_MODE: 'production',
    GATEHOUSE_ORIGIN: origin,
    GATEHOUSE_DATA: data,
    GATEHOUSE_REALMS: realms,
    GATEHOUSE_KEYS: keys,
    GATEHOUSE_MAIL_URL: 'smtp://127.0.0.1:9',
    GATEHOUSE_MAIL_FROM: 'Gatehouse <no-reply@example.test>',
    GATEHOUSE_TRUST_PROXY: '127.0.0.1',
  });
  if (!read.ok) throw new Error(read.faults.join('\n'));
  const { config } = read;
  const log = pino({ level: 'silent' });
  const app = await createApp({ config, keyring: loadKeyring(config), clock: { now: () => new Date() }, log });
  for (const { report } of await applyDirectory(app.realms, realms, { actor: { kind: 'system' } })) {
    if (!report.ok) throw new Error(JSON.stringify(report.faults));
  }
  const server = await startServer({ handler: app.handler, host: '127.0.0.1', port: 0 });
  return {
    ...{ app, origin },
    issuer: `${origin}/realms/shop`,
    redirectUri: 'https://till.example.test/callback',
    visitor: (headers = {}) =>
      new Visitor({
        behindTls: server.port,
        stopAt: ['https://till.example.test/'],
        headers: { 'x-forwarded-for': '192.0.2.10', 'x-forwarded-proto': 'https', ...headers },
      }),
    async close() {
      await server.stop(100);
      await app.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
