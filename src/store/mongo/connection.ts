import mongoose, { type Connection } from 'mongoose';
import { translated } from './faults.ts';

/** One pool of connections, opened when first needed and again when that failed. */
export interface MongoConnection {
  readonly mongoose: Connection;
  /** Runs `act` on the open connection. Throws `Duplicate`, `unavailable` while the server is away, else `internal`. */
  reach<R>(collection: string, act: () => Promise<R>): Promise<R>;
  /** Never throws. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/** How long a request waits for a server before it is told that there is none. */
const selectionMs = 2_000;
const connectMs = 2_000;
/** Longer than any operation of ours; a server that went silent is given up. */
const socketMs = 20_000;
const majorityMs = 10_000;
/** Finds a server that came back, or another primary, soon. */
const heartbeatMs = 1_000;
const pingMs = 1_000;

export function createMongoConnection(address: string): MongoConnection {
  const connection = mongoose.createConnection();
  // Failures reach whoever asked; without a listener one between requests would end the process.
  connection.on('error', () => undefined);
  let opening: Promise<unknown> | undefined;

  function open(): Promise<unknown> {
    opening ??= connection
      .openUri(address, {
        autoCreate: false,
        autoIndex: false,
        bufferCommands: false,
        connectTimeoutMS: connectMs,
        heartbeatFrequencyMS: heartbeatMs,
        ignoreUndefined: true,
        // What was just written must be seen, whatever the address says.
        readPreference: 'primary',
        serverSelectionTimeoutMS: selectionMs,
        socketTimeoutMS: socketMs,
        writeConcern: { w: 'majority', wtimeoutMS: majorityMs },
      })
      .catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
    return opening;
  }

  return {
    mongoose: connection,
    async reach(collection, act) {
      try {
        await open();
        return await act();
      } catch (error) {
        throw translated(collection, error);
      }
    },
    async ping() {
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), pingMs);
      });
      const answered = open()
        .then(() => connection.getClient().db().command({ ping: 1 }))
        .then(
          () => true,
          () => false,
        );
      const isReady = await Promise.race([answered, tooLong]);
      clearTimeout(timer);
      return isReady;
    },
    async close() {
      await opening?.catch(() => undefined);
      await connection.close();
    },
  };
}
