import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import {
  createRun,
  createRunInRealm,
  type Json,
  noPortal,
  noRealm,
  type Outcome,
  operator,
  refusedFile,
} from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import { portalCommands } from './portal-commands.ts';
import type { ApplyEntry, RealmAdmin } from './realm.ts';
import { showRealm } from './show-command.ts';

/** What the commands work on, opened when one of them runs. */
export interface RealmCommandsContext {
  readonly realms: RealmAdmin;
  close(): Promise<void>;
}

/** `gatehouse realm …` and `gatehouse portal …`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function realmCommands(
  program: Command,
  open: (options: { readonly creates: boolean }) => Promise<RealmCommandsContext>,
): void {
  const withContext = createRun(program, () => open({ creates: false }));
  const withNew = createRun(program, () => open({ creates: true }));

  const realm = program.command('realm').description('login domains: their files, rules and looks');
  realm
    .command('apply')
    .description('apply a realm file; what was changed since it was last applied is kept and reported')
    .argument('<file>')
    .option('--force', 'take the file also where something was changed since')
    .option('--create-database', 'where there is none yet; a server’s first start makes it as well')
    .option('--json')
    .action((file: string, options: Json & ApplyOptions) =>
      (options.createDatabase === true ? withNew : withContext)(options, ({ realms }) =>
        apply(realms, file, options.force === true),
      ),
    );
  realm
    .command('list')
    .description('all of them')
    .option('--json')
    .action((options: Json) => withContext(options, ({ realms }) => list(realms)));
  realm
    .command('show')
    .description('one realm: its settings, own rules and portals')
    .argument('<realm>')
    .option('--json')
    .action((id: string, options: Json) => withContext(options, (context) => showRealm(context, id)));
  realm
    .command('set')
    .description('change one setting, such as: realm set web1 policy.secondFactor required')
    .argument('<realm>')
    .argument('<path>', 'as in the realm file: branding.accent, policy.methods, portals.<clientId>.asksConsent')
    .argument('<value>', 'as in YAML: required, 24, "[totp]"; null unsets it')
    .option('--json')
    .action((id: string, path: string, value: string, options: Json) =>
      withContext(options, (context) => set(context, id, path, value)),
    );

  const inRealm = createRunInRealm(
    program,
    () => open({ creates: false }),
    async ({ realms }, id) => (await realms.get(id)) !== undefined,
  );
  portalCommands(program, (id, options, act) => inRealm(id, options, ({ realms }) => act(realms)));
}

interface ApplyOptions {
  readonly force?: boolean;
  readonly createDatabase?: boolean;
}

async function apply(realms: RealmAdmin, path: string, force: boolean): Promise<Outcome> {
  const read = await readFile(path, 'utf8').catch(refusedFile(path));
  return typeof read === 'string' ? applyText(realms, path, read, force) : read;
}

async function applyText(realms: RealmAdmin, path: string, text: string, force: boolean): Promise<Outcome> {
  if (text.trim() === '') return { refused: `${path} is empty; a realm file begins with "realm: " and its name` };
  const report = await realms.apply(text, basename(path), { force, actor: operator });
  if (report.ok) return { lines: report.entries.map(lineOf), json: report };
  const faults = report.faults.map(
    (fault) => `${path}:${fault.line}: ${[fault.path, fault.message].filter(Boolean).join(': ')}`,
  );
  return { refused: [...faults, 'nothing was applied'], json: report };
}

function lineOf({ what, id, path, outcome, now, file }: ApplyEntry): string {
  const subject = [what, id, path].filter(Boolean).join(' ');
  if (path === undefined || path === 'secret') return `${outcome}: ${subject}`;
  const shown = (value: unknown) => (value === undefined ? 'unset' : JSON.stringify(value));
  if (outcome === 'changed') return `changed: ${subject}: ${shown(now)} → ${shown(file)}`;
  const hint = outcome === 'conflict' ? '; --force takes the file’s' : '';
  return `${outcome}: ${subject} stays ${shown(now)} (the file says ${shown(file)}${hint})`;
}

async function list(realms: RealmAdmin): Promise<Outcome> {
  const all = (await realms.list()).map((realm) => ({
    id: realm.id,
    name: realm.name,
    issuer: realms.issuerOf(realm),
  }));
  const rows = all.map(({ id, name, issuer }) => [id, name, issuer]);
  const lines = rows.length === 0 ? ['no realms; `gatehouse realm apply FILE` makes one'] : table([heads, ...rows]);
  return { lines, json: all };
}

const heads = ['REALM', 'NAME', 'ISSUER'];

async function set(context: RealmCommandsContext, id: string, path: string, value: string): Promise<Outcome> {
  const { parse } = await import('yaml');
  let parsed: unknown;
  try {
    parsed = parse(value);
  } catch {
    return { refused: [`"${value}" is no value; quote it as in YAML`] };
  }
  const report = await context.realms.set(id, path, parsed, operator);
  if (report.ok)
    return {
      lines: [report.changed ? `${path} of ${id} is now ${value}` : `${path} of ${id} was ${value} already`],
      json: report,
    };
  if (report.why === 'no_realm') return noRealm(id);
  if (report.why === 'no_portal') return noPortal(id, path.split('.')[1] ?? '');
  return { refused: report.faults, json: report };
}
