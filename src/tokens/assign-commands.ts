import type { Command } from 'commander';
import { type Json, nobody, operator, type RunInRealm } from '../command-line/index.ts';
import { type TokenCommandsContext, told } from './commands-context.ts';
import { summaryOf } from './token-lines.ts';

/** `gatehouse token assign | unassign`. */
export function assignCommands(token: Command, run: RunInRealm<TokenCommandsContext>): void {
  token
    .command('assign')
    .description('give a token to a person, who has still to register it')
    .argument('<realm>')
    .argument('<credential-id>')
    .argument('<person>', 'email, user name or id')
    .option('--active', 'it is asked for from the next sign-in on, without being registered')
    .option('--json')
    .action((realm: string, id: string, identifier: string, options: Json & { readonly active?: boolean }) =>
      run(realm, options, async (context) => {
        const person = await context.personOf(realm, identifier);
        if (person === undefined) return nobody(realm, identifier);
        const most = await context.peoplePerToken(realm, person.id);
        const assigned = await context.tokens.assign(realm, id, person.id, most, operator);
        const found = assigned.ok ? assigned.token : await context.tokens.find(realm, id);
        const isTheirs = found?.people.includes(person.id) === true;
        if (options.active === true && found !== undefined && isTheirs) {
          await context.activate(realm, person.id, found, operator);
          return { lines: [`${found.credentialId} is asked of ${person.label}`], json: summaryOf(found) };
        }
        return told(`assigned to ${person.label}:`, assigned);
      }),
    );

  token
    .command('unassign')
    .description('take a token from a person, who is not asked for it any more; or from everybody')
    .argument('<realm>')
    .argument('<credential-id>')
    .argument('[person]', 'email, user name or id')
    .option('--json')
    .action((realm: string, id: string, identifier: string | undefined, options: Json) =>
      run(realm, options, async (context) => {
        const person = identifier === undefined ? undefined : await context.personOf(realm, identifier);
        if (identifier !== undefined && person === undefined) return nobody(realm, identifier);
        const before = await context.tokens.find(realm, id);
        // Also when it was not theirs any more: an unassigning that was cut off is ended by doing it again.
        const leaving = person === undefined ? (before?.people ?? []) : [person.id];
        const unassign = async () => {
          const changed = await context.tokens.unassign(realm, id, person?.id, operator);
          if (before !== undefined)
            for (const userId of leaving) await context.deactivate(realm, userId, before, operator);
          return told('unassigned', changed);
        };
        if (before === undefined) return unassign();
        const taken = await context.taking(realm, leaving, before, unassign);
        return taken.ok ? taken.value : { refused: taken.refused };
      }),
    );
}
