import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { listenFault } from '../src/listen-fault.ts';
import { startServer } from '../src/ops/index.ts';

describe('a port that cannot be listened on', () => {
  const listen = (host: string, port: number) =>
    startServer({ handler: () => undefined, host, port }).then(
      () => new Error('it listens'),
      (error: Error) => error,
    );

  it.each(['GATEHOUSE_PORT', 'GATEHOUSE_METRICS_PORT', 'GATEHOUSE_DEMO_PORT'])(
    'is told by its setting, %s, where another program has it',
    async (setting) => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const at = (name: string) => (name === setting ? port : 1);
      const error = await listen('127.0.0.1', port);
      other.close();
      const config = {
        port: at('GATEHOUSE_PORT'),
        metricsPort: at('GATEHOUSE_METRICS_PORT'),
        demoPort: at('GATEHOUSE_DEMO_PORT'),
      };
      expect(listenFault(error, config)).toMatch(
        new RegExp(`^${setting}: port ${port} of 127\\.0\\.0\\.1 is taken\\.`),
      );
    },
  );

  it('is told by the address where this machine has no such', async () => {
    // RFC 5737: for documentation, nobody's.
    const error = await listen('192.0.2.1', 0);
    expect(listenFault(error, { port: 0, metricsPort: undefined, demoPort: 4001 })).toBe(
      'GATEHOUSE_HOST: this machine has no address 192.0.2.1.',
    );
  });

  it('says nothing of other errors', () => {
    expect(listenFault(new Error('else'), { port: 1, metricsPort: undefined, demoPort: 2 })).toBeUndefined();
  });
});
