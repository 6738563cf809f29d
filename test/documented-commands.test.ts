import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, type Option } from 'commander';
import { commandGroups } from '../src/command-groups.ts';
import { type RunningApp, runApp, shippedRealms } from './support/app.ts';
import { documentText, namedCommands, shellBlocks, shownCommands, wordsOf } from './support/documents.ts';
import { gatehouseOn } from './support/gatehouse.ts';

const pages = ['README.md', ...readdirSync('docs').flatMap((file) => (file.endsWith('.md') ? [`docs/${file}`] : []))];

async function everything(): Promise<Command> {
  const program = new Command('gatehouse');
  for (const { add } of commandGroups) await add(program);
  return program;
}

/** The command that the words name, and the words behind it. */
function commandOf(program: Command, words: readonly string[]): { command: Command; rest: string[] } {
  const [first, ...rest] = words;
  const found = program.commands.find((command) => command.name() === first);
  return found === undefined ? { command: program, rest: [...words] } : commandOf(found, rest);
}

const isCalled = (word: string) => (option: Option) => option.short === word || option.long === word;

/** What is wrong with a command as it is shown, if anything. */
function faultOf(program: Command, words: readonly string[]): string | undefined {
  const { command, rest } = commandOf(program, words);
  const shown = rest.map((word) => word.replace(/^\[|\]$/g, '')).filter((word) => word !== '…' && word !== '|');
  if (command.commands.length > 0) return rest[0] === '--help' ? undefined : `no command: ${rest.join(' ')}`;
  const options = shown.filter((word) => word.startsWith('-'));
  const unknown = options.find((option) => option !== '--help' && !command.options.some(isCalled(option)));
  if (unknown !== undefined) return `no option ${unknown}`;
  const operands = shown.filter((word, at) => {
    const before = command.options.find(isCalled(shown[at - 1] ?? ''));
    return !word.startsWith('-') && (before === undefined || before.isBoolean());
  });
  const needed = command.registeredArguments.filter((argument) => argument.required).length;
  return operands.length < needed ? `${needed} arguments are needed` : undefined;
}

describe('commands', () => {
  it('are described, and speak JSON where they answer', async () => {
    const leaves = (command: Command, name: string): (readonly [string, Command])[] =>
      command.commands.length === 0
        ? [[name, command]]
        : command.commands.flatMap((each) => leaves(each, `${name} ${each.name()}`));
    const all = leaves(await everything(), 'gatehouse');
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter(([, command]) => command.description() === '').map(([name]) => name)).toEqual([]);
    // An export is JSON lines as it is.
    const silent = all.filter(([, command]) => !command.options.some(isCalled('--json')));
    expect(silent.map(([name]) => name)).toEqual(['gatehouse audit export']);
  });

  it.each(pages)('shown in %s are there, with these options and arguments', async (page) => {
    const program = await everything();
    const faults = shownCommands(documentText(page)).flatMap((words) => {
      const fault = faultOf(program, words);
      return fault === undefined ? [] : [`gatehouse ${words.join(' ')}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it.each(pages)('named in the text of %s are there, with these options', async (page) => {
    const program = await everything();
    const faults = namedCommands(documentText(page)).flatMap((words) => {
      const fault = faultOf(program, words);
      return fault === undefined || fault.endsWith('needed') ? [] : [`gatehouse ${words.join(' ')}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it('named by refusals and hints of ours are there', async () => {
    const program = await everything();
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const faults = files.flatMap((file) => {
      // As they are written in templates, and what is put into them.
      const text = documentText(`src/${file}`)
        .replaceAll('\\`', '`')
        .replace(/\$\{[^}]*\}/g, 'x');
      return namedCommands(text).flatMap((words) => {
        const fault = faultOf(program, words);
        return fault === undefined || fault.endsWith('needed')
          ? []
          : [`${file}: gatehouse ${words.join(' ')}: ${fault}`];
      });
    });
    expect(faults).toEqual([]);
  });

  it('notices one that is not', async () => {
    const program = await everything();
    expect(faultOf(program, ['user', 'lst', 'web1'])).toBe('no command: lst web1');
    expect(faultOf(program, ['user', 'list', 'web1', '--pages'])).toBe('no option --pages');
    expect(faultOf(program, ['user', 'disable', 'web1'])).toBe('2 arguments are needed');
    expect(wordsOf(`npx gatehouse policy set x 'a=[b, c]' "d e"   # why | not`)).toEqual([
      ...['npx', 'gatehouse', 'policy', 'set', 'x', 'a=[b, c]', 'd e'],
    ]);
  });
});

describe('what newcomers are told to type', () => {
  let app: RunningApp;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-documents-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  afterEach(() => app.close());

  /** Each in turn; those that want a terminal of their own, or a file of somebody, aside. */
  async function typeAll(page: string) {
    for (const words of shownCommands(documentText(page))) {
      if (words.includes('--help') || words.includes('--follow') || words[0] === 'doctor') continue;
      // What the log is asked for is delivered by rounds, which do not run here.
      await app.app.drain();
      const { out, err, code } = await gatehouseOn(app, ...words);
      if (code !== 0) throw new Error(`${page}: gatehouse ${words.join(' ')}: ${code} ${err}`);
      expect(out).not.toBe('');
    }
  }

  it.each(['README.md', 'docs/organizations.md', 'docs/rollout.md', 'docs/demo-portals.md'])(
    'in %s works on the demo realms, as it stands and in that order',
    async (page) => {
      app = await runApp({ realms: shippedRealms });
      expect(shownCommands(documentText(page)).length).toBeGreaterThan(4);
      await typeAll(page);
    },
  );

  it('in docs/first-realm.md works on the realm file that it shows', async () => {
    const text = documentText('docs/first-realm.md');
    const file = /<<'END'\n([\s\S]*?)\nEND\n/.exec(shellBlocks(text)[0] ?? '')?.[1] ?? '';
    await writeFile(join(directory, 'shop.yaml'), file);
    app = await runApp({ realms: directory });
    await typeAll('docs/first-realm.md');
    const { out } = await gatehouseOn(app, 'user', 'show', 'shop', 'ada@shop.example');
    expect(out).toMatch(/^belongs to +the realm itself: owner\n +Staff: member$/m);
  });
});
