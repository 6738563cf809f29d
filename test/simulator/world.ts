import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { createHasher, type User } from '../../src/people/index.ts';
import { allRules, type Rules } from '../../src/policy/index.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { operator, parts, secret as tokenSeed } from '../tokens/tokens-for-tests.ts';
import type { Case } from './cases.ts';
import { rollOut } from './roll-out.ts';
import { setUp } from './set-up.ts';
import type { Carried } from './walk.ts';

const realm = 'trial';
export const clientIds = ['alpha', 'beta'] as const;
const appSecret = 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU';

const file = `
realm: ${realm}
name: Trial
branding: { accent: "#7a3e9d" }
languages: [en]
portals:
${clientIds
  .map(
    (clientId) => `  - clientId: ${clientId}
    name: ${clientId}
    redirectUris: ["{demo}/${clientId}/callback"]
    scopes: [openid]
    asksConsent: false
    secret: ${clientId}-development-secret
`,
  )
  .join('')}`;

/** One realm whose rules, organizations and people are made anew for every case: all that a realm is to a decision. */
export interface World extends RunningApp {
  readonly portals: readonly client.Configuration[];
  /** Puts a case in force; the person it is about, and the organizations in order. */
  settle(given: Case): Promise<{ readonly carried: Carried; readonly organizations: readonly string[] }>;
}

export async function aWorld(tokens: number): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-trial-'));
  await writeFile(join(directory, `${realm}.yaml`), file);
  // What a hash costs in production is no part of a decision.
  const hasher = createHasher({ cost: { memoryKiB: 64, passes: 1, parallelism: 1 } });
  const running = await runApp({ env: { GATEHOUSE_TRUST_PROXY: '127.0.0.1' }, realms: directory, hasher });
  const { app, clock } = running;
  const issuer = new URL(`${running.origin}/realms/${realm}`);
  const portals = await Promise.all(
    clientIds.map((id) =>
      client.discovery(issuer, id, undefined, client.ClientSecretBasic(`${id}-development-secret`), {
        execute: [client.allowInsecureRequests],
      }),
    ),
  );
  const lines = Array.from({ length: tokens }, (_, at) => `${credentialId(at)},totp,${tokenSeed}\n`);
  const source = parts(`credential_id,kind,seed_base64\n${lines.join('')}`);
  const imported = await app.tokens.import({ realm, source }, operator);
  if (!imported.ok) throw new Error(JSON.stringify(imported));
  const hashes = new Map<number, string>();
  let made = 0;

  async function aPerson(given: Case): Promise<Carried> {
    made += 1;
    const password = passwordOf(given.passwordLength);
    // One hash for all who have this password: to make them is dear.
    const hash = hashes.get(given.passwordLength) ?? (await hasher.hash(password, ''));
    if (hash === undefined) throw new Error('busy');
    hashes.set(given.passwordLength, hash);
    const username = `person${made}`;
    const email = `${username}@trial.example`;
    const added = await app.people.create({ realm, username, email, emailVerified: true, name: `Person ${made}` });
    if (!added.ok) throw new Error(added.why);
    const now = clock.now();
    const { postponed, own } = given;
    await app.people.update(
      realm,
      added.user.id,
      (user): User => ({
        ...user,
        password: { hash, setAt: now },
        ...(own === undefined ? {} : { policy: own }),
        ...(postponed === undefined
          ? {}
          : { postponed: { times: postponed.times, since: new Date(now.getTime() - postponed.daysAgo * 86_400_000) } }),
        ...(given.isDisabled ? { status: 'disabled' as const } : {}),
        ...(given.isLocked ? { secondFactorLockedAt: now } : {}),
      }),
    );
    const { id } = added.user;
    const token = credentialId(made - 1);
    if (given.token === 'assigned') await app.tokens.assign(realm, token, id, 1, operator);
    const carried: Carried = {
      ...{ userId: id, username, email, password, token, passkey: undefined, handle: undefined, codes: [], phone: '' },
      secret: appSecret,
      newPasswords: 0,
    };
    for (const kind of given.has) await setUp(running, carried, kind);
    return carried;
  }

  async function organizationsOf(given: Case, userId: string): Promise<readonly string[]> {
    const { organizations, memberships, subscriptions } = app.people.tenancy;
    const ids: string[] = [];
    for (const [at, { rules, below, isSubscribed }] of given.organizations.entries()) {
      const parent = below === undefined || below >= at ? undefined : ids[below];
      const name = `Organization ${made} ${at}`;
      const input = { realm, name, policy: rules, ...(parent === undefined ? {} : { parent }) };
      const added = await organizations.add(input, operator);
      if (!added.ok) throw new Error(added.why);
      const { id } = added.organization;
      ids.push(id);
      if (isSubscribed)
        await subscriptions.add({ realm, portal: clientIds[at % 2] ?? '', kind: 'organization', holder: id }, operator);
      const membership = given.memberships[at];
      if (membership !== undefined) await memberships.add({ realm, organization: id, userId, ...membership }, operator);
    }
    if (given.isSubscribed) await subscriptions.add({ realm, portal: 'beta', kind: 'user', holder: userId }, operator);
    return ids;
  }

  return {
    ...running,
    portals,
    async close() {
      await running.close();
      await rm(directory, { recursive: true, force: true });
    },
    async settle(given) {
      clock.advance(given.startsAfterMinutes * 60_000);
      const whole = (rules: Rules) => ({
        ...Object.fromEntries([...allRules, 'open'].map((rule) => [rule, null])),
        ...rules,
      });
      const said = await Promise.all([
        app.realms.setRules({ realm }, whole(given.realm), operator),
        ...clientIds.map((clientId, at) =>
          app.realms.setRules({ realm, clientId }, whole(given.portals[at] ?? {}), operator),
        ),
      ]);
      for (const each of said) if (!each.ok) throw new Error(each.faults.join('; '));
      const carried = await aPerson(given);
      const organizations = await organizationsOf(given, carried.userId);
      await rollOut(running, given.rollouts, organizations);
      return { carried, organizations };
    },
  };
}

const credentialId = (at: number) => `TRAL${String(at).padStart(8, '0')}`;

const passwordOf = (length: number) => 'nineteen quiet harbours beyond'.slice(0, length);
