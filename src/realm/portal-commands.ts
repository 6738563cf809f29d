import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Json, noPortal, noRealm, type Outcome, operator } from '../command-line/index.ts';
import { table, whyNotFile } from '../kernel/index.ts';
import { pasteFor, type Software, softwares } from './paste.ts';
import type { Portal, RealmAdmin } from './realm.ts';

interface For {
  readonly for: Software;
}

interface AddOptions extends Json, For {
  readonly name: string;
  readonly redirectUri: readonly string[];
  readonly postLogoutRedirectUri: readonly string[];
  readonly scope: readonly string[];
  readonly grant: readonly string[];
  readonly resource: readonly string[];
  readonly kind?: string;
  readonly homeUrl?: string;
  readonly consent?: boolean;
  readonly authentication?: string;
  readonly jwks?: string;
  readonly jwksUri?: string;
  readonly profile?: string;
}

export type RunOnRealms = (
  realm: string,
  options: Json,
  act: (realms: RealmAdmin) => Promise<Outcome>,
) => Promise<void>;

const collect = (value: string, before: readonly string[]) => [...before, value];

const software = () =>
  new Option('--for <software>', 'print its settings as this software takes them')
    .choices(softwares)
    .default('generic');

/** `gatehouse portal …`. */
export function portalCommands(program: Command, run: RunOnRealms): void {
  const portal = program.command('portal').description('relying parties of a realm');
  const many = (flags: string, about: string) =>
    new Option(flags, `${about}; may be repeated`).argParser(collect).default([]);
  portal
    .command('add')
    .description('make a portal and print what its software needs; the client secret is shown this once')
    .argument('<realm>')
    .argument('<clientId>')
    .requiredOption('--name <name>', 'what people see: "to continue to …"')
    .addOption(many('--redirect-uri <address>', 'where people are sent back to, compared exactly'))
    .addOption(many('--post-logout-redirect-uri <address>', 'where people are sent after signing out'))
    .addOption(many('--scope <scope>', 'the most it may ask for (openid, profile, email when left out)'))
    .addOption(many('--grant <grant>', 'authorization_code, refresh_token, client_credentials, device_code'))
    .addOption(many('--resource <id>', 'a resource of the realm that it may get tokens for'))
    .option('--kind <kind>', 'web (when left out), native, browser or machine')
    .option('--home-url <address>', 'its front door, for "back to the portal"')
    .option('--consent', 'ask people before they give their data')
    .option('--authentication <method>', 'secret or private_key_jwt')
    .option('--jwks <file>', 'its public keys, a JSON Web Key Set')
    .option('--jwks-uri <address>', 'where it publishes them')
    .option('--profile <profile>', 'fapi2')
    .addOption(software())
    .option('--json')
    .action((realm: string, clientId: string, options: AddOptions) =>
      run(realm, options, (realms) => add(realms, realm, clientId, options)),
    );
  portal
    .command('list')
    .description('those of a realm')
    .argument('<realm>')
    .option('--json')
    .action((realm: string, options: Json) => run(realm, options, (realms) => list(realms, realm)));
  portal
    .command('show')
    .description('print what the software of a portal needs, without its secret')
    .argument('<realm>')
    .argument('<clientId>')
    .addOption(software())
    .option('--json')
    .action((realm: string, clientId: string, options: Json & For) =>
      run(realm, options, async (realms) => {
        const found = await realms.portal(realm, clientId);
        return found === undefined ? noPortal(realm, clientId) : show(realms, found, options.for);
      }),
    );
  portal
    .command('rotate-secret')
    .description('make a new client secret, shown this once')
    .argument('<realm>')
    .argument('<clientId>')
    .option('--overlap-hours <hours>', 'how long the secret before still works', hours, 24)
    .option('--json')
    .action((realm: string, clientId: string, options: Json & { overlapHours: number }) =>
      run(realm, options, (realms) => rotate(realms, realm, clientId, options.overlapHours)),
    );
  portal
    .command('remove')
    .description('end a portal: its tokens and its secret are worth nothing from now on')
    .argument('<realm>')
    .argument('<clientId>')
    .option('--json')
    .action((realm: string, clientId: string, options: Json) =>
      run(realm, options, (realms) => remove(realms, realm, clientId)),
    );
}

