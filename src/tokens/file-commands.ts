import { createWriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option, type OutputConfiguration } from 'commander';
import { type Json, operator, type RunInRealm } from '../command-line/index.ts';
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
    .argument('<file>')
    .option('--organization <id>', 'the only organization whose people may have them')
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
      run(realm, options, async ({ tokens, personOf }) => {
        const key = options.keyFile === undefined ? undefined : readKey(await readFile(options.keyFile));
        if (options.keyFile !== undefined && key === undefined)
          return { refused: `${options.keyFile} holds no key of 128, 192 or 256 bits` };
        const password =
          options.passwordFile === undefined
            ? undefined
            : (await readFile(options.passwordFile, 'utf8')).replace(/\r?\n$/, '');
        const source = (await open(file)).createReadStream();
        // An import that is refused early leaves it unread, and so open.
        const imported = await tokens
          .import(
            {
              realm,
              source,
              personOf: async (identifier) => (await personOf(realm, identifier))?.id,
              onProgress: createProgress(options.json === true ? undefined : (line) => io.writeErr?.(line)),
              ...(options.organization === undefined ? {} : { organization: options.organization }),
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
    .requiredOption('--file <file>', 'to be made, readable for you alone')
    .option('--with-seeds', 'with what the codes are computed from: whoever reads the file can sign in as its owners')
    .action((realm: string, options: { readonly file: string; readonly withSeeds?: boolean }) =>
      run(realm, {}, async ({ tokens, labelOf }) => {
        const withSeeds = options.withSeeds === true;
        const lines = tokens.export(realm, { withSeeds, nameOf: (userId) => labelOf(realm, userId) });
        await pipeline(Readable.from(lines), createWriteStream(options.file, { flags: 'wx', mode: 0o600 }));
        if (withSeeds)
          io.writeErr?.(
            'gatehouse: the file holds every seed in clear. Whoever reads it can make all codes; delete it when it was used.\n',
          );
        return { lines: [`wrote ${options.file}`], json: { file: options.file } };
      }),
    );
}

interface ImportOptions extends Json {
  readonly organization?: string;
  readonly keyFile?: string;
  readonly passwordFile?: string;
  readonly idFrom?: 'serial' | 'key';
  readonly allowShortSeeds?: boolean;
}
