import { PassThrough } from 'node:stream';
import { endWithReader } from '../src/closed-pipe.ts';

describe('output that nobody reads any more', () => {
  it('ends the command', () => {
    const stream = new PassThrough();
    let ended = 0;
    endWithReader(stream, () => {
      ended += 1;
    });
    stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(ended).toBe(1);
  });

  it('is no excuse for other faults of the stream', () => {
    const stream = new PassThrough();
    endWithReader(stream, () => undefined);
    expect(() => stream.emit('error', Object.assign(new Error('disk'), { code: 'EIO' }))).toThrow('disk');
  });
});
