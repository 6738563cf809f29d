import type { TakeCensus } from '../rollout/index.ts';
import { createJudge } from './judge.ts';
import { type SurveyDeps, surveyBeside } from './survey.ts';
import { linesOf } from './world.ts';

/** What roll-outs look at people by: a realm read once, and people judged in it as previews judge them. */
export function createCensus(deps: Omit<SurveyDeps, 'rollouts'>): TakeCensus {
  return async (realm, rollouts) => {
    const { world, see } = await surveyBeside(deps, realm);
    const judges = {
      with: createJudge({ ...world, rollouts: rollouts.with }, undefined),
      without: createJudge({ ...world, rollouts: rollouts.without }, undefined),
    };
    return (user) => {
      const somebody = see(user);
      return {
        organizations: new Set(linesOf(world, somebody.memberships).flatMap(({ line }) => line.map(({ id }) => id))),
        standing: (which) => judges[which](somebody).standing,
      };
    };
  };
}
