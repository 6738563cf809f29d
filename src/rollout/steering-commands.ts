import { type Outcome, operator } from '../command-line/index.ts';
import type { RolloutCommandsContext } from './commands-context.ts';
import { latestOf, percentOf, rolloutJson, waveTable } from './lines.ts';
import { numberOf } from './read-options.ts';
import type { Changed } from './register.ts';
import type { Figures, Rollout, RolloutState } from './rollout.ts';
import { isInForce } from './waves.ts';
import { isOver } from './work.ts';

const none: ReadonlyMap<number, Figures> = new Map();

const refusals = {
  absent: 'it is not there any more',
  strands_admins:
    'nobody who administers the realm could sign in once its waves have begun; give one of them what it asks for first',
} as const;

async function answer(
  context: RolloutCommandsContext,
  changed: Changed,
  said: string,
  figures = none,
): Promise<Outcome> {
  if (!changed.ok) return changed.why === 'state' ? not(changed.state) : { refused: [refusals[changed.why]] };
  const { rollout } = changed;
  return {
    lines: [said, ...(await waveTable(context, rollout, figures))],
    json: rolloutJson(rollout, figures, context.clock.now()),
  };
}

const not = (state: RolloutState): Outcome => ({ refused: [`it is ${state === 'draft' ? 'not started' : state}`] });

/** With a look at everybody first: nobody should be shut out by a start. */
export async function begin(context: RolloutCommandsContext, rollout: Rollout, isForced: boolean): Promise<Outcome> {
  if (rollout.state !== 'draft') return not(rollout.state);
  const figures = (await context.rollouts.preview(rollout)) ?? none;
  const over = [...figures].filter(([, each]) => isOver(rollout, each));
  if (over.length > 0 && !isForced) {
    return {
      refused: [
        ...over.map(
          ([at, { stuck, people }]) =>
            `wave ${at + 1}: ${stuck} of ${people} (${percentOf(stuck, people)}) would be stuck, more than ${rollout.stopAbovePercent} %`,
        ),
        'it was not started; `gatehouse rollout show … --preview` has the figures, --force starts it all the same',
      ],
      json: rolloutJson(rollout, figures, context.clock.now()),
    };
  }
  const started = await context.rollouts.start(rollout, operator);
  return answer(context, started, `"${rollout.name}" is running`, figures);
}

export async function hold(context: RolloutCommandsContext, rollout: Rollout): Promise<Outcome> {
  return answer(context, await context.rollouts.pause(rollout, operator), `"${rollout.name}" is paused`);
}

export async function carryOn(
  context: RolloutCommandsContext,
  rollout: Rollout,
  stopAbove: string | undefined,
): Promise<Outcome> {
  const above = numberOf(stopAbove);
  if (stopAbove !== undefined && (above === undefined || above > 100)) {
    return { refused: ['--stop-above: 0 to 100'], isUsage: true };
  }
  return answer(context, await context.rollouts.resume(rollout, operator, above), `"${rollout.name}" is running`);
}

/** The latest wave that is bound, unless another is named. */
export async function end(
  context: RolloutCommandsContext,
  rollout: Rollout,
  fromWave: string | undefined,
): Promise<Outcome> {
  const now = context.clock.now();
  const bound = [...rollout.waves.keys()].filter((at) => isInForce(rollout, at, now));
  const wave = fromWave === undefined ? (bound.at(-1) ?? 0) + 1 : numberOf(fromWave);
  if (wave === undefined || !Number.isInteger(wave) || wave < 1 || wave > rollout.waves.length) {
    return { refused: [`--from-wave: 1 to ${rollout.waves.length}`], isUsage: true };
  }
  const stopped = await context.rollouts.stop(rollout, operator, wave - 1);
  return answer(context, stopped, `"${rollout.name}" is stopped from wave ${wave} on`);
}

export async function remove({ rollouts }: RolloutCommandsContext, rollout: Rollout): Promise<Outcome> {
  const removed = await rollouts.remove(rollout, operator);
  if (removed.ok) return { lines: [`"${rollout.name}" is removed`], json: { id: rollout.id, name: rollout.name } };
  if (removed.why !== 'state') return { refused: [refusals[removed.why]] };
  const first = `\`gatehouse rollout stop ${rollout.realm} "${rollout.name}" --from-wave 1\``;
  return { refused: [`people of its waves are bound, or will be; stop it first: ${first}`] };
}

export async function remind(context: RolloutCommandsContext, rollout: Rollout): Promise<Outcome> {
  if (rollout.state !== 'running') return not(rollout.state);
  const worked = await context.rollouts.work(rollout, true);
  const now = (await context.rollouts.find(rollout.realm, rollout.id)) ?? rollout;
  const reminded = worked?.reminded ?? 0;
  const stopped = worked?.stoppedFrom;
  return {
    lines: [
      `${reminded} ${reminded === 1 ? 'mail' : 'mails'} on their way`,
      ...(stopped === undefined ? [] : [`it stopped by itself from wave ${stopped + 1} on`]),
      ...(await waveTable(context, now, worked?.figures ?? latestOf([]))),
    ],
    json: { reminded, ...rolloutJson(now, worked?.figures ?? none, context.clock.now()) },
  };
}
