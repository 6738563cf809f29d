import { aDatabase } from '../../test/nodes/databases.ts';
import { startMongo } from '../mongodb-for-tests.ts';

/** Acts on a database of its own: `mongodb://…`, of a server that ends afterwards, or none, which means a SQLite file. */
export async function onDatabase<R>(
  isMongo: boolean,
  act: (given: { readonly database?: string }) => Promise<R>,
): Promise<R> {
  if (!isMongo) return await act({});
  if (process.env['MONGODB_URI'] !== undefined) return await act({ database: aDatabase() });
  const server = await startMongo();
  try {
    return await act({ database: aDatabase(server.uri) });
  } finally {
    await server.stop();
  }
}
