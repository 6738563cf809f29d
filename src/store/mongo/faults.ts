import mongoose from 'mongoose';
import { GatehouseError } from '../../kernel/index.ts';
import { Duplicate } from '../port.ts';

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const duplicateKey = 11_000;
const snapshotTooOld = 239;

const brokenSocket: ReadonlySet<unknown> = new Set([
  ...['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END', 'ERR_SOCKET_CLOSED'],
]);

/**
 * What a room is told of `error`: `Duplicate`, `unavailable` while the server is away or another try may do, `internal` for
 * what it refused. What a filter or a change of the room threw is the room's, and comes back as it is.
 */
export function translated(collection: string, error: unknown): unknown {
  const { MongoError, MongoServerError } = mongoose.mongo;
  if (isBrokenSocket(error)) return away(collection, error);
  if (!(error instanceof MongoError || error instanceof mongoose.Error)) return error;
  if (error instanceof MongoServerError) {
    if (error.code === duplicateKey) return new Duplicate(collection, duplicateIndex(error.message));
    if (error.code === snapshotTooOld) return outlasted(collection, error);
    // A server that answered and refused is a mistake of ours, unless it says that another try may do.
    const refused = `${collection}: the database refused (${String(error.code)})`;
    if (!isPassing(error)) return new GatehouseError('internal', refused, { cause: error });
  }
  return away(collection, error);
}

const away = (collection: string, cause: unknown) =>
  new GatehouseError('unavailable', `${collection}: the database cannot be reached`, { cause });

const outlasted = (collection: string, cause: unknown) =>
  new GatehouseError(
    'unavailable',
    `${collection}: this took longer than the database keeps a moment (minSnapshotHistoryWindowInSeconds, 300 unless set): set it higher and try again`,
    { cause },
  );

/** The driver hands on what Node says of a connection that ends while it writes. */
function isBrokenSocket(error: unknown): boolean {
  return error instanceof Error && brokenSocket.has((error as NodeJS.ErrnoException).code);
}

/** A server that shuts down, starts, or is no longer (or not yet) the primary; what it was sent may be sent again. */
const passingCodes: ReadonlySet<unknown> = new Set([
  ...[6, 7, 89, 91, 189, 262, 9001], // unreachable, shutting down, stepped down, out of time
  ...[10_058, 10_107, 11_600, 11_602, 13_435, 13_436], // not the primary, interrupted
]);

function isPassing(error: mongoose.mongo.MongoServerError): boolean {
  if (passingCodes.has(error.code)) return true;
  const labels = ['RetryableWriteError', 'TransientTransactionError', 'NetworkError', 'SystemOverloadedError'];
  return error instanceof mongoose.mongo.MongoWriteConcernError || labels.some((label) => error.hasErrorLabel(label));
}

/** "E11000 duplicate key error collection: db.users index: email.1a2b3c4d dup key: { … }"; ours end in a definition. */
function duplicateIndex(message: string): string {
  const name = /index: (\S+)/.exec(message)?.[1] ?? '';
  return name === '_id_' ? 'id' : name.replace(/\.[0-9a-f]{8}$/, '');
}
