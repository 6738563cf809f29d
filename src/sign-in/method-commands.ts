import type { Command } from 'commander';
import {
  aboutPerson,
  createRunInRealm,
  type Json,
  nobody,
  type Outcome,
  operator,
  personOf,
} from '../command-line/index.ts';
import type { Factors, Method } from '../factors/index.ts';
import { type Clock, table } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Objection } from '../policy/index.ts';

/** What the commands work on, opened when one of them runs. */
export interface MethodCommandsContext {
  readonly people: Pick<People, 'find' | 'get'>;
  readonly methods: Pick<Factors['methods'], 'of' | 'remove'>;
  readonly clock: Clock;
  hasRealm(realm: string): Promise<boolean>;
  /** Does `act`, unless something speaks against taking these from the person. */
  removing<R>(
    realm: string,
    methods: readonly { readonly userId: string; readonly ids: readonly string[] }[],
    act: () => Promise<R>,
  ): Promise<{ readonly ok: true; readonly value: R } | { readonly ok: false; readonly objection: Objection }>;
  close(): Promise<void>;
}

/** `gatehouse method …`. Exit code 0: done; 1: refused, with the reason and the way out on stderr. */
export function methodCommands(program: Command, open: () => Promise<MethodCommandsContext>): void {
  const method = program.command('method').description('what people set up to prove who they are');
  const runInRealm = createRunInRealm(program, open, (context, realm) => context.hasRealm(realm));
  const run = (
    realm: string,
    identifier: string,
    options: Json,
    act: (context: MethodCommandsContext, userId: string) => Promise<Outcome>,
  ) =>
    runInRealm(realm, options, async (context) => {
      const person = await personOf(context, realm, identifier);
      return person === undefined ? nobody(realm, identifier) : act(context, person.id);
    });

  method
    .command('list')
    .description('those of a person, the primary one first')
    .argument('<realm>')
    .argument('<person>', aboutPerson)
    .option('--json')
    .action((realm: string, person: string, options: Json) =>
      run(realm, person, options, async ({ methods }, userId) => {
        const theirs = await methods.of(realm, userId);
        const lines = theirs.length === 0 ? ['no methods'] : table([heads, ...theirs.map(rowOf)]);
        return { lines, json: theirs.map(summaryOf) };
      }),
    );

  method
    .command('remove')
    .description('take a method from a person, who is told by mail; not the last one that policy needs')
    .argument('<realm>')
    .argument('<person>', aboutPerson)
    .argument('<method>', 'its id, from `gatehouse method list`')
    .option('--json')
    .action((realm: string, person: string, id: string, options: Json) =>
      run(realm, person, options, (context, userId) => remove(context, realm, userId, id)),
    );
}

async function remove(context: MethodCommandsContext, realm: string, userId: string, id: string): Promise<Outcome> {
  const { people, methods, clock } = context;
  const method = (await methods.of(realm, userId)).find((each) => each.id === id);
  if (method === undefined) return { refused: [`this person has no method "${id}"; see \`gatehouse method list\``] };
  const person = await people.get(realm, userId);
  const { methodNotices } = await import('./method-notices.ts');
  const told = person === undefined ? [] : methodNotices('method-removed', person, method, clock.now());
  const removed = await context.removing(realm, [{ userId, ids: [id] }], () =>
    methods.remove(realm, id, { actor: operator }, told),
  );
  if (!removed.ok) return { refused: saying(removed.objection, realm) };
  if (!removed.value.ok) return { refused: [`this person has no method "${id}" (any more)`] };
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

const heads = ['KIND', 'NAME', 'STATE', 'LAST USED', 'ID'];

function rowOf({ id, kind, name, state, lastUsedAt }: Method): readonly string[] {
  return [kind, name ?? '-', state, lastUsedAt?.toISOString() ?? 'never', id];
}
