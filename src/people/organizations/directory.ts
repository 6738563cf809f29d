import { auditEvent } from '../../audit/index.ts';
import { type Clock, newId } from '../../kernel/index.ts';
import { type Collection, Duplicate, withOutbox } from '../../store/index.ts';
import type { Actor } from '../actor.ts';
import { nameKey } from '../normalise.ts';
import { idInFile } from './apply-file.ts';
import { publicOrganization, type StoredOrganization, withinOf } from './collections.ts';
import type { Lines } from './lines.ts';
import { deepest, type ListOf, type Organization, type OrganizationFault, type Organizations } from './organization.ts';
import type { TreeChanges } from './tree-changes.ts';

export interface DirectoryParts {
  readonly organizations: Collection<StoredOrganization>;
  readonly lines: Lines;
  readonly changes: TreeChanges;
  readonly clock: Clock;
}

const longestPage = 500;
const longestName = 200;

export function createDirectory(parts: DirectoryParts): Organizations {
  const { organizations, lines, changes } = parts;

  const page = async (query: ListOf, on: { index: string; equals: readonly string[]; prefix?: string }) => {
    const { items, next } = await organizations.list({
      ...on,
      where: (org) => org.removedAt === undefined && org.realm === query.realm,
      limit: Math.min(Math.max(query.limit, 1), longestPage),
      ...(query.after === undefined ? {} : { after: query.after }),
    });
    return { items: items.map(publicOrganization), ...(next === undefined ? {} : { next }) };
  };

  const get: Organizations['get'] = async (realm, id) => {
    const found = await organizations.get(id);
    return found?.realm === realm && found.removedAt === undefined ? publicOrganization(found) : undefined;
  };

  const find: Organizations['find'] = async (realm, names) => {
    let found: StoredOrganization | undefined;
    for (const name of names) {
      found = await organizations.findBy('sibling', [withinOf(realm, found?.id), nameKey(name)]);
      if (found === undefined) return undefined;
    }
    return found === undefined ? undefined : publicOrganization(found);
  };

  return {
    ...{ get, find },
    named: async (realm, ref) =>
      (await get(realm, ref)) ??
      (await get(realm, idInFile(realm, ref))) ??
      (await find(
        realm,
        ref.split('/').map((name) => name.trim()),
      )),
    lineOf: async (realm, id) => (await lines.of(realm, id))?.map(publicOrganization),
    children: ({ parent, ...query }) => page(query, { index: 'sibling', equals: [withinOf(query.realm, parent)] }),
    below: ({ organization, ...query }) => page(query, { index: 'below', equals: [organization] }),
    list: ({ prefix, ...query }) =>
      page(query, {
        index: 'name',
        equals: [query.realm],
        ...(prefix === undefined ? {} : { prefix: nameKey(prefix) }),
      }),
    add: (input, actor) => add(parts, input, actor),
    change: (realm, id, change, actor) => alter(parts, { realm, id, change, actor }),
    async move(realm, organization, to, actor) {
      const wanted = { kind: 'move' as const, organization, ...(to === undefined ? {} : { to }), actor };
      const outcome = await changes.run(wanted, realm);
      return outcome === 'done' ? { ok: true } : { ok: false, why: outcome as never };
    },
    async remove(realm, organization, actor) {
      const outcome = await changes.run({ kind: 'remove', organization, actor }, realm);
      return outcome === 'done' ? { ok: true } : { ok: false, why: outcome as never };
    },
  };
}

type Changed = Awaited<ReturnType<Organizations['add']>>;
const refused = (why: OrganizationFault): Changed => ({ ok: false, why });

/** One line of visible text. */
const isName = (name: string) => name !== '' && name.length <= longestName && /^\P{C}*$/u.test(name);

