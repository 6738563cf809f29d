import type { Collection } from '../../store/index.ts';
import { aTree, type Tree } from './collections.ts';
import type { Administrators } from './tenancy.ts';

export function createAdministrators(trees: Collection<Tree>): Administrators {
  return {
    async leave(realm, userId) {
      const left = await trees.update(realm, (tree) => {
        if (!tree.admins.includes(userId)) return tree;
        const admins = tree.admins.filter((each) => each !== userId);
        return admins.length === 0 ? undefined : { ...tree, admins };
      });
      return left.ok || left.why === 'absent';
    },
    async join(realm, userId) {
      await trees.upsert(realm, (found) => {
        const tree = found ?? aTree(realm);
        return tree.admins.includes(userId) ? tree : { ...tree, admins: [...tree.admins, userId] };
      });
    },
  };
}
