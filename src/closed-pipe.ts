import type { Writable } from 'node:stream';

/** Ends the command without a word when who reads its output has gone: `gatehouse audit list web1 | head`. */
export function endWithReader(stream: Pick<Writable, 'on'>, end: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    end();
  });
}
