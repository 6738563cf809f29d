import type { Clock } from '../kernel/index.ts';
import type { Store } from '../store/index.ts';
import { addPortal } from './add-portal.ts';
import { type ApplyOptions, applyPortal, applyRealm, disableDropped } from './apply.ts';
import { type ApplyOrganization, applyOrganizations } from './apply-organizations.ts';
import { portalsDeclaration, realmsDeclaration } from './collections.ts';
import type { Path } from './describe-issue.ts';
import type { RealmInFile } from './file-shape.ts';
import { binds, type ForetellOrganization, foretell, type KeepAdmins } from './foretell.ts';
import { judgeMerged } from './judge-merged.ts';
import { createKept, noFile } from './kept.ts';
import { pathName } from './path-name.ts';
import { readRealmFile } from './read-realm-file.ts';
import type { ApplyEntry, FileFault, FilePerson, FileToken, PersonFault, RealmAdmin, SetReport } from './realm.ts';
import { removePortal } from './remove-portal.ts';
import { rotateSecret } from './rotate-secret.ts';
import {
  asSettings,
  foretellChange,
  foretellWith,
  foretellWithout,
  setRules,
  setSetting,
  type WantedChange,
  wantedOf,
} from './set.ts';
import { createSnapshots } from './snapshot.ts';

export interface RealmsDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Of the product: `https://id.example.com`, without a trailing slash. */
  readonly origin: string;
  /** Left out: files may have organizations, and nothing is made of them. */
  readonly applyOrganization?: ApplyOrganization;
  /** What `applyOrganization` would come to. */
  readonly foretellOrganization?: ForetellOrganization;
  /** Asked before a change of rules. Left out: it is enough that they are in order. */
  readonly keepAdmins?: KeepAdmins;
  /** Kinds that rules may name. Left out: any. */
  readonly factorKinds?: readonly string[];
  /** Development only: what realm files may have beyond settings. */
  readonly development?: {
    /** What `{demo}` stands for: `http://localhost:4001`. */
    readonly demoOrigin: string;
    /** What `addPerson` would refuse; asked of everybody before anything of the file is applied. */
    judgePerson(realm: string, person: FilePerson): Promise<PersonFault | undefined>;
    /** Makes a person of a file where nobody has their identifiers yet, and changes nobody. Throws when it is refused. */
    addPerson(realm: string, person: FilePerson): Promise<'created' | 'unchanged'>;
    /** Puts tokens of a file into the inventory, where they are not in it yet. Throws when one is refused. */
    addTokens(realm: string, tokens: readonly FileToken[]): Promise<readonly ('created' | 'unchanged')[]>;
  };
}

/** Each has a password to hash, which keeps a processor busy; the hasher's queue has an end. */
const peopleAtOnce = 8;