function hours(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0 || number > 720)
    throw new InvalidArgumentError('a number from 0 to 720.');
  return number;
}

async function add(realms: RealmAdmin, realm: string, clientId: string, options: AddOptions): Promise<Outcome> {
  const keys = options.jwks === undefined ? undefined : await jwksIn(options.jwks);
  if (keys !== undefined && 'fault' in keys) return { refused: [keys.fault] };
  const lists = {
    redirectUris: options.redirectUri,
    postLogoutRedirectUris: options.postLogoutRedirectUri,
    scopes: options.scope,
    grants: options.grant,
    resources: options.resource,
  };
  const { name, kind, homeUrl, authentication, jwksUri, profile } = options;
  const single = { kind, homeUrl, authentication, jwksUri, profile, jwks: keys?.jwks, asksConsent: options.consent };
  const given = Object.entries({ ...single, ...lists }).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  );
  const added = await realms.addPortal(realm, { clientId, name, ...Object.fromEntries(given) }, operator);
  if (added.ok) return show(realms, added.portal, options.for, added.secret);
  if (added.why === 'no_realm') return noRealm(realm);
  if (added.why === 'taken') return { refused: [`the realm has a portal "${clientId}" already`] };
  return { refused: added.faults, json: added };
}

async function jwksIn(path: string): Promise<{ readonly jwks: unknown } | { readonly fault: string }> {
  try {
    return { jwks: JSON.parse(await readFile(path, 'utf8')) };
  } catch (error) {
    const why = whyNotFile(error, { path });
    return { fault: why ?? `${path} holds no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function show(realms: RealmAdmin, portal: Portal, wanted: Software, secret?: string): Promise<Outcome> {
  const realm = await realms.get(portal.realm);
  if (realm === undefined) return noRealm(portal.realm);
  const { portalFacts } = await import('./portal-facts.ts');
  const facts = portalFacts(portal, realms.issuerOf(realm), secret);
  const pasted = pasteFor(wanted, facts);
  if (pasted === undefined)
    return { refused: [`"${portal.clientId}" has no secret, which ${wanted} needs; --for generic shows its settings`] };
  return { lines: pasted, json: wanted === 'generic' ? facts : { ...facts, paste: pasted.join('\n') } };
}

async function list(realms: RealmAdmin, id: string): Promise<Outcome> {
  const all = (await realms.portals(id)).map(({ clientId, name, kind, enabled, secrets }) => {
    const hasSecret = secrets !== undefined;
    return { clientId, name, kind, enabled, hasSecret };
  });
  const rows = all.map((each) => [each.clientId, each.kind, each.enabled ? 'enabled' : 'disabled', each.name]);
  const lines = rows.length === 0 ? ['no portals'] : table([['PORTAL', 'KIND', 'STATE', 'NAME'], ...rows]);
  return { lines, json: all };
}

async function rotate(realms: RealmAdmin, id: string, clientId: string, overlapHours: number): Promise<Outcome> {
  const rotated = await realms.rotateSecret(id, clientId, { overlapHours, actor: operator });
  if (rotated.ok) return { lines: [rotated.secret], json: rotated };
  return rotated.why === 'absent'
    ? noPortal(id, clientId)
    : { refused: [`"${clientId}" has no secret: it is public, or proves itself with a key`] };
}

async function remove(realms: RealmAdmin, id: string, clientId: string): Promise<Outcome> {
  const removed = await realms.removePortal(id, clientId, operator);
  if (removed.ok) return { lines: [`removed ${clientId}`], json: removed };
  if (removed.why === 'absent') return noPortal(id, clientId);
  return {
    refused:
      removed.why === 'in_file'
        ? `"${clientId}" stands in a realm file; take it out there, apply the file, then remove it`
        : 'nobody who administers the realm could sign in any more without what its rules loosen',
  };
}
