import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { loadKeyring, newKeyLine, readConfig } from '../../src/config/index.ts';
import { applyDirectory } from '../../src/realm/index.ts';
import { aClock, type SettableClock } from '../support/clock.ts';
import { aNode, type ServerNode } from '../support/nodes.ts';
import { type Answer, Visitor } from '../support/visitor.ts';
import { aFrontDoor, clientAddress, type Passed } from './front-door.ts';

export const redirectUri = 'https://till.example.test/callback';
const origin = 'https://id.example.test';
const actor = { kind: 'operator' } as const;

const portal = (clientId: string) => ({
  ...{ clientId, name: `The ${clientId}`, redirectUris: [redirectUri] },
  scopes: ['openid', 'offline_access'],
});

const realms = [
  { realm: 'harbour', name: 'Harbour', policy: { secondFactor: 'required', methods: ['totp'] } },
  { realm: 'quay', name: 'Quay', policy: { secondFactor: 'off', methods: ['totp'] } },
].map((realm) => ({ ...realm, registration: { enabled: true }, portals: [portal('till')] }));

/** Several server processes on one database, a proxy in front of them, and an operator at the same database. */
export interface Town {
  readonly nodes: readonly ServerNode[];
  /** The rooms on the same data, in this process; serves nothing and does no periodic work. */
  readonly operator: App;
  /** Of the operator alone; stands at the real time unless a test moves it. */
  readonly clock: SettableClock;
  /** What became of the requests that came through the proxy. */
  passed(): Passed;
  issuer(realm?: string): string;
  /** A browser with an address of its own. `through`: one node; the proxy otherwise. `of`: the same browser as this. */
  visitor(through?: ServerNode, of?: Visitor): Visitor;
  /** The address that begins an authorization request, and its PKCE verifier. */
  request(realm?: string, wishes?: Readonly<Record<string, string>>): { url: string; verifier: string };
  /** A form to an endpoint of the realm by the portal's server. */
  post(path: string, form: Readonly<Record<string, string>>, through?: ServerNode, realm?: string): Promise<Answer>;
  close(): Promise<void>;
}

export interface TownOptions {
  /** `mongodb://…` with a database name; a SQLite file of its own otherwise. */
  readonly database?: string;
  readonly mailUrl?: string;
  /** The nodes begin on a database without collections; otherwise the operator has made them. */
  readonly isEmpty?: boolean;
}

export async function aTown({
  database,
  mailUrl = 'smtp://127.0.0.1:9',
  isEmpty = false,
}: TownOptions = {}): Promise<Town> {
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-nodes-'));
  const files = join(home, 'realms');
  await mkdir(files);
  // JSON is YAML.
  await Promise.all(realms.map((one) => writeFile(join(files, `${one.realm}.yaml`), JSON.stringify(one))));
  await writeFile(join(home, 'keys'), newKeyLine('key-1'), { mode: 0o600 });
  const env = {
    GATEHOUSE_MODE: 'production',
    GATEHOUSE_ORIGIN: origin,
    GATEHOUSE_DATA: join(home, 'data'),
    GATEHOUSE_REALMS: files,
    GATEHOUSE_KEYS: join(home, 'keys'),
    GATEHOUSE_MAIL_URL: mailUrl,
    GATEHOUSE_MAIL_FROM: 'Gatehouse <no-reply@example.test>',
    GATEHOUSE_TRUST_PROXY: '127.0.0.1',
    GATEHOUSE_STOP_DELAY: '0',
    GATEHOUSE_LOG_LEVEL: 'warn',
    ...(database === undefined ? {} : { GATEHOUSE_DATABASE: database }),
  };
  const nodes = await Promise.all([aNode(env), aNode(env)]);
  const begin = () => Promise.all(nodes.map((node) => node.start()));
  const end = () => Promise.all(nodes.map((node) => node.kill()));
  const begun = async () => {
    if (isEmpty) await begin();
    const made = await anOperator(env);
    if (!isEmpty) await begin();
    return made;
  };
  const { operator, clock, secrets } = await begun().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const door = await aFrontDoor(nodes.map(({ port }) => port));

  const issuer = (realm = 'harbour') => `${origin}/realms/${realm}`;
  let visitors = 0;
  const visitor = (through?: ServerNode, of?: Visitor): Visitor => {
    visitors += 1;
    const address = `10.${visitors >> 8}.${visitors & 255}.7`;
    const headers = through === undefined ? { [clientAddress]: address } : { 'x-forwarded-for': address };
    return new Visitor({ behindTls: through?.port ?? door.port, stopAt: [redirectUri], headers }, of?.cookies);
  };
  return {
    ...{ nodes, operator, clock, issuer, visitor },
    passed: () => door.passed(),
    request(realm = 'harbour', wishes = {}) {
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({
        ...{ client_id: 'till', response_type: 'code', redirect_uri: redirectUri, state: 'st' },
        scope: 'openid offline_access',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...wishes,
      });
      return { verifier, url: `${issuer(realm)}/auth?${query.toString()}` };
    },
    post(path, form, through, realm = 'harbour') {
      const client = { client_id: 'till', client_secret: secrets.get(realm) ?? '' };
      return visitor(through).request(`${issuer(realm)}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...client, ...form }).toString(),
        isBare: true,
      });
    },
    async close() {
      await Promise.all([door.close(), end()]);
      await operator.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function anOperator(env: Readonly<Record<string, string>>) {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.faults.join('\n'));
  const { config } = read;
  const clock = aClock(new Date());
  const log = pino({ level: 'silent' });
  const operator = await createApp({ config, keyring: loadKeyring(config), clock, log });
  for (const { report } of await applyDirectory(operator.realms, config.realms, { actor })) {
    if (!report.ok) throw new Error(JSON.stringify(report.faults));
  }
  const secrets = new Map<string, string>();
  for (const { realm } of realms) {
    const rotated = await operator.realms.rotateSecret(realm, 'till', { overlapHours: 0, actor });
    if (!rotated.ok) throw new Error(rotated.why);
    secrets.set(realm, rotated.secret);
  }
  return { operator, clock, secrets };
}
