/**
 * Apache with mod_auth_openidc, as Debian packages them, with a configuration of its own in a temporary directory:
 * one server on 127.0.0.1, never as root, that lets nobody under `/protected/` who has not signed in.
 */
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ForeignProcess, startForeign } from './foreign-process.ts';

const program = '/usr/sbin/apache2';
const modules = '/usr/lib/apache2/modules';
/** Debian's `nobody` and `nogroup`. */
const nobody = { uid: 65_534, gid: 65_534 };

export const modAuthOpenidc = {
  needs: 'apache2 with mod_auth_openidc (Debian: libapache2-mod-auth-openidc)',
  isHere: () => existsSync(program) && existsSync(join(modules, 'mod_auth_openidc.so')),
};

/** `settings`: lines of its configuration, as `gatehouse portal add --for apache` prints them. Throws when it does not listen. */
export async function startApache({
  port,
  settings,
}: {
  readonly port: number;
  readonly settings: string;
}): Promise<ForeignProcess> {
  if (!modAuthOpenidc.isHere()) throw new Error(`needs ${modAuthOpenidc.needs}`);
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-apache-'));
  const config = join(home, 'apache2.conf');
  await writeFile(config, configuration(home, port, settings));
  await mkdir(join(home, 'protected'));
  await writeFile(join(home, 'protected', 'index.html'), 'for those who signed in\n');
  await writeFile(join(home, 'index.html'), 'for everybody\n');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(home, nobody.uid, nobody.gid);
  const apache = await startForeign({
    program,
    args: ['-d', home, '-f', config, '-DFOREGROUND'],
    serves: /resuming normal operations/,
    ...(isRoot ? { as: nobody } : {}),
  });
  return {
    ...apache,
    async end() {
      const code = await apache.end();
      await rm(home, { recursive: true, force: true });
      return code;
    },
  };
}

/** `OIDCInfoHook`: what a person's session holds, as JSON at `redirect_uri?info=json`. */
const configuration = (home: string, port: number, settings: string) => `
ServerName localhost:${port}
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${home}
PidFile ${home}/apache2.pid
# The program at the end of the pipe writes to our standard output.
ErrorLog "||/bin/cat"
CustomLog "||/bin/cat" "%m %U%q %>s"
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'mime', 'auth_openidc'].map(loadModule).join('\n')}
TypesConfig /dev/null
AddType text/html .html
DocumentRoot ${home}
DirectoryIndex index.html
${settings}
OIDCInfoHook access_token id_token userinfo session
<Location /protected/>
  AuthType openid-connect
  Require valid-user
</Location>
`;

const loadModule = (name: string) => `LoadModule ${name}_module ${modules}/mod_${name}.so`;
