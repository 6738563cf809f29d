import type { Command } from 'commander';
import { type Json, labelOf, nobody, noPortal, operator, personOf, type RunInRealm } from '../../command-line/index.ts';
import { type PeopleCommandsContext, refusals } from '../commands-context.ts';

/** `gatehouse user subscribe`, `unsubscribe`: what somebody has on their own, beside what their organizations have. */
export function userSubscriptionCommands(user: Command, run: RunInRealm<PeopleCommandsContext>): void {
  for (const [name, verb, about] of [
    ['subscribe', 'add', 'a person to a portal, whose rules bind them from then on wherever they sign in'],
    ['unsubscribe', 'remove', 'a person from a portal'],
  ] as const) {
    user
      .command(name)
      .description(about)
      .argument('<realm>')
      .argument('<identifier>', 'email, user name or id')
      .argument('<portal>', 'client id')
      .option('--json')
      .action((realm: string, identifier: string, portal: string, options: Json) =>
        run(realm, options, async (context) => {
          const person = await personOf(context, realm, identifier);
          if (person === undefined) return nobody(realm, identifier);
          if (verb === 'add' && !(await context.hasPortal(realm, portal))) return noPortal(realm, portal);
          const key = { realm, portal, kind: 'user', holder: person.id } as const;
          const changed = await context.people.tenancy.subscriptions[verb](key, operator);
          return changed.ok
            ? { lines: [`${name}d ${labelOf(person)}: ${portal}`], json: { user: person.id, portal } }
            : { refused: refusals[changed.why] };
        }),
      );
  }
}
