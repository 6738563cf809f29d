import type { Collection } from '../store/index.ts';
import type { StoredUser } from './collections.ts';
import { nameKey, normalise } from './normalise.ts';
import type { People } from './user.ts';

/** No page is longer, whatever is asked for. */
const longestPage = 500;

/** Lists of people. */
export function createDirectory(users: Collection<StoredUser>): Pick<People, 'list'> {
  return {
    list({ realm, by = 'name', prefix, after, limit }) {
      const key = prefix === undefined ? '' : by === 'name' ? nameKey(prefix) : normalise(prefix);
      return users.list({
        index: by,
        equals: [realm],
        // An empty prefix leaves out those who have no such key at all, an absent one lists everybody.
        ...(prefix === undefined ? {} : { prefix: key }),
        where: (user) => user.pendingSince === undefined,
        limit: Math.min(Math.max(limit, 1), longestPage),
        ...(after === undefined ? {} : { after }),
      });
    },
  };
}
