import type { User } from '../people/index.ts';
import {
  combine,
  createJudgeStanding,
  type Facts,
  type Level,
  type PersonToPlace,
  type Standing,
} from '../policy/index.ts';
import type { Realm } from '../realm/index.ts';
import type { Rollout } from './rollout.ts';
import { type RolledOut, rolledOut } from './waves.ts';

/** What binds a person, and what they have. */
export interface Look {
  /** Of every organization that a session could be for, those levels that hold beside `rollouts`. */
  readonly sessions: (rolledOut: (now: readonly RolledOut[]) => readonly RolledOut[]) => readonly (readonly Level[])[];
  /** Ids of all that they belong to, and of those above. */
  readonly organizations: ReadonlySet<string>;
  readonly person: PersonToPlace;
  readonly factors: Facts['factors'];
}

/** Looks a person up; roll-outs do not know who binds and what there is. */
export type LookAt = (realm: Realm, person: User) => Promise<Look>;

type Judge = (person: PersonToPlace) => Standing;
const most = 5_000;

/**
 * Says how people stand under a roll-out as if their wave had begun, and how without it. Of several organizations that a
 * session could be for, the one in which they stand worst counts. For one survey: people bound alike share one judge.
 */
export function createJudgeUnder(rollout: Rollout, now: Date) {
  const judges = new Map<string, Judge>();
  const isOwn = ({ level }: RolledOut) => level.id.startsWith(`${rollout.id}/`);

  function judgeOf(levels: readonly Level[], factors: Facts['factors']): Judge {
    const bound = levels.map(({ kind, id, isElsewhere }) => `${kind}:${id}:${isElsewhere === true}`).join('|');
    const alone = [...factors].map(([kind, { isSelfService }]) => `${kind}:${isSelfService}`).join('|');
    const key = `${bound}#${alone}`;
    const known = judges.get(key);
    if (known !== undefined) return known;
    if (judges.size >= most) judges.clear();
    const judge = createJudgeStanding({ rules: combine(levels), factors, now });
    judges.set(key, judge);
    return judge;
  }

  const worstOf = (look: Look, levels: ReturnType<Look['sessions']>) => {
    const standings = levels.map((each) => judgeOf(each, look.factors)(look.person).standing);
    return (['stuck', 'asked'] as const).find((worst) => standings.includes(worst)) ?? 'ready';
  };

  return {
    with: (look: Look, at: number) =>
      worstOf(
        look,
        look.sessions((others) => [...others.filter((each) => !isOwn(each)), rolledOut(rollout, at)]),
      ),
    without: (look: Look) =>
      worstOf(
        look,
        look.sessions((others) => others.filter((each) => !isOwn(each))),
      ),
  };
}
