import type { Clock } from '../kernel/index.ts';

/** When to try again what failed: after 1, 2, 4 … s, at most five minutes. In memory: after a restart all is due. */
export interface BackOff {
  isDue(key: string): boolean;
  failed(key: string): void;
  succeeded(key: string): void;
  /** Forgets the keys that begin so and are not among these: nothing waits for them any more. */
  keep(prefix: string, keys: ReadonlySet<string>): void;
  /** How many are waiting. */
  size(): number;
}

const firstMs = 1_000;
const longestMs = 300_000;

export function createBackOff(clock: Clock): BackOff {
  const waiting = new Map<string, { readonly times: number; readonly dueAt: number }>();
  return {
    isDue: (key) => (waiting.get(key)?.dueAt ?? 0) <= clock.now().getTime(),
    failed(key) {
      const times = (waiting.get(key)?.times ?? 0) + 1;
      const delayMs = Math.min(firstMs * 2 ** (times - 1), longestMs);
      waiting.set(key, { times, dueAt: clock.now().getTime() + delayMs });
    },
    succeeded: (key) => void waiting.delete(key),
    keep(prefix, keys) {
      for (const key of waiting.keys()) if (key.startsWith(prefix) && !keys.has(key)) waiting.delete(key);
    },
    size: () => waiting.size,
  };
}
