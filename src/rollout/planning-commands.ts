import { type Outcome, operator } from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import type { RolloutCommandsContext } from './commands-context.ts';
import { dayTable, latestOf, percentOf, rolloutJson, shown, waveTable } from './lines.ts';
import { numberOf, readRules, readWaves } from './read-options.ts';
import { type Figures, noFigures, type Rollout, type Stand } from './rollout.ts';

export interface CreateOptions {
  readonly wave: readonly string[];
  readonly organization?: string;
  readonly stopAbove?: string;
  readonly remindBefore?: string;
  readonly remindAfter?: string;
}

/** The days in which the latest figures of a wave are looked for. */
const recentDays = 14;
const longestList = 500;

export async function create(
  context: RolloutCommandsContext,
  realm: string,
  name: string,
  pairs: readonly string[],
  options: CreateOptions,
): Promise<Outcome> {
  const rules = readRules(pairs);
  const waves = await readWaves(context, realm, options.wave);
  const { organization: ref } = options;
  const organization = ref === undefined ? undefined : await context.people.tenancy.organizations.named(realm, ref);
  const faults = [
    ...('faults' in rules ? rules.faults : []),
    ...('faults' in waves ? waves.faults : []),
    ...(options.wave.length === 0 ? ['say when and who: --wave 2027-06-01=10%, once for each wave'] : []),
    ...(ref !== undefined && organization === undefined ? [`there is no organization "${ref}"`] : []),
    ...(['stopAbove', 'remindBefore', 'remindAfter'] as const).flatMap((option) =>
      options[option] !== undefined && numberOf(options[option]) === undefined
        ? [`"${options[option]}" is no number`]
        : [],
    ),
  ];
  if ('faults' in rules || 'faults' in waves || faults.length > 0) return { refused: faults, isUsage: true };
  const [above, before, after] = [options.stopAbove, options.remindBefore, options.remindAfter].map(numberOf);
  const created = await context.rollouts.create(
    {
      ...{ realm, name, rules: rules.value, waves: waves.value },
      ...(organization === undefined ? {} : { organization: organization.id }),
      ...(above === undefined ? {} : { stopAbovePercent: above }),
      ...(before === undefined ? {} : { remindBeforeDays: before }),
      ...(after === undefined ? {} : { remindAfterDays: after }),
    },
    operator,
  );
  if (!created.ok) return { refused: created.faults };
  const { rollout } = created;
  return {
    lines: [
      `roll-out "${rollout.name}" is planned; nobody is bound yet`,
      ...(await waveTable(context, rollout, new Map())),
      `next: gatehouse rollout show ${realm} "${rollout.name}" --preview`,
    ],
    json: rolloutJson(rollout, new Map(), context.clock.now()),
  };
}

export async function list({ rollouts, clock }: RolloutCommandsContext, realm: string): Promise<Outcome> {
  const all = await rollouts.list(realm);
  const rows = await Promise.all(
    all.map(async (rollout) => ({ rollout, figures: latestOf(await rollouts.progress(rollout, recentDays)) })),
  );
  if (rows.length === 0) return { lines: [`"${realm}" has no roll-outs`], json: [] };
  return {
    lines: table([
      ['NAME', 'STATE', 'WAVES', 'FROM', 'TO', 'READY', 'ID'],
      ...rows.map(({ rollout: { name, state, waves, id }, figures }) => {
        const { ready, people } = sumOf(figures);
        const [first, last] = [waves[0], waves.at(-1)].map((wave) => (wave === undefined ? '' : shown(wave.startsAt)));
        return [name, state, String(waves.length), first ?? '', last ?? '', percentOf(ready, people), id];
      }),
    ]),
    json: rows.map(({ rollout, figures }) => rolloutJson(rollout, figures, clock.now())),
  };
}

function sumOf(figures: ReadonlyMap<number, Figures>): Figures {
  return [...figures.values()].reduce(
    (sum, each) => ({ ...sum, people: sum.people + each.people, ready: sum.ready + each.ready }),
    noFigures,
  );
}

export async function show(context: RolloutCommandsContext, rollout: Rollout, isPreview: boolean): Promise<Outcome> {
  const { rollouts, clock, people } = context;
  const figures = isPreview
    ? ((await rollouts.preview(rollout)) ?? new Map<number, Figures>())
    : latestOf(await rollouts.progress(rollout, recentDays));
  const { realm, organization, rules, state, stopAbovePercent, remindBeforeDays, remindAfterDays } = rollout;
  const scope = organization === undefined ? undefined : await people.tenancy.organizations.get(realm, organization);
  const days = (count: number) => (count === 0 ? 'never' : `${count} days`);
  const since = rollout.heldAt === undefined ? '' : ` since ${shown(rollout.heldAt)}`;
  return {
    lines: [
      `${rollout.name}: ${state}${since}`,
      ...(organization === undefined ? [] : [`only: ${scope?.name ?? organization}`]),
      ...Object.entries(rules).map(([rule, value]) => `  ${rule}: ${JSON.stringify(value)}`),
      `reminders: ${days(remindBeforeDays)} before, ${days(remindAfterDays)} after; stops above ${stopAbovePercent} %`,
      ...(isPreview ? ['if every wave began now:'] : []),
      ...(await waveTable(context, rollout, figures)),
    ],
    json: rolloutJson(rollout, figures, clock.now()),
  };
}

export interface ProgressOptions {
  readonly days?: string;
  readonly now?: boolean;
  readonly people?: string;
}

const stands: readonly Stand[] = ['ready', 'asked', 'stuck', 'failed'];

const whyNothing = ({ state }: Rollout) =>
  state === 'draft' ? 'it is not started' : 'servers look every five minutes, --now looks now';

export async function progress(
  context: RolloutCommandsContext,
  rollout: Rollout,
  options: ProgressOptions,
): Promise<Outcome> {
  const days = options.days === undefined ? recentDays : numberOf(options.days);
  if (days === undefined || !Number.isInteger(days) || days < 1 || days > 366) {
    return { refused: ['--days: 1 to 366'], isUsage: true };
  }
  const stand = stands.find((each) => each === options.people);
  if (options.people !== undefined && stand === undefined) {
    return { refused: [`--people: ${stands.join(', ')}`], isUsage: true };
  }
  if (options.now === true) await context.rollouts.work(rollout, false);
  if (stand !== undefined) return listPeople(context, rollout, stand);
  const found = await context.rollouts.progress(rollout, days);
  if (found.length === 0) return { lines: [`nothing yet: ${whyNothing(rollout)}`], json: [] };
  return {
    lines: dayTable(found),
    json: found.map(({ id: _id, rollout: _rollout, ...day }) => day),
  };
}

async function listPeople(context: RolloutCommandsContext, rollout: Rollout, stand: Stand): Promise<Outcome> {
  const found = await context.rollouts.standing(rollout, stand, longestList);
  const people = await Promise.all(
    found.map(async ({ userId, wave }) => {
      const user = await context.people.get(rollout.realm, userId);
      return { wave, id: userId, name: user?.name ?? '', identifier: user?.email ?? user?.username ?? '' };
    }),
  );
  const rows = people.map(({ wave, name, identifier, id }) => [String(wave ?? ''), name, identifier, id]);
  return {
    lines: people.length === 0 ? [`nobody is ${stand}`] : table([['WAVE', 'NAME', 'IDENTIFIER', 'ID'], ...rows]),
    json: people,
  };
}
