/**
 * Fills the database that the environment names with a realm, its portals and so many people, and prints the clients'
 * secrets as JSON. One person is made as the product makes people; the others are copies, with identifiers of their
 * own, so that none costs an Argon2 hash. `node seed.ts PEOPLE`
 */
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { type Config, loadKeyring, readEnvironment } from '../../src/config/index.ts';
import { totpMethod } from '../../src/factors/index.ts';
import { newId, systemClock } from '../../src/kernel/index.ts';
import { applyDirectory } from '../../src/realm/index.ts';
import type { Collection, Doc } from '../../src/store/index.ts';
import { machineIds, portalId, realmId } from './bench-realm.ts';
import { authenticatorSecret, type Client, emailOf, type Machines, password } from './target.ts';

export interface Seeded {
  readonly portal: Client;
  readonly machines: Machines;
}

const actor = { kind: 'system' } as const;
const together = 1_000;

async function seed(config: Config, people: number): Promise<Seeded> {
  const log = pino({ level: 'silent' });
  const app = await createApp({ config, keyring: loadKeyring(config), clock: systemClock, log });
  try {
    for (const { report } of await applyDirectory(app.realms, config.realms, { actor })) {
      if (!report.ok) throw new Error(report.faults.map(({ path, message }) => `${path} ${message}`).join('; '));
    }
    const seeded = {
      portal: await clientOf(app, portalId),
      machines: { ES256: await clientOf(app, machineIds.ES256), RS256: await clientOf(app, machineIds.RS256) },
    };
    await addPeople(app, people);
    return seeded;
  } finally {
    await app.stop();
  }
}

async function clientOf({ realms }: App, clientId: string): Promise<Client> {
  const rotated = await realms.rotateSecret(realmId, clientId, { overlapHours: 0, actor });
  if (!rotated.ok) throw new Error(`client ${clientId}: ${rotated.why}`);
  return { clientId, clientSecret: rotated.secret };
}

async function addPeople(app: App, count: number): Promise<void> {
  const email = emailOf(0);
  const made = await app.people.create({ realm: realmId, name: 'Person 0', email, emailVerified: true, password });
  if (!made.ok) throw new Error(`person: ${made.why}`);
  const userId = made.user.id;
  const bound = { realm: realmId, userId, kind: 'totp', name: 'Authenticator app', ...totpMethod(authenticatorSecret) };
  const added = await app.factors.methods.add(bound, { actor });
  if (!added.ok) throw new Error(`method: ${added.why}`);
  await app.drain();

  const users = collectionOf(app, 'users');
  const identifiers = collectionOf(app, 'identifiers');
  const methods = collectionOf(app, 'methods');
  const user = await storedIn(users, userId);
  const claim = await storedIn(identifiers, `${realmId}/${email}`);
  const method = await storedIn(methods, added.method.id);

  for (let from = 1; from < count; from += together) {
    const batch = Array.from({ length: Math.min(together, count - from) }, (_, at) => {
      const person = from + at;
      return { id: newId(), name: `Person ${person}`, email: emailOf(person) };
    });
    await users.insertMany(
      batch.map(({ id, name, email: own }) => ({
        ...user,
        ...{ id, name, email: own, keys: { name: name.toLowerCase(), email: own } },
      })),
    );
    await identifiers.insertMany(
      batch.map(({ id, email: own }) => ({ ...claim, ...{ id: `${realmId}/${own}`, userId: id } })),
    );
    await methods.insertMany(batch.map(({ id }) => ({ ...method, ...{ id: newId(), userId: id } })));
  }
}

/** Rooms keep their collections to themselves; a copy is checked against their shape like any other document. */
function collectionOf({ store }: App, name: string): Collection<Doc> {
  const found = store.collections().find(({ declaration }) => declaration.name === name);
  if (found === undefined) throw new Error(`no collection ${name}`);
  return found;
}

async function storedIn(collection: Collection<Doc>, id: string): Promise<Doc> {
  const { outbox: _delivered, ...doc } = (await collection.get(id)) ?? { id: '' };
  if (doc.id === '') throw new Error(`${collection.declaration.name}: nothing to copy`);
  return doc;
}

const read = readEnvironment();
if (!read.ok) throw new Error(read.faults.join('\n'));
process.stdout.write(JSON.stringify(await seed(read.config, Number(process.argv[2]))));