export function createRealms(deps: RealmsDeps): RealmAdmin {
  const { store, clock, origin, factorKinds, development, applyOrganization, foretellOrganization } = deps;
  const realms = store.collection(realmsDeclaration);
  const portals = store.collection(portalsDeclaration);
  const snapshots = createSnapshots({ realms, portals }, clock);
  const parts = { realms, portals, clock, factorKinds };
  const kept = createKept(deps.keepAdmins);

  /** Runs a change; reads after it see it. */
  const changing = async <R>(change: () => Promise<R>): Promise<R> => {
    try {
      return await change();
    } finally {
      snapshots.forget();
    }
  };

  const addPeople = async (realm: string, people: readonly FilePerson[]): Promise<readonly ApplyEntry[]> => {
    if (development === undefined) return [];
    const entries: ApplyEntry[] = [];
    for (let at = 0; at < people.length; at += peopleAtOnce) {
      const some = people.slice(at, at + peopleAtOnce);
      const outcomes = await Promise.all(some.map((person) => development.addPerson(realm, person)));
      for (const [index, outcome] of outcomes.entries()) {
        entries.push({ what: 'person', id: some[index]?.email ?? some[index]?.username ?? '', outcome });
      }
    }
    return entries;
  };

  const addTokens = async (realm: string, tokens: readonly FileToken[]): Promise<readonly ApplyEntry[]> => {
    const outcomes = (await development?.addTokens(realm, tokens)) ?? [];
    return outcomes.map((outcome, index) => ({ what: 'token', id: tokens[index]?.credentialId ?? '', outcome }));
  };

  const judgePeople = async (
    file: RealmInFile,
    lineOf: (path: Path) => number,
    fileName: string,
  ): Promise<readonly FileFault[]> => {
    const faults: FileFault[] = [];
    for (const [index, person] of (file.people as readonly FilePerson[]).entries()) {
      const fault = await development?.judgePerson(file.realm, person);
      if (fault === undefined) continue;
      const path = ['people', index, fault.field];
      faults.push({ file: fileName, line: lineOf(path), path: pathName(path, file), message: fault.message });
    }
    return faults;
  };

  async function putInForce(file: RealmInFile, options: ApplyOptions): Promise<readonly ApplyEntry[] | 'origin_taken'> {
    const entries = await applyRealm(parts, file, options);
    if (entries === 'origin_taken') return entries;
    const all = [...entries];
    for (const portal of file.portals) all.push(...(await applyPortal(parts, file.realm, portal, options)));
    snapshots.forget();
    const known = (await snapshots.current()).portals.get(file.realm)?.keys() ?? [];
    const named = new Set(file.portals.map(({ clientId }) => clientId));
    const dropped = [...known].filter((clientId) => !named.has(clientId));
    all.push(...(await disableDropped(parts, file.realm, dropped, options)));
    if (applyOrganization !== undefined) all.push(...(await applyOrganizations(applyOrganization, file, options)));
    return all;
  }

  const apply: RealmAdmin['apply'] = async (text, fileName, { force = false, actor }) => {
    const read = readRealmFile(text, fileName, {
      ...(factorKinds === undefined ? {} : { factorKinds }),
      ...(development === undefined ? {} : { demoOrigin: development.demoOrigin }),
    });
    if (!read.ok) return read;
    const { file } = read;
    const options = { fileName, force, actor };
    const originTaken = {
      ok: false as const,
      faults: [
        { file: fileName, line: read.lineOf(['origin']), path: 'origin', message: 'another realm has this origin' },
      ],
    };
    if (file.origin === origin) return originTaken;
    const faults = [
      ...(await judgeMerged(parts, file, force)).map(({ path, message }) => ({
        file: fileName,
        line: read.lineOf(path),
        path: pathName(path, file),
        message,
      })),
      ...(await judgePeople(file, read.lineOf, fileName)),
    ];
    if (faults.length > 0) return { ok: false, faults };
    const foresee = () => foretell(parts, file, options, foretellOrganization);
    const put = () => putInForce(file, options);
    // What binds nobody otherwise waits for nobody.
    const isBinding = (await foresee()) !== undefined;
    const done = isBinding ? await kept(file.realm, file, foresee, put) : { ok: true as const, value: await put() };
    if (!done.ok) {
      const { path, message } = done.fault;
      const line = read.lineOf(path);
      return { ok: false, faults: [{ file: fileName, line, path: pathName(path, file), message }] };
    }
    if (done.value === 'origin_taken') return originTaken;
    const all = [...done.value];
    all.push(...(await addPeople(file.realm, file.people as readonly FilePerson[])));
    all.push(...(await addTokens(file.realm, file.tokens as readonly FileToken[])));
    return { ok: true, realm: file.realm, entries: all };
  };

  /** Changes rules, or says why not. */
  const settle = async (change: WantedChange, act: () => Promise<SetReport>): Promise<SetReport> => {
    const { realm, clientId, wanted } = change;
    const path = Object.keys(wanted).find(binds);
    if (path === undefined) return act();
    const done = await kept(realm, noFile, () => foretellChange(parts, change), act);
    if (done.ok) return done.value;
    const where = clientId === undefined ? '' : `portals.${clientId}.`;
    return { ok: false, why: 'refused', faults: [`${where}${path}: ${done.fault.message}`] };
  };

  return {
    get: async (id) => (await snapshots.current()).realms.get(id),
    at: async (host) => (await snapshots.current()).hosts.get(host),
    list: async () => [...(await snapshots.current()).realms.values()],
    portal: async (realm, clientId) => (await snapshots.current()).portals.get(realm)?.get(clientId),
    portals: async (realm) => (await snapshots.current()).lists.get(realm) ?? [],
    forget: () => snapshots.forget(),
    issuerOf: (realm) => realm.origin ?? `${origin}/realms/${realm.id}`,
    apply: (text, fileName, options) => changing(() => apply(text, fileName, options)),
    set: (realm, path, value, actor) =>
      changing(async () =>
        path === 'origin' && value === origin
          ? { ok: false, why: 'refused', faults: ['origin: this is the origin of Gatehouse itself'] }
          : settle({ realm, ...wantedOf(path, value) }, () => setSetting(parts, realm, path, value, actor)),
      ),
    setRules: ({ realm, clientId }, rules, actor) =>
      changing(() =>
        settle({ realm, clientId, wanted: asSettings(rules) }, () =>
          setRules(parts, { realm, clientId }, rules, actor),
        ),
      ),
    addPortal: (realm, settings, actor) =>
      changing(async () => {
        const act = () => addPortal(parts, realm, settings, actor);
        const foresee = () => foretellWith(parts, realm, settings);
        const done = (await foresee())
          ? await kept(realm, noFile, foresee, act)
          : { ok: true as const, value: await act() };
        return done.ok ? done.value : { ok: false, why: 'refused', faults: [`policy: ${done.fault.message}`] };
      }),
    removePortal: (realm, clientId, actor) =>
      changing(async () => {
        const act = () => removePortal(parts, realm, clientId, actor);
        const done = await kept(realm, noFile, () => foretellWithout(parts, realm, clientId), act);
        return done.ok ? done.value : { ok: false, why: 'strands_admins' };
      }),
    rotateSecret: (realm, clientId, options) => changing(() => rotateSecret(parts, realm, clientId, options)),
  };
}
