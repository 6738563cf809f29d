import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Migration, OpenedStore } from '../../src/store/index.ts';
import type { SettableClock } from '../support/clock.ts';

/** One empty database of the engine under test. */
export interface DatabaseUnderTest {
  readonly clock: SettableClock;
  /** As `openStore` is told. */
  readonly address: { readonly database: string; readonly dataDir: string };
  /** Another connection to the same database, as another process would have. Closed at the end by itself. */
  open(migrations?: readonly Migration[]): Promise<OpenedStore>;
  /** What the engine itself keeps at a path of a document. */
  rawField(collection: string, id: string, path: string): Promise<unknown>;
  rawRevision(collection: string, id: string): Promise<number>;
  setRawField(collection: string, id: string, path: string, value: string): Promise<void>;
  close(): Promise<void>;
}

export type OpenDatabase = () => Promise<DatabaseUnderTest>;

/** A process of its own on the same database; see `burst.ts`. */
export function startBurst(address: DatabaseUnderTest['address'], job: 'insert' | 'count', name: string) {
  const file = fileURLToPath(new URL('./burst.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', file, address.database, address.dataDir, job, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  let onLine = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    onLine();
  });
  return {
    /** What it has acknowledged, so far. */
    lines,
    ended,
    kill: () => child.kill('SIGKILL'),
    /** Resolves as soon as it has said so many lines, or ended. */
    async said(count: number): Promise<void> {
      const enough = new Promise<void>((resolve) => {
        onLine = () => {
          if (lines.length >= count) resolve();
        };
        onLine();
      });
      await Promise.race([enough, ended]);
    },
  };
}
