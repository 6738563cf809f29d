import { type Command, InvalidArgumentError } from 'commander';
import type { Messaging } from './messaging.ts';
import type { MessageState, QueuedMessage } from './queue.ts';

export { type AllowanceCommandsContext, allowanceCommands } from './allowance/commands.ts';

/** What the commands work on, opened when one of them runs. */
export interface MessagingCommandsContext {
  readonly messaging: Pick<Messaging, 'test' | 'list'>;
  close(): Promise<void>;
}

type Open = () => Promise<MessagingCommandsContext>;

const states: readonly MessageState[] = ['waiting', 'sent', 'refused', 'expired', 'unconfirmed'];

const advice = {
  refused: 'the server refuses this mail; see its answer',
  later: 'the server says not now; try again in a while',
  away: 'no conversation with the server; check GATEHOUSE_MAIL_URL: address, port, user and password',
  unconfirmed: 'the server took it and hung up without a word; look whether it arrived',
} as const;

interface ListOptions {
  readonly realm?: string;
  readonly state?: MessageState;
  readonly limit: number;
  readonly json?: boolean;
}

/** `gatehouse mail …` and `gatehouse messages …`, which it returns. Exit code 0: done; 1: refused, with the reason on stderr. */
export function messagingCommands(program: Command, open: Open): Command {
  const io = program.configureOutput();
  const say = (line: string) => io.writeOut?.(`${line}\n`);
  const withMessaging = async (act: (messaging: MessagingCommandsContext['messaging']) => Promise<void>) => {
    const context = await open();
    try {
      await act(context.messaging);
    } finally {
      await context.close();
    }
  };

  program
    .command('mail')
    .description('the mail server')
    .command('test')
    .description('send a test mail at once, and say what the server answered')
    .argument('<address>')
    .option('--realm <realm>', 'whose name and colours it has; the first one otherwise')
    .option('--json')
    .action((address: string, options: { realm?: string; json?: boolean }) =>
      withMessaging(async (messaging) => {
        const sent = await messaging.test(address, options.realm);
        if (!sent.ok) {
          const hint = sent.why === 'unfit' ? '' : ` (${advice[sent.why]})`;
          io.writeErr?.(`gatehouse: not sent: ${sent.reply}${hint}\n`);
          process.exitCode = 1;
        } else if (options.json !== true) {
          say(`sent to ${address}: ${sent.reply}`);
        }
        if (options.json === true) say(JSON.stringify(sent));
      }),
    );

  const messages = program
    .command('messages')
    .description('messages on their way, and what codes by telephone may and do cost');
  messages
    .command('list')
    .description('newest first; addresses are masked')
    .option('--realm <realm>')
    .option('--state <state>', `one of ${states.join(', ')}`, readState)
    .option('--limit <number>', 'how many', readLimit, 20)
    .option('--json', 'an array of messages')
    .action((options: ListOptions) =>
      withMessaging(async (messaging) => {
        const found = await collect(messaging, options);
        if (options.json === true) say(JSON.stringify(found.map(forPrograms)));
        else for (const message of found) say(forPeople(message));
        if (options.json !== true && found.length === 0) say('no messages');
      }),
    );
  return messages;
}

async function collect(messaging: Pick<Messaging, 'list'>, options: ListOptions): Promise<QueuedMessage[]> {
  const { realm, state, limit } = options;
  const where = (message: QueuedMessage) =>
    (realm === undefined || message.realm === realm) && (state === undefined || message.state === state);
  const found: QueuedMessage[] = [];
  let after: string | undefined;
  do {
    const rest = limit - found.length;
    const page = await messaging.list({ limit: rest, where, ...(after === undefined ? {} : { after }) });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined && found.length < limit);
  return found;
}

function forPrograms(message: QueuedMessage) {
  const { id, realm, channel, template, state, tries, createdAt, dueAt, endedAt, attempts } = message;
  const to = masked(message.to);
  const next = state === 'waiting' ? { dueAt } : { endedAt };
  return { id, at: createdAt, realm, channel, to, template, state, tries, ...next, attempts };
}

function forPeople(message: QueuedMessage): string {
  const last = message.attempts.at(-1);
  const news =
    message.state === 'waiting' ? `next try ${message.dueAt.toISOString()}` : (message.endedAt?.toISOString() ?? '');
  const parts = [
    message.createdAt.toISOString(),
    message.realm,
    message.template,
    masked(message.to),
    message.state,
    news,
  ];
  return [...parts, ...(last === undefined || message.state === 'sent' ? [] : [last.reply])].join('  ');
}

/** `m…@example.com`; of a number, its last two digits. */
function masked(to: string): string {
  const at = to.lastIndexOf('@');
  return at < 1 ? `…${to.slice(-2)}` : `${[...to][0] ?? ''}…${to.slice(at)}`;
}

function readState(text: string): MessageState {
  const state = states.find((one) => one === text);
  if (state === undefined) throw new InvalidArgumentError(`It is one of ${states.join(', ')}.`);
  return state;
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw new InvalidArgumentError('It is from 1 to 1000.');
  return limit;
}
