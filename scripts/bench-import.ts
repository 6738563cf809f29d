/**
 * Measures `gatehouse token import` as a process of its own: seconds, of these on a CPU, and the most memory. `node
 * scripts/bench-import.ts [tokens]`; see docs/performance.md. Linux only: memory is read from /proc.
 */
import { spawn } from 'node:child_process';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const count = Number(process.argv[2] ?? 100_000);
const cli = fileURLToPath(new URL('../bin/gatehouse.js', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'gatehouse-import-'));
const key = randomBytes(32);
const macKey = randomBytes(20);

const idOf = (n: number) => `GHST${String(n).padStart(8, '0')}`;

function* csv(): Generator<string> {
  yield 'credential_id,kind,seed_hex,serial,issuer\n';
  for (let n = 0; n < count; n += 1) yield `${idOf(n)},totp,${randomBytes(20).toString('hex')},S${n},Bench\n`;
}

function encrypted(plain: Uint8Array): Buffer {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final()]);
}

const valueOf = (bytes: Buffer) =>
  `<x:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><x:CipherData><x:CipherValue>${bytes.toString('base64')}</x:CipherValue></x:CipherData>`;

function* pskc(): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:x="http://www.w3.org/2001/04/xmlenc#">\n';
  yield `<EncryptionKey/><MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"><MACKey>${valueOf(encrypted(macKey))}</MACKey></MACMethod>\n`;
  for (let n = 0; n < count; n += 1) {
    const seed = encrypted(randomBytes(20));
    const mac = createHmac('sha1', macKey).update(seed).digest('base64');
    yield `<KeyPackage><DeviceInfo><Manufacturer>Bench</Manufacturer><SerialNo>${idOf(n)}</SerialNo></DeviceInfo><Key Id="${idOf(n)}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><Issuer>Bench</Issuer><AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters><Data><Secret><EncryptedValue>${valueOf(seed)}</EncryptedValue><ValueMAC>${mac}</ValueMAC></Secret><TimeInterval><PlainValue>30</PlainValue></TimeInterval></Data></Key></KeyPackage>\n`;
  }
  yield '</KeyContainer>\n';
}

interface Ran {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMib: number;
}

/** proc(5): `utime` and `stime` are counted in hundredths of a second. */
const ticksPerS = 100;

/** Runs a command to its end. */
async function run(env: NodeJS.ProcessEnv, ...words: string[]): Promise<Ran> {
  const began = performance.now();
  const child = spawn(process.execPath, [cli, ...words], { env, stdio: ['ignore', 'inherit', 'ignore'] });
  let peakKib = 0;
  let ticks = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const times = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      ticks = Math.max(ticks, Number(times[11] ?? 0) + Number(times[12] ?? 0));
      peakKib = Math.max(peakKib, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, 50);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`gatehouse ${words.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: ticks / ticksPerS, peakMib: peakKib / 1024 };
}

try {
  await writeFile(join(directory, 'key'), key.toString('hex'));
  await writeFile(join(directory, 'realm.yaml'), 'realm: bench\nname: Bench\n');
  for (const [name, lines, more] of [
    ['csv', csv, []],
    ['pskc', pskc, ['--key-file', join(directory, 'key')]],
  ] as const) {
    const file = join(directory, `tokens.${name}`);
    await pipeline(Readable.from(lines()), createWriteStream(file));
    const env = { ...process.env, GATEHOUSE_DATA: join(directory, name) };
    await run(env, 'realm', 'apply', join(directory, 'realm.yaml'), '--create-database');
    const { seconds, cpuSeconds, peakMib } = await run(env, 'token', 'import', 'bench', file, ...more);
    process.stdout.write(
      `${name}: ${count} tokens in ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU, ${Math.round(peakMib)} MiB at most\n`,
    );
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
