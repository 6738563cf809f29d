import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { createRun, type Json, noPortal, noRealm, type Outcome, operator } from '../command-line/index.ts';
import { portalCommands, type RunOnRealms } from './portal-commands.ts';
import type { ApplyEntry, RealmAdmin } from './realm.ts';

/** What the commands work on, opened when one of them runs. */
export interface RealmCommandsContext {
  readonly realms: RealmAdmin;
  close(): Promise<void>;
}

/** `gatehouse realm …` and `gatehouse portal …`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function realmCommands(program: Command, open: () => Promise<RealmCommandsContext>): void {
  const withContext = createRun(program, open);
  const run: RunOnRealms = (options, act) => withContext(options, ({ realms }) => act(realms));

  const realm = program.command('realm').description('login domains: their files, rules and looks');
  realm
    .command('apply')
    .description('apply a realm file; what was changed since it was last applied is kept and reported')
    .argument('<file>')
    .option('--force', 'take the file also where something was changed since')
    .option('--json')
    .action((file: string, options: Json & { force?: boolean }) =>
      run(options, (realms) => apply(realms, file, options.force === true)),
    );
  realm
    .command('list')
    .option('--json')
    .action((options: Json) => run(options, list));
  realm
    .command('set')
    .description('change one setting, such as: realm set web1 policy.secondFactor required')
    .argument('<realm>')
    .argument('<path>', 'as in the realm file: branding.accent, policy.methods, portals.<clientId>.asksConsent')
    .argument('<value>', 'as in YAML: required, 24, "[totp]"; null unsets it')
    .option('--json')
    .action((id: string, path: string, value: string, options: Json) =>
      run(options, (realms) => set(realms, id, path, value)),
    );

  portalCommands(program, run);
}

async function apply(realms: RealmAdmin, path: string, force: boolean): Promise<Outcome> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return { refused: [`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`] };
  }
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
  return { lines: all.map(({ id, name, issuer }) => [id, name, issuer].join('\t')), json: all };
}

async function set(realms: RealmAdmin, id: string, path: string, value: string): Promise<Outcome> {
  const { parse } = await import('yaml');
  let parsed: unknown;
  try {
    parsed = parse(value);
  } catch {
    return { refused: [`"${value}" is no value; quote it as in YAML`] };
  }
  const report = await realms.set(id, path, parsed, operator);
  if (report.ok)
    return {
      lines: [report.changed ? `${path} of ${id} is now ${value}` : `${path} of ${id} was ${value} already`],
      json: report,
    };
  if (report.why === 'no_realm') return noRealm(id);
  if (report.why === 'no_portal') return noPortal(id, path.split('.')[1] ?? '');
  return { refused: report.faults, json: report };
}
