import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JWK } from 'oidc-provider';
import type { BareSettings } from './bare-server.ts';
import { fewPeople } from './options.ts';
import { freePort, type Prepared } from './product.ts';
import { discoveryPath, proxyHeaders } from './target.ts';

export interface Bare extends Prepared {
  remove(): Promise<void>;
}

/** oidc-provider by itself, with keys made beforehand. */
export async function prepareBare(): Promise<Bare> {
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-bench-bare-'));
  const file = join(home, 'settings.json');
  const port = await freePort();
  const issuer = 'https://bare.bench.example';
  const clients = {
    portal: client('portal'),
    machines: { ES256: client('machine-es256'), RS256: client('machine-rs256') },
  };
  const settings: BareSettings = { port, issuer, keys: signingKeys(), ...clients };
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  const program = fileURLToPath(new URL('./bare-server.ts', import.meta.url));
  return {
    program: {
      nodeOptions: ['--disable-warning=ExperimentalWarning'],
      file: program,
      args: [file],
      port,
      path: discoveryPath(issuer),
      headers: proxyHeaders(issuer),
    },
    // Whoever comes is let in; a number is needed to take turns.
    target: { port, issuer, ...clients, people: 100 * fewPeople },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

const client = (clientId: string) => ({ clientId, clientSecret: randomBytes(32).toString('base64url') });

function signingKeys(): JWK[] {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return [
    { ...rsa, alg: 'RS256', use: 'sig' },
    { ...ec, alg: 'ES256', use: 'sig' },
  ] as JWK[];
}
