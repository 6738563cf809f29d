import { z } from 'zod';
import { type Clock, GatehouseError } from '../kernel/index.ts';
import type { Declaration, Doc, Store } from '../store/index.ts';
import { addressRange } from './guessing/address-range.ts';

/** What all processes together let one range begin in one minute, beyond what each has without asking. */
interface Share extends Doc {
  /** `{range} {minute}` */
  readonly id: string;
  readonly taken: number;
  readonly removeAt: Date;
}

export const sharesDeclaration: Declaration<Share> = {
  name: 'begun_by_strangers',
  shape: z.object({ id: z.string(), taken: z.number().int(), removeAt: z.date() }),
  indexes: [],
  expiry: 'removeAt',
  survives: 'process',
};

/** So many at a time: up to the first of them nothing is written, and further processes exceed the limit by one each. */
const portion = 30;
/** Ranges remembered within a minute; beyond, the one seen first is forgotten, and begins anew. */
const rangesAtMost = 50_000;
const minuteMs = 60_000;

interface Here {
  begun: number;
  granted: number;
  /** Another portion is being asked for. False: there was none left. */
  asking?: Promise<boolean>;
}

/**
 * The limit on what people who have proven nothing make us store (sign-ins, pushed requests, device codes), per address
 * range and minute, over all realms.
 */
export interface Strangers {
  /** Throws `too_many` with `retryAfterS` beyond the limit. `address`: the client's. */
  admit(address: string): Promise<void>;
}

export function createStrangers(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly perMinute: number;
}): Strangers {
  const { clock, perMinute } = deps;
  const shares = deps.store.collection(sharesDeclaration);
  const first = Math.min(portion, perMinute);
  let minute = Number.NaN;
  let ranges = new Map<string, Here>();

  function hereOf(range: string, now: Date): Here {
    const current = Math.floor(now.getTime() / minuteMs);
    if (current !== minute) {
      minute = current;
      ranges = new Map();
    }
    const known = ranges.get(range);
    if (known !== undefined) return known;
    const [oldest] = ranges.size < rangesAtMost ? [] : ranges.keys();
    if (oldest !== undefined) ranges.delete(oldest);
    const here = { begun: 0, granted: first };
    ranges.set(range, here);
    return here;
  }

  async function ask(range: string, here: Here, now: Date): Promise<boolean> {
    let size = 0;
    await shares.upsert(`${range} ${minute}`, (doc) => {
      const taken = doc?.taken ?? 0;
      size = Math.min(portion, perMinute - first - taken);
      if (size <= 0) return undefined;
      return { id: `${range} ${minute}`, taken: taken + size, removeAt: new Date(now.getTime() + 2 * minuteMs) };
    });
    if (size <= 0) return false;
    here.granted += size;
    delete here.asking;
    return true;
  }

  return {
    async admit(address) {
      const range = addressRange(address);
      const now = clock.now();
      const here = hereOf(range, now);
      while (here.begun >= here.granted) {
        here.asking ??= ask(range, here, now);
        if (await here.asking) continue;
        const retryAfterS = Math.ceil((minuteMs - (now.getTime() % minuteMs)) / 1000);
        throw new GatehouseError('too_many', 'too much begun from one address range', { retryAfterS });
      }
      here.begun += 1;
    },
  };
}
