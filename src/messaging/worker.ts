import type { Clock } from '../kernel/index.ts';
import { createRounds, type Leases, type Log } from '../store/index.ts';
import type { Queue, QueuedMessage } from './queue.ts';
import type { RenderMessage } from './render.ts';
import { quietMs, retryAfterMs } from './retry.ts';
import { deadlineS, type Sender, type Sent } from './sender.ts';

export interface WorkerParts {
  readonly queue: Queue;
  readonly render: RenderMessage;
  /** By channel; a message of a channel without one waits until it expires. */
  readonly senders: Readonly<Partial<Record<QueuedMessage['channel'], Sender>>>;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly log: Log;
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
}

export interface Worker {
  start(): void;
  /** Something new is there. */
  wake(): void;
  /** Waits for what is being sent, `graceMs` at most; what is cut off is tried again by whoever comes next. */
  stop(graceMs?: number): Promise<void>;
  /** Tries what is due, whoever holds the lease; returns how many it tried. */
  workOnce(): Promise<number>;
}

const pollMs = 1_000;
const leaseS = 30;
const batch = 20;
const parallel = 5;
const claimMs = (deadlineS + 30) * 1000;
// The second time that nobody said whether it was taken is the last: people get a mail twice at most.
const maxDoubts = 2;

export function createWorker(parts: WorkerParts): Worker {
  const { queue, clock, leases, log, random = Math.random } = parts;
  let timesAway = 0;
  let quietUntil = new Date(0);

  async function workOnce(): Promise<number> {
    const now = clock.now();
    if (now < quietUntil) return 0;
    const waiting = [...(await queue.due(now, batch))];
    let tried = 0;
    const workThrough = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const held = await queue.claim(next.id, clock.now(), claimMs);
        if (held === undefined) continue;
        tried += 1;
        const isAway = await attempt(held);
        // The others would fail alike: they keep their turn.
        if (isAway) waiting.length = 0;
      }
    };
    await Promise.all(Array.from({ length: parallel }, workThrough));
    return tried;
  }

  /** True when the server is away. */
  async function attempt(held: QueuedMessage): Promise<boolean> {
    if (clock.now() >= held.expiresAt) {
      await queue.end(held, 'expired', { at: clock.now(), outcome: 'expired', reply: '' });
      log.warn({ message: held.id, template: held.template }, 'a message expired before it could be sent');
      return false;
    }
    if (held.doubts >= maxDoubts) {
      await giveUpInDoubt(held, 'handed over twice, and no answer is known');
      return false;
    }
    const sent = await deliver(held);
    const isAway = !sent.ok && sent.why === 'away';
    timesAway = isAway ? timesAway + 1 : 0;
    if (isAway) quietUntil = new Date(clock.now().getTime() + quietMs(timesAway));
    await settle(held, sent);
    return isAway;
  }

  async function deliver(held: QueuedMessage): Promise<Sent> {
    const sender = parts.senders[held.channel];
    if (sender === undefined) return { ok: false, why: 'later', reply: `nothing sends by ${held.channel} yet` };
    try {
      return await sender.send(await parts.render(held), () => queue.handOver(held));
    } catch (error) {
      log.error({ err: error, message: held.id, template: held.template }, 'a message could not be made');
      return { ok: false, why: 'later', reply: 'could not be made; the log says why' };
    }
  }

  async function settle(held: QueuedMessage, sent: Sent): Promise<void> {
    const at = clock.now();
    const record = { at, outcome: sent.ok ? 'sent' : sent.why, reply: sent.reply };
    if (sent.ok) return queue.end(held, 'sent', record);
    if (sent.why === 'refused') {
      log.warn({ message: held.id, template: held.template, reply: sent.reply }, 'a message was refused for good');
      return queue.end(held, 'refused', record);
    }
    const doubts = held.doubts + (sent.why === 'unconfirmed' ? 1 : 0);
    if (doubts >= maxDoubts) return giveUpInDoubt(held, sent.reply);
    log.warn({ message: held.id, tries: held.tries, why: sent.why, reply: sent.reply }, 'a message waits');
    const again = at.getTime() + retryAfterMs(sent.why === 'away' ? 1 : held.tries, random());
    return queue.postpone(held, record, new Date(Math.min(again, held.expiresAt.getTime())), doubts);
  }

  async function giveUpInDoubt(held: QueuedMessage, reply: string): Promise<void> {
    log.error({ message: held.id, template: held.template }, 'nobody says whether a message was taken; not sent again');
    await queue.end(held, 'unconfirmed', { at: clock.now(), outcome: 'unconfirmed', reply });
  }

  const rounds = createRounds(
    'messaging',
    pollMs,
    async () => {
      if ((await leases.hold('messaging', leaseS)) && (await workOnce()) > 0) rounds.wake();
    },
    log,
  );

  return {
    workOnce,
    start: () => rounds.start(),
    wake: () => rounds.wake(),
    async stop(graceMs = 8_000) {
      let cut: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        cut = setTimeout(resolve, graceMs);
      });
      await Promise.race([rounds.stop(), grace]);
      clearTimeout(cut);
      await leases.release('messaging').catch(() => undefined);
    },
  };
}
