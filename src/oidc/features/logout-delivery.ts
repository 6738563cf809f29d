import type { Provider } from 'oidc-provider';
import type { Clock } from '../../kernel/index.ts';
import { GatehouseError } from '../../kernel/index.ts';
import { createRounds, type Leases, type Log } from '../../store/index.ts';
import { sendLogoutToken } from './backchannel-logout.ts';
import type { LogoutNotice, LogoutNotices } from './logout-notices.ts';

export interface LogoutDeliveryParts {
  readonly notices: LogoutNotices;
  readonly providerOf: (realm: string) => Promise<Provider | undefined>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
}

export interface LogoutDelivery {
  start(): void;
  /** Something new is there. */
  wake(): void;
  stop(): Promise<void>;
  /** Tries what is due, whoever holds the lease; returns how many it tried. */
  workOnce(): Promise<number>;
}

const lease = { name: 'logout-notices', ttlS: 30 };
const pollMs = 1_000;
const batch = 50;
const parallel = 5;
/** Longer than a call may last, so that nobody else begins the same. */
const claimMs = 30_000;
const firstRetryMs = 10_000;
const longestRetryMs = 3_600_000;

/** Tells portals of sign-outs: at once, and again after 10 s, 20 s, 40 s … an hour, until it is told or a day is over. */
export function createLogoutDelivery(parts: LogoutDeliveryParts): LogoutDelivery {
  const { notices, leases, clock, log } = parts;

  async function attempt(held: LogoutNotice): Promise<void> {
    if (clock.now() >= held.expiresAt) return notices.end(held, 'a day was not enough');
    const provider = await parts.providerOf(held.realm);
    const client = await provider?.Client.find(held.clientId);
    // A portal that was removed, or is not to be told any more.
    if (provider === undefined || client?.backchannelLogoutUri === undefined) return notices.end(held);
    try {
      await sendLogoutToken(client, held.sub, held.sid);
    } catch (error) {
      const why = reasonOf(error);
      log.warn({ err: error, realm: held.realm, portal: held.clientId, tries: held.tries }, 'a portal was not told');
      if (isForbidden(error)) return notices.end(held, why);
      return notices.postpone(held, Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(held.tries - 1, 20)));
    }
    return notices.end(held);
  }

  async function workOnce(): Promise<number> {
    const waiting = [...(await notices.due(batch))];
    let tried = 0;
    const workThrough = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const held = await notices.claim(next.id, claimMs);
        if (held === undefined) continue;
        tried += 1;
        await attempt(held);
      }
    };
    await Promise.all(Array.from({ length: parallel }, workThrough));
    return tried;
  }

  const rounds = createRounds(
    lease.name,
    pollMs,
    async () => {
      if ((await leases.hold(lease.name, lease.ttlS)) && (await workOnce()) > 0) rounds.wake();
    },
    log,
  );

  return {
    workOnce,
    start: () => rounds.start(),
    wake: () => rounds.wake(),
    async stop() {
      await rounds.stop();
      await leases.release(lease.name).catch(() => undefined);
    },
  };
}

function isForbidden(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error instanceof GatehouseError && error.code === 'forbidden') || isForbidden(error.cause);
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
