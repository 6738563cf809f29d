import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import type { Actor, ApplyEntry, RealmAdmin } from './realm.ts';

/** What the commands work on, opened when one of them runs. */
export interface RealmCommandsContext {
  readonly realms: RealmAdmin;
  close(): Promise<void>;
}

type Outcome =
  | { readonly lines: readonly string[]; readonly json: unknown }
  | { readonly refused: readonly string[]; readonly json?: unknown };

interface Json {
  readonly json?: boolean;
}

const operator: Actor = { kind: 'operator' };

/** `gatehouse realm …` and `gatehouse portal …`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function realmCommands(program: Command, open: () => Promise<RealmCommandsContext>): void {
  const io = program.configureOutput();

  const run = async ({ json = false }: Json, act: (realms: RealmAdmin) => Promise<Outcome>) => {
    const context = await open();
    try {
      const outcome = await act(context.realms);
      if (json && outcome.json !== undefined) io.writeOut?.(`${JSON.stringify(outcome.json)}\n`);
      if ('lines' in outcome) {
        if (!json) io.writeOut?.(outcome.lines.map((line) => `${line}\n`).join(''));
        return;
      }
      io.writeErr?.(outcome.refused.map((line) => `gatehouse: ${line}\n`).join(''));
      process.exitCode = 1;
    } finally {
      await context.close();
    }
  };

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

  const portal = program.command('portal').description('relying parties of a realm');
  portal
    .command('list')
    .argument('<realm>')
    .option('--json')
    .action((id: string, options: Json) => run(options, (realms) => listPortals(realms, id)));
  portal
    .command('rotate-secret')
    .description('make a new client secret, shown this once')
    .argument('<realm>')
    .argument('<clientId>')
    .option('--overlap-hours <hours>', 'how long the secret before still works', hours, 24)
    .option('--json')
    .action((id: string, clientId: string, options: Json & { overlapHours: number }) =>
      run(options, (realms) => rotate(realms, id, clientId, options.overlapHours)),
    );
}

function hours(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0 || number > 720) throw new InvalidArgumentError('a number from 0 to 720.');
  return number;
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

async function listPortals(realms: RealmAdmin, id: string): Promise<Outcome> {
  if ((await realms.get(id)) === undefined) return noRealm(id);
  const all = (await realms.portals(id)).map(({ clientId, name, kind, enabled, secrets }) => {
    const hasSecret = secrets !== undefined;
    return { clientId, name, kind, enabled, hasSecret };
  });
  const lines = all.map((each) =>
    [each.clientId, each.kind, each.enabled ? 'enabled' : 'disabled', each.name].join('\t'),
  );
  return { lines, json: all };
}

async function set(realms: RealmAdmin, id: string, path: string, value: string): Promise<Outcome> {
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
  if (report.why === 'no_portal') return { refused: [`no such portal; see \`gatehouse portal list ${id}\``] };
  return { refused: report.faults, json: report };
}

async function rotate(realms: RealmAdmin, id: string, clientId: string, overlapHours: number): Promise<Outcome> {
  const rotated = await realms.rotateSecret(id, clientId, { overlapHours, actor: operator });
  if (rotated.ok) return { lines: [rotated.secret], json: rotated };
  return rotated.why === 'absent'
    ? { refused: [`no such portal; see \`gatehouse portal list ${id}\``] }
    : { refused: [`"${clientId}" has no secret: it is public, or proves itself with a key`] };
}

const noRealm = (id: string): Outcome => ({ refused: [`there is no realm "${id}"; see \`gatehouse realm list\``] });
