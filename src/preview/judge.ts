import { bondsOf, portalsBeside } from '../binding/index.ts';
import { combine, createJudgeStanding, type Standing } from '../policy/index.ts';
import type { Portal } from '../realm/index.ts';
import { rolledOutTo } from '../rollout/index.ts';
import { linesOf, type Somebody, type World } from './world.ts';

export type Judge = (somebody: Somebody) => Standing;

const severity = { ready: 0, asked: 1, stuck: 2 } as const;

/**
 * Says how people stand in this world, at `portal` or anywhere: by `policy`, whose rules are combined once for all who
 * are bound alike. Of several organizations that a session could be for, the one in which they stand worst counts.
 */
export function createJudge(world: World, portal: Portal | undefined): Judge {
  const bound = new Map<string, Judge>();

  function judgeFor(somebody: Somebody): Judge {
    const { sessions, memberships } = rulesFor(world, somebody, portal);
    const { factors, now } = world;
    const judges = sessions.map((rules) => createJudgeStanding({ rules, factors, now }));
    return onceEach(({ kinds, provided, postponed }) => {
      const methods = kinds.map((kind) => ({ kind }));
      const toPlace = { methods, provided, memberships, ...(postponed === undefined ? {} : { postponed }) };
      return worst(judges.map((judge) => judge(toPlace)));
    });
  }

  return (somebody) => {
    const key = `${bondsKey(somebody)}|${wavesKey(world, somebody)}`;
    let judge = bound.get(key);
    if (judge === undefined) {
      judge = judgeFor(somebody);
      bound.set(key, judge);
    }
    return judge(somebody);
  };
}

/** The rules that hold for somebody, in each session of theirs that could be; and the roles that count in them. */
export function rulesFor(world: World, somebody: Somebody, portal: Portal | undefined) {
  const { id, name, policy } = somebody;
  const lines = linesOf(world, somebody.memberships);
  const beside = portalsBeside(lines, somebody.portals, portal).map((clientId) => world.portals.get(clientId));
  const person = { id, name, ...(policy === undefined ? {} : { policy }) };
  const { realm, rollouts, now } = world;
  const given = { realm, lines, portal, beside, person, rolling: { rollouts, now } };
  const { choices, levels, memberships } = bondsOf(given);
  const sessions = choices.length > 1 ? choices.map((choice) => levels(choice.id)) : [levels(undefined)];
  return { sessions: sessions.map((each) => combine(each)), memberships };
}

/** Which waves they are in that have begun. */
function wavesKey(world: World, { id, memberships }: Somebody): string {
  const { rollouts, now } = world;
  if (rollouts.length === 0) return '';
  const organizations = new Set(linesOf(world, memberships).flatMap(({ line }) => line.map((each) => each.id)));
  return rolledOutTo(rollouts, { id, organizations }, now)
    .map(({ level }) => level.id)
    .join(' ');
}

/** People of one key, and in the same waves, are under the same rules, and hold the same roles. */
function bondsKey({ id, policy, memberships, portals }: Somebody): string {
  const held = memberships.map(({ organization, role }) => `${organization}:${role}`).join(' ');
  return `${held}|${portals.join(' ')}|${policy === undefined ? '' : id}`;
}

/** Most people have the same few things: they are told apart by a short text before policy is asked. */
function onceEach(judge: Judge): Judge {
  const known = new Map<string, Standing>();
  return (somebody) => {
    const { kinds, provided, postponed } = somebody;
    const key = `${kinds.join(' ')}|${provided.join(' ')}|${postponed?.times ?? ''}@${postponed?.since.getTime() ?? ''}`;
    let standing = known.get(key);
    if (standing === undefined) {
      standing = judge(somebody);
      known.set(key, standing);
    }
    return standing;
  };
}

function worst(standings: readonly Standing[]): Standing {
  return standings.reduce((one, other) => (severity[other.standing] > severity[one.standing] ? other : one));
}
