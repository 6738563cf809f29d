import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const file = fileURLToPath(new URL('./free-port.ts', import.meta.url));
const anotherProcess = (script: string) =>
  execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { encoding: 'utf8' });

describe('a port for a program of a test', () => {
  it('is given once, is free, and is none that the system hands out', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) {
      expect(port).toBeLessThan(32_768);
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
    }
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('is given to no other process either, though nobody listens', async () => {
    const ours = await freePort();
    const script = `const { freePort } = await import(${JSON.stringify(file)});
      console.log(await freePort(${ours}));`;
    expect(Number(anotherProcess(script))).not.toBe(ours);
  });
});
