import { startServer } from '../../src/ops/index.ts';

/** For a program that must be told its port and address before it starts. */
export async function freePort(): Promise<number> {
  const probe = await startServer({ handler: () => undefined, host: '127.0.0.1', port: 0 });
  await probe.stop(0);
  return probe.port;
}
