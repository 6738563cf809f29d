import { open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option, type OutputConfiguration } from 'commander';
import {
  type Json,
  noOrganization,
  operator,
  type Refused,
  type RunInRealm,
  refusedFile,
} from '../command-line/index.ts';
import type { TokenCommandsContext } from './commands-context.ts';
import { createProgress } from './import-progress.ts';
import { reportOf } from './import-report.ts';
import { readKey } from './key-file.ts';

/** `gatehouse token import | export`. */
export function fileCommands(token: Command, run: RunInRealm<TokenCommandsContext>, io: OutputConfiguration): void {
  token
    .command('import')
    .description('add the tokens of a PSKC (RFC 6030) or CSV file: all of them, or none')
    .argument('<realm>')
    .argument('<file>', 'PSKC or CSV; docs/tokens.md')
    .option('--organization <org>', 'the only one whose people may have them: id, or names from the top')
    .addOption(
      new Option('--key-file <file>', 'with the pre-shared key of an encrypted PSKC file: hex, base64 or bytes').env(
        'GATEHOUSE_TOKEN_KEY_FILE',
      ),
    )
    .addOption(
      new Option('--password-file <file>', 'with the password of an encrypted PSKC file').env(
        'GATEHOUSE_TOKEN_PASSWORD_FILE',
      ),
    )
    .addOption(
      new Option('--id-from <what>', 'which name in a PSKC file is the Credential ID').choices(['serial', 'key']),
    )
    .option('--allow-short-seeds', 'take seeds of 80 to 111 bits, less than NIST SP 800-63B-4 asks for')
    .option('--json')
    .action((realm: string, file: string, options: ImportOptions) =>
      run(realm, options, async ({ tokens, personOf, organizationNamed }) => {
        const { organization: ref } = options;
        const organization = ref === undefined ? undefined : await organizationNamed(realm, ref);
        if (ref !== undefined && organization === undefined) return noOrganization(realm, ref);
        const keyFile = await contentOf(options.keyFile);
        if (keyFile !== undefined && 'refused' in keyFile) return keyFile;
        const key = keyFile === undefined ? undefined : readKey(keyFile.bytes);
        if (options.keyFile !== undefined && key === undefined)
          return { refused: `${options.keyFile} holds no key of 128, 192 or 256 bits` };
        const passwordFile = await contentOf(options.passwordFile);
        if (passwordFile !== undefined && 'refused' in passwordFile) return passwordFile;
        const password = passwordFile?.bytes.toString('utf8').replace(/\r?\n$/, '');
        const handle = await open(file).catch(refusedFile(file));
        if ('refused' in handle) return handle;
        if ((await handle.stat()).isDirectory()) {
          await handle.close();
          return { refused: `${file} is a directory` };
        }
        const source = handle.createReadStream();
        // An import that is refused early leaves it unread, and so open.
        const imported = await tokens
          .import(
            {
              realm,
              source,
              personOf: async (identifier) => (await personOf(realm, identifier))?.id,
              onProgress: createProgress(options.json === true ? undefined : (line) => io.writeErr?.(line)),
              ...(organization === undefined ? {} : { organization: organization.id }),
              ...(key === undefined ? {} : { key }),
              ...(password === undefined ? {} : { password }),
              ...(options.idFrom === undefined ? {} : { idFrom: options.idFrom }),
              ...(options.allowShortSeeds === true ? { allowsShortSeeds: true } : {}),
            },
            operator,
          )
          .finally(() => source.destroy());
        return reportOf(imported, file);
      }),
    );

  token
    .command('export')
    .description('the inventory as CSV')
    .argument('<realm>')
    .requiredOption('--output <file>', 'to be made, readable for you alone')
    .option('--with-seeds', 'with what the codes are computed from: whoever reads the file can sign in as its owners')
    .option('--json')
    .action((realm: string, options: Json & { readonly output: string; readonly withSeeds?: boolean }) =>
      run(realm, options, async ({ tokens, labelOf }) => {
        const withSeeds = options.withSeeds === true;
        const lines = tokens.export(realm, { withSeeds, nameOf: (userId) => labelOf(realm, userId) });
        const handle = await open(options.output, 'wx', 0o600).catch(refusedFile(options.output, { isNew: true }));
        if ('refused' in handle) return handle;
        await pipeline(Readable.from(lines), handle.createWriteStream());
        if (withSeeds)
          io.writeErr?.(
            'gatehouse: the file holds every seed in clear. Whoever reads it can make all codes; delete it when it was used.\n',
          );
        return { lines: [`wrote ${options.output}`], json: { file: options.output } };
      }),
    );
}

/** Of a file that is named; undefined: none is. */
async function contentOf(path: string | undefined): Promise<{ readonly bytes: Buffer } | Refused | undefined> {
  if (path === undefined) return undefined;
  const bytes = await readFile(path).catch(refusedFile(path));
  return 'refused' in bytes ? bytes : { bytes };
}

interface ImportOptions extends Json {
  readonly organization?: string;
  readonly keyFile?: string;
  readonly passwordFile?: string;
  readonly idFrom?: 'serial' | 'key';
  readonly allowShortSeeds?: boolean;
}
