import type { Logger } from 'pino';
import type { Clock } from '../kernel/index.ts';
import type { Realms } from '../realm/index.ts';
import { createRounds, type Leases } from '../store/index.ts';
import type { Keys } from './keys.ts';

export interface KeyRotation {
  start(): void;
  stop(): Promise<void>;
  /** One round now, whoever holds the lease. Returns the realms whose keys were replaced. */
  rotateDue(): Promise<readonly string[]>;
}

export interface KeyRotationParts {
  readonly realms: Pick<Realms, 'list'>;
  readonly keys: Pick<Keys, 'list' | 'rotate' | 'forgetGone'>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Logger;
}

const everyMs = 10 * 60_000;
const leaseS = 15 * 60;
const dayMs = 24 * 3_600_000;

/** Replaces signing keys where a realm wants that (`keys.rotateEveryDays`), and destroys those that are over. */
export function createKeyRotation({ realms, keys, leases, clock, log }: KeyRotationParts): KeyRotation {
  async function isDue(realm: string, days: number): Promise<boolean> {
    const newest = Math.max(...(await keys.list(realm)).map(({ createdAt }) => createdAt.getTime()));
    return clock.now().getTime() >= newest + days * dayMs;
  }

  async function rotateDue(): Promise<readonly string[]> {
    const rotated: string[] = [];
    for (const { id, keys: wanted } of await realms.list()) {
      await keys.forgetGone(id);
      if (wanted === undefined || !(await isDue(id, wanted.rotateEveryDays))) continue;
      const { ok, signsFrom } = await keys.rotate(id, { actor: { kind: 'system' } });
      if (!ok) continue;
      log.info({ realm: id, signsFrom }, 'keys: new ones are published');
      rotated.push(id);
    }
    return rotated;
  }

  const rounds = createRounds(
    'keys',
    everyMs,
    async () => {
      if (await leases.hold('keys', leaseS)) await rotateDue();
    },
    log,
  );
  return {
    rotateDue,
    start: () => rounds.start(),
    async stop() {
      await rounds.stop();
      await leases.release('keys').catch(() => undefined);
    },
  };
}
