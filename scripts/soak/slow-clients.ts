import { once } from 'node:events';
import { connect } from 'node:net';

export interface SlowClients {
  /** How many connections are open still. */
  held(): number;
  /** When all were cut off: after how many milliseconds the last was. */
  readonly cutOffMs: Promise<number>;
}

/** Connections that begin a request and send a byte of its headers each second. Resolves when all are connected. */
export async function slowClients(port: number, count: number): Promise<SlowClients> {
  const begun = performance.now();
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  let held = count;
  const ends = sockets.map((socket) => {
    socket.on('error', () => undefined).resume();
    const ended = new Promise<void>((resolve) => {
      socket.once('close', () => {
        held -= 1;
        resolve();
      });
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const dribble = setInterval(() => socket.write('a'), 1_000);
    return ended.finally(() => clearInterval(dribble));
  });
  await Promise.all(sockets.map(async (socket) => socket.connecting && (await once(socket, 'connect'))));
  const cutOffMs = Promise.all(ends).then(() => Math.round(performance.now() - begun));
  return { held: () => held, cutOffMs };
}
