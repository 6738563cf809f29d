import { type Command, InvalidArgumentError } from 'commander';
import { createRun, type Json, noRealm, wholeNumber } from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import type { Messaging } from './messaging.ts';
import type { MessageState, QueuedMessage } from './queue.ts';

export { type AllowanceCommandsContext, allowanceCommands } from './allowance/commands.ts';

/** What the commands work on, opened when one of them runs. */
export interface MessagingCommandsContext {
  readonly messaging: Pick<Messaging, 'test' | 'list'>;
  hasRealm(realm: string): Promise<boolean>;
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

interface ListOptions extends Json {
  readonly state?: MessageState;
  readonly limit: number;
}

/** `gatehouse mail …` and `gatehouse messages …`, which it returns. Exit code 0: done; 1: refused, with the reason on stderr. */
export function messagingCommands(program: Command, open: Open): Command {
  const run = createRun(program, open);

  program
    .command('mail')
    .description('the mail server')
    .command('test')
    .description('send a test mail at once, and say what the server answered')
    .argument('<address>')
    .option('--realm <realm>', 'whose name and colours it has; the first one otherwise')
    .option('--json')
    .action((address: string, options: Json & { readonly realm?: string }) =>
      run(options, async ({ messaging }) => {
        const sent = await messaging.test(address, options.realm);
        if (sent.ok) return { lines: [`sent to ${address}: ${sent.reply}`], json: sent };
        const hint = sent.why === 'unfit' ? '' : ` (${advice[sent.why]})`;
        return { refused: `not sent: ${sent.reply}${hint}`, json: sent };
      }),
    );

  const messages = program
    .command('messages')
    .description('messages on their way, and what codes by telephone may and do cost');
  messages
    .command('list')
    .description('newest first; addresses are masked')
    .argument('[realm]', 'all of them when left out')
    .option('--state <state>', `one of ${states.join(', ')}`, readState)
    .option('--limit <number>', 'how many', wholeNumber(1, 1_000), 20)
    .option('--json', 'an array of messages')
    .action((realm: string | undefined, options: ListOptions) =>
      run(options, async (context) => {
        if (realm !== undefined && !(await context.hasRealm(realm))) return noRealm(realm);
        const found = await collect(context.messaging, realm, options);
        const lines = found.length === 0 ? ['no messages'] : table([heads, ...found.map(rowOf)]);
        return { lines, json: found.map(forPrograms) };
      }),
    );
  return messages;
}

async function collect(
  messaging: Pick<Messaging, 'list'>,
  realm: string | undefined,
  { state, limit }: ListOptions,
): Promise<QueuedMessage[]> {
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

const heads = ['AT', 'REALM', 'TEMPLATE', 'TO', 'STATE', 'SINCE, OR NEXT TRY', 'LAST ANSWER'];

function rowOf(message: QueuedMessage): readonly string[] {
  const { createdAt, realm, template, to, state, dueAt, endedAt } = message;
  const news = state === 'waiting' ? dueAt.toISOString() : (endedAt?.toISOString() ?? '');
  const last = state === 'sent' ? undefined : message.attempts.at(-1);
  return [createdAt.toISOString(), realm, template, masked(to), state, news, last?.reply ?? ''];
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
