import { randomUUID } from 'node:crypto';
import type { Wave } from '../../src/rollout/index.ts';
import type { RunningApp } from '../support/app.ts';
import { operator } from '../tokens/tokens-for-tests.ts';
import type { Planned } from './cases.ts';

const realm = 'trial';

/** Puts these in place of all there are; what names an organization that is not there is left out. */
export async function rollOut(
  { app, clock }: RunningApp,
  planned: readonly Planned[],
  organizations: readonly string[],
): Promise<void> {
  const { rollouts } = app;
  for (const before of await rollouts.list(realm)) {
    await rollouts.stop(before, operator, 0);
    await rollouts.remove(before, operator);
  }
  for (const { rules, scope, waves, state } of planned) {
    const now = clock.now().getTime();
    const there = (wanted: readonly number[]) => wanted.flatMap((at) => organizations[at] ?? []);
    const timed = waves.map(({ startsInMinutes, who }): Wave => {
      const startsAt = new Date(now + startsInMinutes * 60_000);
      return 'share' in who ? { startsAt, share: who.share } : { startsAt, organizations: there(who.organizations) };
    });
    const organization = scope === undefined ? undefined : organizations[scope];
    const made = await rollouts.create(
      {
        ...{ realm, name: randomUUID(), rules, stopAbovePercent: 100 },
        ...(organization === undefined ? {} : { organization }),
        waves: timed.filter((wave) => wave.organizations === undefined || wave.organizations.length > 0),
      },
      operator,
    );
    // Without a wave left there is nothing to roll out.
    if (!made.ok || state === 'draft') continue;
    const { rollout } = made;
    await rollouts.start(rollout, operator);
    if (state === 'paused') await rollouts.pause(rollout, operator);
    if (state === 'stopped') await rollouts.stop(rollout, operator, 0);
    if (state === 'stopped_later') await rollouts.stop(rollout, operator, 1);
  }
}
