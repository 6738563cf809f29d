import { createReadStream } from 'node:fs';
import { open as openFile, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type Like, noRealm, refusalLines, wholeNumber } from '../command-line/index.ts';
import { whyNotFile } from '../kernel/index.ts';
import type { Audit } from './audit.ts';
import type { Checkpoint } from './checkpoint.ts';
import { entryLine, faultLine } from './entry-line.ts';

/** What the commands work on, opened when one of them runs. */
export interface AuditCommandsContext extends Like {
  readonly audit: Audit;
  hasRealm(realm: string): Promise<boolean>;
  /** The id of the person known by that email, user name or id. */
  personOf(realm: string, identifier: string): Promise<string | undefined>;
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

  const run = async (
    realm: string,
    act: (log: Audit, context: AuditCommandsContext) => Promise<void>,
  ): Promise<void> => {
    const context = await open();
    try {
      if (await context.hasRealm(realm)) await act(context.audit, context);
      else for (const line of await refusalLines(noRealm(realm), context)) said.refuse(line);
    } finally {
      await context.close();
    }
  };
  const json = (value: unknown) => JSON.stringify(value);

  audit
    .command('tail')
    .description('the newest entries, oldest first')
    .argument('<realm>')
    .option('-n, --last <number>', 'how many', wholeNumber(0, 10_000), 20)
    .option('-f, --follow', 'wait for more, until interrupted')
    .option('--json', 'a line of JSON each')
    .action(async (realm: string, options: { last: number; follow?: boolean; json?: boolean }) => {
      const { last } = options;
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
    .option('--subject <person>', 'about this person: email, user name or id')
    .option('--type <type>', 'such as sign_in.completed')
    .option('--sign-in <id>', 'of this sign-in')
    .option('--reference <number>', 'the reference number that a page showed')
    .option('--limit <number>', 'how many at most', wholeNumber(1, 500), 100)
    .option('--after <mark>', 'the mark that ended the page before')
    .option('--json')
    .action(async (realm: string, { json: isJson, subject: whom, ...filter }: ListOptions) => {
      await run(realm, async (log, { personOf }) => {
        // Who is gone is still in the log, by their id.
        const subject = whom === undefined ? undefined : ((await personOf(realm, whom)) ?? whom);
        const page = await log.list(realm, { ...filter, ...(subject === undefined ? {} : { subject }) });
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
      if (typeof checkpoints === 'string') return said.refuse(checkpoints);
      const whyNot = options.file === undefined ? undefined : await whyUnreadable(options.file);
      if (whyNot !== undefined) return said.refuse(whyNot);
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
        const path = options.output;
        const file = await openFile(path, 'wx', 0o600).catch(
          (cause: unknown) => whyNotFile(cause, { path, isNew: true }) ?? `${path} cannot be made`,
        );
        if (typeof file === 'string') return said.refuse(file);
        try {
          for await (const line of log.export(realm)) await file.write(line);
          await file.sync();
          said.out(`wrote ${path}`);
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
    .argument('<person>', 'email, user name or id; of who is gone, their id')
    .option('--json')
    .action((realm: string, person: string, options: { json?: boolean }) =>
      run(realm, async (log, { personOf }) => {
        const subject = (await personOf(realm, person)) ?? person;
        const erased = await log.erase(realm, subject, { kind: 'operator' });
        if (options.json === true) said.out(json(erased));
        else if (erased.records > 0) said.out(`erased from ${erased.records} records`);
        if (erased.records === 0) said.refuse(`the log of "${realm}" knows nothing of "${person}"`);
      }),
    );

  audit
    .command('cut')
    .description('remove the records from before a day; the log stays verifiable')
    .argument('<realm>')
    .argument('<day>', 'such as 2026-01-31')
    .option('--json')
    .action(async (realm: string, day: string, options: { json?: boolean }) => {
      const { z } = await import('zod');
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
  readonly limit: number;
  readonly after?: string;
  readonly json?: boolean;
}

/** A checkpoint a file, or the reason why not. */
async function readCheckpoints(files: readonly string[]): Promise<readonly Checkpoint[] | string> {
  const { checkpointShape } = await import('./checkpoint.ts');
  const checkpoints: Checkpoint[] = [];
  for (const file of files) {
    try {
      checkpoints.push(checkpointShape.parse(JSON.parse(await readFile(file, 'utf8'))));
    } catch (cause) {
      return (
        whyNotFile(cause, { path: file }) ?? `${file} holds no checkpoint; \`gatehouse audit checkpoint\` makes one`
      );
    }
  }
  return checkpoints;
}

async function whyUnreadable(path: string): Promise<string | undefined> {
  const file = await openFile(path).catch((cause: unknown) => whyNotFile(cause, { path }) ?? `${path} cannot be read`);
  if (typeof file === 'string') return file;
  const found = await file.stat();
  await file.close();
  return found.isDirectory() ? `${path} is a directory` : undefined;
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}
