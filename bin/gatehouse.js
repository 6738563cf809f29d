#!/usr/bin/env node
/** Starts `gatehouse <command>` on Node 24 or newer: this one, or the one that came with the project's packages. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const oldestMajor = 24;

if (Number.parseInt(process.versions.node, 10) >= oldestMajor) {
  const { keepCompiled } = await import('./keep-compiled.js');
  keepCompiled();
  await import('../src/cli.ts');
} else {
  const packaged = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (existsSync(packaged)) {
    runWith(packaged);
  } else {
    process.stderr.write(
      `gatehouse needs Node ${oldestMajor} or newer; this is ${process.version}. ` +
        'Install it, or run "npm ci" in the project, which brings one.\n',
    );
    process.exitCode = 1;
  }
}

/** @param {string} node */
function runWith(node) {
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`gatehouse: ${node} did not start: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