async function add(
  { organizations, lines, changes, clock }: DirectoryParts,
  input: Parameters<Organizations['add']>[0],
  actor: Actor,
) {
  const { realm, parent } = input;
  const name = input.name.trim();
  if (!isName(name)) return refused('name_invalid');
  const id = input.id ?? newId();
  if ((await organizations.get(id)) !== undefined) return refused('id_taken');
  const now = clock.now();
  const event = auditEvent(now, {
    type: 'organization.created',
    realm,
    actor,
    details: { organization: id, name, parent: parent ?? null },
  });
  const fresh = { id, realm, name, key: nameKey(name), policy: input.policy ?? {}, createdAt: now, changedAt: now };
  const rooted = { ...fresh, within: withinOf(realm, parent), ...(parent === undefined ? {} : { parent }) };

  let isMade = false;
  const takeBack = async (why: OrganizationFault) => {
    if (isMade) await organizations.remove(id);
    return refused(why);
  };
  try {
    return await changes.steady(realm, async (seq): Promise<Changed> => {
      const above = parent === undefined ? [] : await lines.of(realm, parent);
      if (above === undefined) return takeBack('no_parent');
      if (above.length >= deepest) return takeBack('too_deep');
      const placed = { ancestors: above.map((each) => each.id), placedBy: seq };
      if (!isMade) await organizations.insert(withOutbox({ ...rooted, ...placed }, event));
      isMade = true;
      const there = await organizations.update(id, (org) => (org.placedBy < seq ? { ...org, ...placed } : org));
      return there.ok ? { ok: true, organization: publicOrganization(there.doc) } : refused('absent');
    });
  } catch (error) {
    if (error instanceof Duplicate) return refused(error.index === 'id' ? 'id_taken' : 'name_taken');
    throw error;
  }
}

async function alter(
  { organizations, clock }: DirectoryParts,
  given: {
    readonly realm: string;
    readonly id: string;
    readonly change: (organization: Organization) => Partial<Pick<Organization, 'name' | 'policy'>> | undefined;
    readonly actor: Actor;
  },
): Promise<Changed> {
  const { realm, id, change, actor } = given;
  let why: OrganizationFault = 'absent';
  try {
    const changed = await organizations.update(id, (before) => {
      why = 'absent';
      if (before.realm !== realm || before.removedAt !== undefined) return undefined;
      const asked = change(publicOrganization(before));
      if (asked === undefined) return undefined;
      const name = asked.name?.trim() ?? before.name;
      why = 'name_invalid';
      if (!isName(name)) return undefined;
      const policy = asked.policy ?? before.policy;
      const fields = [...(name === before.name ? [] : ['name']), ...changedRules(before.policy, policy)];
      if (fields.length === 0) return before;
      const at = new Date(Math.max(clock.now().getTime(), before.changedAt.getTime() + 1));
      const details = {
        organization: id,
        changed: fields,
        from: fields.map((field) => shown(before, field)),
        to: fields.map((field) => shown({ name, policy }, field)),
      };
      const event = auditEvent(at, { type: 'organization.changed', realm, actor, details });
      return withOutbox({ ...before, name, key: nameKey(name), policy, changedAt: at }, event);
    });
    return changed.ok ? { ok: true, organization: publicOrganization(changed.doc) } : refused(why);
  } catch (error) {
    if (error instanceof Duplicate) return refused('name_taken');
    throw error;
  }
}

/** In UTF-16 units: lists may be longer than the audit log keeps. */
const longestShown = 500;

function shown({ name, policy }: Pick<Organization, 'name' | 'policy'>, field: string): string {
  if (field === 'name') return name;
  return JSON.stringify(Reflect.get(policy, field.slice('policy.'.length)) ?? null).slice(0, longestShown);
}

function changedRules(before: object, after: object): readonly string[] {
  const rules = new Set([...Object.keys(before), ...Object.keys(after)]);
  const valueOf = (policy: object, rule: string) => JSON.stringify((policy as Record<string, unknown>)[rule]);
  return [...rules].filter((rule) => valueOf(before, rule) !== valueOf(after, rule)).map((rule) => `policy.${rule}`);
}
