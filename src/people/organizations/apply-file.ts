import { isDeepStrictEqual } from 'node:util';
import type { Rules } from '../../policy/index.ts';
import type { FileOrganization, ForetoldOrganization } from '../../realm/index.ts';
import type { Collection } from '../../store/index.ts';
import type { Actor } from '../actor.ts';
import type { StoredOrganization } from './collections.ts';
import type { Organization, Organizations, Subscriptions } from './organization.ts';

type Settings = Readonly<Record<string, unknown>>;

interface Entry {
  readonly path: string;
  readonly outcome: 'changed' | 'kept' | 'conflict';
  readonly now: unknown;
  readonly file: unknown;
}

interface Options {
  readonly merge: (base: Settings, now: Settings, file: Settings) => { settings: Settings; entries: readonly Entry[] };
  readonly actor: Actor;
}

export type ApplyFileOrganization = (
  realm: string,
  file: FileOrganization,
  options: Options,
) => Promise<{ readonly isNew: boolean; readonly entries: readonly Entry[] }>;

export type ForetellOrganization = (
  realm: string,
  file: FileOrganization,
  merge: Options['merge'],
) => Promise<ForetoldOrganization>;

/** The id of an organization that a realm file names. */
export const idInFile = (realm: string, id: string) => `${realm}.${id}`;

/**
 * One organization of a realm file, merged with what is in force; or what that would come to. What cannot be (a name that another has beside it by
 * now, a place below itself) is a `conflict`, and left.
 */
export function createApplyFile(parts: {
  readonly stored: Collection<StoredOrganization>;
  readonly organizations: Organizations;
  readonly subscriptions: Subscriptions;
}): { readonly apply: ApplyFileOrganization; readonly foretell: ForetellOrganization } {
  const { stored, organizations, subscriptions } = parts;

  async function subscribe(realm: string, holder: string, wanted: readonly string[], actor: Actor) {
    const had = await subscriptions.of(realm, holder);
    const key = (portal: string) => ({ realm, portal, kind: 'organization' as const, holder });
    for (const portal of wanted) if (!had.includes(portal)) await subscriptions.add(key(portal), actor);
    for (const portal of had) if (!wanted.includes(portal)) await subscriptions.remove(key(portal), actor);
  }

  const remember = (id: string, applied: Settings) =>
    stored.update(id, (org) => (isDeepStrictEqual(org.applied, applied) ? org : { ...org, applied }));

  async function make(realm: string, file: FileOrganization, actor: Actor): Promise<Entry | undefined> {
    const parent = file.below === undefined ? {} : { parent: idInFile(realm, file.below) };
    const input = { realm, id: idInFile(realm, file.id), name: file.name, policy: file.policy, ...parent };
    const made = await organizations.add(input, actor);
    if (!made.ok) return { path: 'name', outcome: 'conflict', now: made.why, file: file.name };
    await subscribe(realm, made.organization.id, file.portals, actor);
    return undefined;
  }

  /** False: it cannot be. */
  async function put(org: Organization, path: string, value: unknown, actor: Actor): Promise<boolean> {
    const { realm, id } = org;
    if (path === 'below') {
      return (await organizations.move(realm, id, value as string | undefined, actor)).ok;
    }
    if (path === 'portals') {
      await subscribe(realm, id, (value ?? []) as readonly string[], actor);
      return true;
    }
    const rule = path.startsWith('policy.') ? path.slice('policy.'.length) : undefined;
    const changed = await organizations.change(
      realm,
      id,
      ({ policy }) => (rule === undefined ? { name: value as string } : { policy: withRule(policy, rule, value) }),
      actor,
    );
    return changed.ok;
  }

  /** What is in force, what the file says, and what becomes of both. `found` is absent: it would be new. */
  async function merged(realm: string, file: FileOrganization, merge: Options['merge']) {
    const id = idInFile(realm, file.id);
    const found = await organizations.get(realm, id);
    const mine = settingsOf({
      ...file,
      ...(file.below === undefined ? {} : { below: idInFile(realm, file.below) }),
    });
    if (found === undefined) return { id, found, mine, settings: mine, entries: [] };
    const portals = await subscriptions.of(realm, id);
    const now = settingsOf({ ...found, ...(found.parent === undefined ? {} : { below: found.parent }), portals });
    return { id, found, mine, ...merge((await stored.get(id))?.applied ?? {}, now, mine) };
  }

  return {
    async foretell(realm, file, merge) {
      const { id, settings, entries } = await merged(realm, file, merge);
      const { name, below, portals = [] } = settings;
      const rules = Object.entries(settings).filter(([path]) => path.startsWith('policy.'));
      return {
        ...{ id, name: String(name), portals: portals as readonly string[] },
        ...(typeof below === 'string' ? { parent: below } : {}),
        policy: Object.fromEntries(rules.map(([path, value]) => [path.slice('policy.'.length), value])) as Rules,
        isChanged: entries.some(({ path, outcome }) => outcome === 'changed' && path !== 'name'),
      };
    },
    async apply(realm, file, { merge, actor }) {
      const { id, found, mine, entries } = await merged(realm, file, merge);
      if (found === undefined) {
        const conflict = await make(realm, file, actor);
        if (conflict !== undefined) return { isNew: false, entries: [conflict] };
        await remember(id, mine);
        return { isNew: true, entries: [] };
      }
      const outcomes: Entry[] = [];
      for (const entry of entries) {
        const isPut = entry.outcome !== 'changed' || (await put(found, entry.path, entry.file, actor));
        outcomes.push(isPut ? entry : { ...entry, outcome: 'conflict' });
      }
      await remember(id, mine);
      return { isNew: false, entries: outcomes };
    },
  };
}

/** By rule, as realm and portals are; rules whose parts mean nothing alone are whole. */
function settingsOf(of: {
  readonly name: string;
  readonly below?: string | undefined;
  readonly policy: Rules;
  readonly portals: readonly string[];
}): Settings {
  const rules = Object.entries(of.policy).filter(([, value]) => value !== undefined);
  return {
    name: of.name,
    ...(of.below === undefined ? {} : { below: of.below }),
    ...Object.fromEntries(rules.map(([rule, value]) => [`policy.${rule}`, value])),
    ...(of.portals.length === 0 ? {} : { portals: of.portals.toSorted() }),
  };
}

function withRule(policy: Rules, rule: string, value: unknown): Rules {
  const { [rule as keyof Rules]: _before, ...rest } = policy;
  return value === undefined ? rest : { ...rest, [rule]: value };
}
