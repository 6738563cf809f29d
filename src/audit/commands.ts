import { createReadStream } from 'node:fs';
import { access, constants, open as openFile, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Audit } from './audit.ts';
import { type Checkpoint, checkpointShape } from './checkpoint.ts';
import { entryLine, faultLine } from './entry-line.ts';

/** What the commands work on, opened when one of them runs. */
export interface AuditCommandsContext {
  readonly audit: Audit;
  hasRealm(realm: string): Promise<boolean>;
  close(): Promise<void>;
}

interface Said {
  out(line: string): void;
  refuse(why: string): void;
}

const followEveryMs = 1_000;

/** `gatehouse audit …`. Exit code 0: done, and nothing wrong; 1: refused, or the chain does not hold; 2: wrong usage. */
export function auditCommands(program: Command, open: () => Promise<AuditCommandsContext>): void {
  const audit = program.command('audit').description('the log of what happened in a realm');
  const io = program.configureOutput();
  const said: Said = {
    out: (line) => io.writeOut?.(`${line}\n`),
    refuse: (why) => {
      io.writeErr?.(`gatehouse: ${why}\n`);
      process.exitCode = 1;
    },
  };
  const wrongUsage = (why: string): void => {
    io.writeErr?.(`gatehouse: ${why}\n`);
    process.exitCode = 2;
  };

  const run = async (realm: string, act: (log: Audit) => Promise<void>): Promise<void> => {
    const context = await open();
    try {
      if (await context.hasRealm(realm)) await act(context.audit);
      else said.refuse(`there is no realm "${realm}"; see \`gatehouse realm list\``);
    } finally {
      await context.close();
    }
  };
  const json = (value: unknown) => JSON.stringify(value);

  audit
    .command('tail')
    .description('the newest entries, oldest first')
    .argument('<realm>')
    .option('-n, --last <number>', 'how many', '20')
    .option('-f, --follow', 'wait for more, until interrupted')
    .option('--json', 'a line of JSON each')
    .action(async (realm: string, options: { last: string; follow?: boolean; json?: boolean }) => {
      const last = wholeNumber(options.last, 0, 10_000);
      if (last === undefined) return wrongUsage('--last is a whole number from 0 to 10000');
      const stop = new AbortController();
      const follow = options.follow === true ? { follow: { signal: stop.signal, pollMs: followEveryMs } } : {};
      if (options.follow === true) process.once('SIGINT', () => stop.abort());
      await run(realm, async (log) => {
        for await (const entry of log.tail(realm, { last, ...follow }))
          said.out(options.json === true ? json(entry) : entryLine(entry));
      });
    });

  audit
    .command('list')
    .description('entries, newest first')
    .argument('<realm>')
    .option('--subject <person>', 'about this person (their id)')
    .option('--type <type>', 'such as sign_in.completed')
    .option('--sign-in <id>', 'of this sign-in')
    .option('--reference <number>', 'the reference number that a page showed')
    .option('--limit <number>', 'how many at most', '100')
    .option('--after <mark>', 'the mark that ended the page before')
    .option('--json')
    .action(async (realm: string, { limit: most, json: isJson, ...filter }: ListOptions) => {
      const limit = wholeNumber(most, 1, 500);
      if (limit === undefined) return wrongUsage('--limit is a whole number from 1 to 500');
      await run(realm, async (log) => {
        const page = await log.list(realm, { ...filter, limit });
        if (isJson === true) return said.out(json(page));
        if (page.items.length === 0) said.out('no entries');
        for (const entry of page.items) said.out(entryLine(entry));
        if (page.next !== undefined) said.out(`more: --after ${page.next}`);
      });
    });

  audit
    .command('verify')
    .description('check that nothing was changed, removed, added, reordered or cut off')
    .argument('<realm>')
    .option(
      '--checkpoint <file...>',
      'checkpoints kept from before; without one, an old backup put back goes unnoticed',
    )
    .option('--file <file>', 'check an export instead of the database')
    .option('--json')
    .action(async (realm: string, options: { checkpoint?: string[]; file?: string; json?: boolean }) => {
      const checkpoints = await readCheckpoints(options.checkpoint ?? []);
      if (typeof checkpoints === 'string') return wrongUsage(checkpoints);
      if (options.file !== undefined && !(await isReadable(options.file)))
        return said.refuse(`${options.file} cannot be read`);
      await run(realm, async (log) => {
        const found =
          options.file === undefined
            ? await log.verify(realm, { checkpoints })
            : await log.verifyExport(linesOf(options.file), { checkpoints });
        if (found === undefined || found.realm !== realm)
          return said.refuse(`${options.file} is no audit export of "${realm}"`);
        if (options.json === true) said.out(json(found));
        else if (found.ok)
          said.out(`${found.records} records, all as they were written (${found.erased} with erased values)`);
        if (found.ok) return;
        for (const fault of options.json === true ? [] : found.faults) said.out(faultLine(fault));
        said.refuse(`the audit log of "${realm}" does not hold: ${found.faultCount} faults`);
      });
    });

  audit
    .command('export')
    .description('every record with its hashes, as JSON lines, and a checkpoint behind them')
    .argument('<realm>')
    .option('--output <file>', 'a new file instead of standard output')
    .action(async (realm: string, options: { output?: string }) => {
      await run(realm, async (log) => {
        if (options.output === undefined) {
          for await (const line of log.export(realm)) said.out(line.trimEnd());
          return;
        }
        const file = await openFile(options.output, 'wx', 0o600).catch(
          (cause: NodeJS.ErrnoException) => cause.code ?? 'failed',
        );
        if (typeof file === 'string') return said.refuse(`${options.output} cannot be created (${file})`);
        try {
          for await (const line of log.export(realm)) await file.write(line);
          await file.sync();
        } finally {
          await file.close();
        }
      });
    });

  audit
    .command('checkpoint')
    .description('what the log is now, signed, as JSON; keep it on another machine, for `audit verify --checkpoint`')
    .argument('<realm>')
    .option('--json', 'it always is')
    .action((realm: string) => run(realm, async (log) => said.out(json(await log.checkpoint(realm)))));

  audit
    .command('erase')
    .description('take out what the log knows about a person; the log stays verifiable')
    .argument('<realm>')
    .argument('<person>', 'their id')
    .option('--json')
    .action((realm: string, person: string, options: { json?: boolean }) =>
      run(realm, async (log) => {
        const erased = await log.erase(realm, person, { kind: 'operator' });
        said.out(options.json === true ? json(erased) : `erased from ${erased.records} records`);
      }),
    );

  audit
    .command('cut')
    .description('remove the records from before a day; the log stays verifiable')
    .argument('<realm>')
    .argument('<day>', 'such as 2026-01-31')
    .option('--json')
    .action(async (realm: string, day: string, options: { json?: boolean }) => {
      if (!z.iso.date().safeParse(day).success) return wrongUsage('the day is such as 2026-01-31');
      const before = new Date(`${day}T00:00:00Z`);
      await run(realm, async (log) => {
        const cut = await log.cut(realm, before, { kind: 'operator' });
        said.out(options.json === true ? json(cut) : `removed ${cut.records} records`);
      });
    });
}

interface ListOptions {
  readonly subject?: string;
  readonly type?: string;
  readonly signIn?: string;
  readonly reference?: string;
  readonly limit: string;
  readonly after?: string;
  readonly json?: boolean;
}

function wholeNumber(text: string, from: number, to: number): number | undefined {
  return /^\d{1,6}$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined;
}

/** A checkpoint a file, or the reason why not. */
async function readCheckpoints(files: readonly string[]): Promise<readonly Checkpoint[] | string> {
  const checkpoints: Checkpoint[] = [];
  for (const file of files) {
    try {
      checkpoints.push(checkpointShape.parse(JSON.parse(await readFile(file, 'utf8'))));
    } catch {
      return `${file} holds no checkpoint; \`gatehouse audit checkpoint\` makes one`;
    }
  }
  return checkpoints;
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}
