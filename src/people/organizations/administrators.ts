import type { Collection } from '../../store/index.ts';
import { aTree, type Tree } from './collections.ts';

/**
 * Who administers a realm, in one document, so that of two who leave at once one is refused. Leaving is written here
 * first and joining last: after a crash it holds too few, never one who is gone. Who is missing is in it again as soon as
 * their role is given anew.
 */
export interface Administrators {
  /** False: they are the last. True also for who is none. */
  leave(realm: string, userId: string): Promise<boolean>;
  join(realm: string, userId: string): Promise<void>;
}

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
