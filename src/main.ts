/** Reads the configuration, opens, listens, and drains when told to stop. */
import { type App, createApp } from './app.ts';
import { type Config, loadKeyring, readEnvironment } from './config/index.ts';
import { systemClock } from './kernel/index.ts';
import { createLog, type RunningServer, startServer, stopOnSignals } from './ops/index.ts';
import { applyDirectory, type FileFault } from './realm/index.ts';

const read = readEnvironment();
if (read.ok) await run(read.config);
else refuse(read.faults);

async function run(config: Config): Promise<void> {
  const isDevelopment = config.mode === 'development';
  const log = createLog({ level: config.logLevel ?? (isDevelopment ? 'warn' : 'info') });
  const demoOrigin = isDevelopment ? `http://localhost:${config.demoPort}` : undefined;
  const app = await createApp({
    config,
    keyring: loadKeyring(config),
    clock: systemClock,
    log,
    ...(demoOrigin === undefined ? {} : { demoOrigin }),
  });
  const faults = await applyRealms(app, config);
  if (faults.length > 0 && isDevelopment) {
    await app.stop();
    refuse(faults);
    return;
  }
  // In production one bad file must not keep the realms that are in force from serving.
  for (const fault of faults) log.error(fault);

  await app.start();
  const { host, port } = config;
  const servers: RunningServer[] = [await startServer({ handler: app.handler, host, port })];
  if (demoOrigin !== undefined) {
    const { startDemo } = await import('./serve-demo.ts');
    servers.push(await startDemo({ app, host, port: config.demoPort, demoOrigin, log }));
    welcome(config.origin);
  }
  log.info({ origin: config.origin, address: servers[0]?.address, mode: config.mode }, 'serving');
  stopOnSignals(async () => {
    app.probes.drain();
    await Promise.all(servers.map((server) => server.stop()));
    await app.stop();
  }, log);
}

/** What is wrong with the realm files, in sentences with file and line. */
async function applyRealms({ realms }: App, config: Config): Promise<readonly string[]> {
  const reports = await applyDirectory(realms, config.realms, { actor: { kind: 'system' } });
  const sentence = (file: string, { line, path, message }: FileFault) =>
    `${file}:${line}: ${path === '' ? '' : `${path} `}${message}`;
  return reports.flatMap(({ file, report }) => (report.ok ? [] : report.faults.map((fault) => sentence(file, fault))));
}

function welcome(origin: string): void {
  process.stdout.write(
    [
      '',
      '  Gatehouse is running.',
      '',
      `  Start here     ${origin}/`,
      `  Outbox         ${origin}/dev/outbox`,
      `  Authenticator  ${origin}/dev/authenticator`,
      '',
      '  Stop with Ctrl+C. Data is kept in ./data; delete it to begin anew.',
      '',
    ].join('\n'),
  );
}

function refuse(faults: readonly string[]): void {
  process.stderr.write(`Gatehouse does not start:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`);
  process.exitCode = 1;
}
