import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { createFactors, totpMethod } from '../../src/factors/index.ts';
import { createKeyring, newId, systemClock } from '../../src/kernel/index.ts';
import { createHasher, createPeople } from '../../src/people/index.ts';
import { createPreview } from '../../src/preview/index.ts';
import type { Realm } from '../../src/realm/index.ts';
import { type Collection, type Doc, openStore, type Store } from '../../src/store/index.ts';
import { authenticatorSecret } from './target.ts';

/** One preview of a requirement for everybody in a realm, in the process that also reads for sign-ins. */
export interface PreviewCost {
  readonly people: number;
  readonly ms: number;
  readonly cpuMs: number;
  /** What a sign-in reads of a person was read so often meanwhile, and waited so long for its turn (p99). */
  readonly reads: number;
  readonly waitP99Ms: number;
  /** The same for as long with nothing beside it. */
  readonly readsAlone: number;
  readonly waitAloneP99Ms: number;
}

export const previewedPeople = 100_000;
const organizations = 50;
const together = 1_000;
const actor = { kind: 'system' } as const;
const realm: Realm = {
  ...{
    id: 'bench',
    name: 'Bench',
    branding: { accent: '#112233', accentInk: '#ffffff', mark: 'B' },
    languages: ['en'],
  },
  ...{ policy: {}, createdAt: new Date(0), changedAt: new Date(0) },
};
const realms = { get: async () => realm, portal: async () => undefined, portals: async () => [] };

/** `database`: `mongodb://…`; a SQLite file otherwise. */
export async function previewCost(howMany = previewedPeople, database = ''): Promise<PreviewCost> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-preview-'));
  const clock = systemClock;
  const keyring = createKeyring([{ id: 'bench', secret: new Uint8Array(32).fill(7) }]);
  const store = await openStore({ database, dataDir, keyring, clock });
  try {
    const people = createPeople({ store, clock, hasher: createHasher(), keyring, linkTo: () => '' });
    const factors = createFactors({ store, clock, keyring });
    await store.bootstrap();
    const ids = await fill(store, { people, factors }, howMany);
    const previews = createPreview({ realms, people, factors, clock });
    const preview = () => previews.of(realm.id, { kind: 'realm' }, { secondFactor: 'required', methods: ['passkey'] });

    /** Reads beside it what sign-ins read, one after the other. */
    const beside = async <R>(act: () => Promise<R>) => {
      const waits: number[] = [];
      const running = { isOn: true };
      const reading = (async () => {
        while (running.isOn) {
          const from = performance.now();
          await setImmediate();
          const id = ids[waits.length % ids.length] ?? '';
          await Promise.all([people.get(realm.id, id), factors.methods.of(realm.id, id)]);
          waits.push(performance.now() - from);
        }
      })();
      const done = await act();
      running.isOn = false;
      await reading;
      const p99 = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;
      return { done, reads: waits.length, p99Ms: Number(p99.toFixed(1)) };
    };
    await preview();
    let [ms, cpuMs] = [0, 0];
    const busy = await beside(async () => {
      const [before, from] = [process.cpuUsage(), performance.now()];
      const previewed = await preview();
      const { user, system } = process.cpuUsage(before);
      [ms, cpuMs] = [Math.round(performance.now() - from), Math.round((user + system) / 1_000)];
      return previewed;
    });
    const alone = await beside(() => setTimeout(ms));
    if (busy.done?.counts.asked.after !== howMany) throw new Error('the preview does not count everybody');
    return {
      ...{ people: howMany, ms, cpuMs },
      ...{ reads: busy.reads, waitP99Ms: busy.p99Ms, readsAlone: alone.reads, waitAloneP99Ms: alone.p99Ms },
    };
  } finally {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** One person as the product makes people, who has an authenticator app and belongs to an organization; then copies. */
async function fill(
  store: Store,
  { people, factors }: Pick<Parameters<typeof createPreview>[0], 'people' | 'factors'>,
  howMany: number,
): Promise<readonly string[]> {
  const made = await people.create({ realm: realm.id, name: 'Person 0', email: 'p0@bench.example' });
  if (!made.ok) throw new Error(made.why);
  const { id: userId } = made.user;
  const bound = { realm: realm.id, userId, kind: 'totp', ...totpMethod(authenticatorSecret) };
  await factors.methods.add(bound, { actor });
  const orgs: string[] = [];
  for (let at = 0; at < organizations; at += 1) {
    const org = await people.tenancy.organizations.add({ realm: realm.id, name: `Org ${at}` }, actor);
    if (org.ok) orgs.push(org.organization.id);
  }
  const [organization = ''] = orgs;
  await people.tenancy.memberships.add(
    { realm: realm.id, organization, userId, role: 'member', isAccepted: true },
    actor,
  );

  const [users, methods, memberships] = ['users', 'methods', 'memberships'].map((name) => collectionOf(store, name));
  const [user, method, member] = await Promise.all([
    storedOf(users, userId),
    storedOf(methods, (await factors.methods.of(realm.id, userId))[0]?.id),
    storedOf(memberships, `${organization}/${userId}`),
  ]);
  const ids = [userId];
  for (let from = 1; from < howMany; from += together) {
    const batch = Array.from({ length: Math.min(together, howMany - from) }, (_, at) => ({
      id: newId(),
      n: from + at,
    }));
    await users?.insertMany(
      batch.map(({ id, n }) => ({ ...user, id, name: `Person ${n}`, keys: { name: `person ${n}` } })),
    );
    await methods?.insertMany(batch.map(({ id }) => ({ ...method, id: newId(), userId: id })));
    await memberships?.insertMany(
      batch.map(({ id, n }) => {
        const place = orgs[n % orgs.length] ?? organization;
        return { ...member, id: `${place}/${id}`, organization: place, userId: id, place, reach: [place] };
      }),
    );
    ids.push(...batch.map(({ id }) => id));
  }
  return ids;
}

/** Rooms keep their collections to themselves; a copy is checked against their shape like any other document. */
function collectionOf(store: Store, name: string): Collection<Doc> | undefined {
  return store.collections().find(({ declaration }) => declaration.name === name);
}

async function storedOf(collection: Collection<Doc> | undefined, id = ''): Promise<Doc> {
  const found = await collection?.get(id);
  if (found === undefined) throw new Error('nothing to copy');
  const { outbox: _delivered, ...doc } = found;
  return doc;
}
