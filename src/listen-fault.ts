import type { Config } from './config/index.ts';

/** Why a port cannot be listened on, and what to do, in a sentence; undefined for any other error. */
export function listenFault(
  error: NodeJS.ErrnoException & { readonly port?: number; readonly address?: string },
  config: Pick<Config, 'port' | 'metricsPort' | 'demoPort'>,
): string | undefined {
  const { syscall, code, port, address } = error;
  if (syscall !== 'listen') return undefined;
  const setting =
    port === config.demoPort
      ? 'GATEHOUSE_DEMO_PORT'
      : port === config.metricsPort
        ? 'GATEHOUSE_METRICS_PORT'
        : 'GATEHOUSE_PORT';
  if (code === 'EADDRINUSE') {
    return `${setting}: port ${port} of ${address} is taken. Stop the program that listens there (another Gatehouse?), or set another port.`;
  }
  if (code === 'EACCES') {
    return `${setting}: this user may not listen on port ${port}. Set one from 1024 on, and put a proxy before it.`;
  }
  if (code === 'EADDRNOTAVAIL') return `GATEHOUSE_HOST: this machine has no address ${address}.`;
  return undefined;
}
