import { join } from 'node:path';

/** Where SQLite keeps everything. */
export const databaseFile = (dataDir: string): string => join(dataDir, 'gatehouse.db');
