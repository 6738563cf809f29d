import type { Command } from 'commander';
import type { Factors, Method } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Actor, People } from '../people/index.ts';
import type { Objection } from '../policy/index.ts';
import { methodNotices } from './method-notices.ts';

/** What the commands work on, opened when one of them runs. */
export interface MethodCommandsContext {
  readonly people: Pick<People, 'find' | 'get'>;
  readonly methods: Pick<Factors['methods'], 'of' | 'remove'>;
  readonly clock: Clock;
  hasRealm(realm: string): Promise<boolean>;
  /** What speaks against taking these from the person. */
  judgeRemoval(realm: string, userId: string, methodIds: readonly string[]): Promise<Objection | undefined>;
  close(): Promise<void>;
}

/** Lines for people and a value for programs; or why nothing was done. */
type Outcome = { readonly lines: readonly string[]; readonly json: unknown } | { readonly refused: readonly string[] };

const operator: Actor = { kind: 'operator' };

/** `gatehouse method …`. Exit code 0: done; 1: refused, with the reason and the way out on stderr. */
export function methodCommands(program: Command, open: () => Promise<MethodCommandsContext>): void {
  const method = program.command('method').description('what people set up to prove who they are');
  const io = program.configureOutput();

  async function run(
    realm: string,
    identifier: string,
    isJson: boolean,
    act: (context: MethodCommandsContext, userId: string) => Promise<Outcome>,
  ): Promise<void> {
    const context = await open();
    try {
      const outcome = await forPerson(context, realm, identifier, act);
      if ('refused' in outcome) {
        io.writeErr?.(outcome.refused.map((line) => `gatehouse: ${line}\n`).join(''));
        process.exitCode = 1;
        return;
      }
      const text = outcome.lines.map((line) => `${line}\n`).join('');
      io.writeOut?.(isJson ? `${JSON.stringify(outcome.json)}\n` : text);
    } finally {
      await context.close();
    }
  }

  method
    .command('list')
    .description('those of a person, the primary one first')
    .argument('<realm>')
    .argument('<person>', 'email, user name or id')
    .option('--json')
    .action((realm: string, person: string, { json = false }: { json?: boolean }) =>
      run(realm, person, json, async ({ methods }, userId) => {
        const theirs = await methods.of(realm, userId);
        return { lines: theirs.map(lineOf), json: theirs.map(summaryOf) };
      }),
    );

  method
    .command('remove')
    .description('take a method from a person, who is told by mail; not the last one that policy needs')
    .argument('<realm>')
    .argument('<person>', 'email, user name or id')
    .argument('<method>', 'its id, from `gatehouse method list`')
    .option('--json')
    .action((realm: string, person: string, id: string, { json = false }: { json?: boolean }) =>
      run(realm, person, json, (context, userId) => remove(context, realm, userId, id)),
    );
}

async function forPerson(
  context: MethodCommandsContext,
  realm: string,
  identifier: string,
  act: (context: MethodCommandsContext, userId: string) => Promise<Outcome>,
): Promise<Outcome> {
  if (!(await context.hasRealm(realm)))
    return { refused: [`there is no realm "${realm}"; see \`gatehouse realm list\``] };
  const person = (await context.people.find(realm, identifier)) ?? (await context.people.get(realm, identifier));
  if (person !== undefined) return act(context, person.id);
  return { refused: [`nobody in "${realm}" is known as "${identifier}"; see \`gatehouse user list ${realm}\``] };
}

async function remove(context: MethodCommandsContext, realm: string, userId: string, id: string): Promise<Outcome> {
  const { people, methods, clock } = context;
  const method = (await methods.of(realm, userId)).find((each) => each.id === id);
  if (method === undefined) return { refused: [`this person has no method "${id}"; see \`gatehouse method list\``] };
  const objection = await context.judgeRemoval(realm, userId, [id]);
  if (objection !== undefined) return { refused: saying(objection, realm) };
  const person = await people.get(realm, userId);
  const told = person === undefined ? [] : methodNotices('method-removed', person, method, clock.now());
  const removed = await methods.remove(realm, id, { actor: operator }, told);
  if (!removed.ok) return { refused: [`this person has no method "${id}" (any more)`] };
  return { lines: [`removed ${method.name ?? method.kind}`], json: summaryOf(method) };
}

/** Why not, and what to do first. */
export function saying({ why, instead = [] }: Objection, realm: string): readonly string[] {
  if (why === 'last_admin') return ['nobody who administers the realm could sign in any more; nothing was changed'];
  const first =
    instead.length === 0
      ? 'they can set up nothing else that policy takes'
      : `have them set up another first: ${instead.join(', ')}`;
  return [
    `policy needs this method: without it this person would not be ready; ${first}`,
    `\`gatehouse policy explain ${realm} --person …\` says which rule it is; nothing was changed`,
  ];
}

const summaryOf = ({ id, kind, name, state, createdAt, lastUsedAt }: Method) => ({
  ...{ id, kind, name: name ?? null, state, createdAt },
  lastUsedAt: lastUsedAt ?? null,
});

function lineOf({ id, kind, name, state, lastUsedAt }: Method): string {
  const used = lastUsedAt === undefined ? 'never used' : `last used ${lastUsedAt.toISOString()}`;
  return [id, kind, name ?? '-', state, used].join('\t');
}
