import mongoose from 'mongoose';
import { GatehouseError } from '../../src/kernel/index.ts';
import { Duplicate } from '../../src/store/index.ts';
import { translated } from '../../src/store/mongo/faults.ts';

const { MongoNetworkError, MongoServerError } = mongoose.mongo;

describe('what the MongoDB driver throws', () => {
  it.each([
    [
      'a socket that the server ended',
      Object.assign(new Error('ended by the other party'), { code: 'EPIPE' }),
      'unavailable',
    ],
    ['a connection that was reset', Object.assign(new Error('read'), { code: 'ECONNRESET' }), 'unavailable'],
    ['a network fault', new MongoNetworkError('gone'), 'unavailable'],
    ['a server that shuts down', new MongoServerError({ message: 'shutdown', code: 91 }), 'unavailable'],
    ['an interrupted operation', new MongoServerError({ message: 'interrupted', code: 11_600 }), 'unavailable'],
    ['a refused command', new MongoServerError({ message: 'no', code: 13 }), 'internal'],
  ])('F2: of %s is told as such', (_, error, code) => {
    const told = translated('users', error);
    expect(told).toBeInstanceOf(GatehouseError);
    expect(told).toMatchObject({ code, cause: error });
  });

  it('of a taken key names the index', () => {
    const error = new MongoServerError({
      message: 'E11000 duplicate key error index: email.1a2b3c4d dup key: {}',
      code: 11_000,
    });
    const told = translated('users', error);
    expect(told).toBeInstanceOf(Duplicate);
    expect(told).toMatchObject({ index: 'email' });
  });

  it('of a snapshot that the server keeps no longer says what to set', () => {
    const error = new MongoServerError({ message: 'too old', code: 239 });
    expect(translated('users', error)).toMatchObject({
      ...{ code: 'unavailable', message: expect.stringContaining('minSnapshotHistoryWindowInSeconds') },
    });
  });

  it('leaves alone what a room threw', () => {
    const error = new RangeError('from a change');
    expect(translated('users', error)).toBe(error);
  });
});
