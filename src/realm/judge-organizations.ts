import { levelOf } from './apply-organizations.ts';
import type { SettingFault } from './describe-issue.ts';
import type { RealmInFile } from './file-shape.ts';
import { judgeMethods } from './judge-methods.ts';

/** Levels of a tree, the top one counted. */
const deepest = 10;

/** What organizations, people and portals of a file say of each other. */
export function judgeOrganizations(
  { organizations, people, portals }: RealmInFile,
  factorKinds: readonly string[] | undefined,
): readonly SettingFault[] {
  const faults: SettingFault[] = [];
  const byId = new Map(organizations.map((each) => [each.id, each]));
  const clientIds = new Set(portals.map(({ clientId }) => clientId));
  const [seen, names] = [new Set<string>(), new Set<string>()];
  const judgePortals = (list: readonly string[], path: readonly PropertyKey[]) => {
    for (const [at, portal] of list.entries()) {
      if (!clientIds.has(portal))
        faults.push({ path: [...path, at], message: `no portal of this file is "${portal}"` });
    }
  };
  for (const [index, each] of organizations.entries()) {
    const path = ['organizations', index];
    const name = `${each.below ?? ''}/${each.name.toLowerCase()}`;
    if (seen.has(each.id))
      faults.push({ path: [...path, 'id'], message: 'another organization of this file has this id' });
    if (names.has(name))
      faults.push({ path: [...path, 'name'], message: 'another organization beside it has this name' });
    seen.add(each.id);
    names.add(name);
    if (each.below !== undefined && !byId.has(each.below)) {
      faults.push({ path: [...path, 'below'], message: `no organization of this file is "${each.below}"` });
    } else if (levelOf(each, byId) > Math.min(deepest, byId.size)) {
      faults.push({ path: [...path, 'below'], message: `lies in a ring, or more than ${deepest} levels deep` });
    }
    judgePortals(each.portals, [...path, 'portals']);
    for (const fault of judgeMethods(each.policy, factorKinds)) {
      faults.push({ ...fault, path: [...path, ...fault.path] });
    }
  }
  for (const [index, person] of people.entries()) {
    judgePortals(person.portals, ['people', index, 'portals']);
    for (const [at, { organization, role }] of person.memberships.entries()) {
      const path = ['people', index, 'memberships', at];
      if (organization === undefined && role === 'member') {
        faults.push({
          path: [...path, 'role'],
          message: 'on the realm itself one is owner or admin; name an organization',
        });
      } else if (organization !== undefined && !byId.has(organization)) {
        faults.push({ path: [...path, 'organization'], message: `no organization of this file is "${organization}"` });
      }
    }
  }
  return faults;
}
