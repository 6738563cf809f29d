import { z } from 'zod';
import { type Collection, type Declaration, type Doc, Duplicate, type Store } from '../../store/index.ts';
import type { AllowanceRefusal } from '../allowance/allowance.ts';
import type { SimVerdict } from './sim-changes.ts';

/**
 * `sending`: written down before the provider is asked. `taken`: it has it. `delivered`: received, or somebody pressed a
 * key in the call. `unreachable`: it did not arrive. `unheard`: the call was answered, and nobody pressed a key in it.
 * `withheld`: it was not to be sent. The others as in `Taken`.
 */
export type SendState = (typeof sendStates)[number];

const sendStates = [
  'sending',
  'taken',
  'delivered',
  'unreachable',
  'unheard',
  'withheld',
  'refused',
  'away',
  'unsure',
] as const;

/** `sim_changed`, `sim_unknown`: by the realm's `messages.simChanges`; the others by the allowance. */
export interface Withheld {
  readonly why: AllowanceRefusal | Exclude<SimVerdict, 'send'>;
  readonly retryAt?: Date | undefined;
}

/** One code on its way to a telephone, or what became of it. Neither the code nor the whole number. */
export interface Send extends Doc {
  readonly realm: string;
  readonly userId: string;
  readonly signIn: string;
  readonly channel: 'sms' | 'voice';
  readonly to: string;
  readonly state: SendState;
  readonly withheld?: Withheld | undefined;
  /** Of the allowance, to tell it what became of this. */
  readonly admission?: string | undefined;
  readonly providerId?: string | undefined;
  /** Answers by keys that were taken so far, in a call. */
  readonly turns: number;
  readonly isBackupCalled: boolean;
  readonly address: string;
  /** Where a call to a second number counts as well. */
  readonly addressRange: string;
  readonly organizationPath: readonly string[];
  /** Since when the number is the person's. */
  readonly boundAt?: Date;
  readonly at: Date;
  readonly removeAt: Date;
}

const sendsDeclaration: Declaration<Send> = {
  name: 'phone_sends',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    userId: z.string(),
    signIn: z.string(),
    channel: z.enum(['sms', 'voice']),
    to: z.string(),
    state: z.enum(sendStates),
    withheld: z
      .object({ why: z.string() as unknown as z.ZodType<Withheld['why']>, retryAt: z.date().optional() })
      .optional(),
    admission: z.string().optional(),
    providerId: z.string().optional(),
    turns: z.number().int(),
    isBackupCalled: z.boolean(),
    address: z.string(),
    addressRange: z.string(),
    organizationPath: z.array(z.string()),
    boundAt: z.date().exactOptional(),
    at: z.date(),
    removeAt: z.date(),
  }),
  indexes: [],
  expiry: 'removeAt',
  sealed: ['to'],
  // The process asks the provider right after; a power cut ends both.
  survives: 'process',
};

const keptMs = 24 * 60 * 60 * 1000;

/** News only ever moves forward: callbacks come late, twice and out of order. */
const rank: Readonly<Record<SendState, number>> = {
  sending: 0,
  unsure: 1,
  away: 1,
  taken: 2,
  unreachable: 3,
  unheard: 3,
  delivered: 4,
  withheld: 5,
  refused: 5,
};

export interface Sends {
  get(id: string): Promise<Send | undefined>;
  /** Undefined: it is there already, so whoever wrote it sends it. */
  begin(send: Omit<Send, 'state' | 'turns' | 'isBackupCalled' | 'removeAt'>): Promise<Send | undefined>;
  /** True when this was news. */
  advance(
    id: string,
    state: SendState,
    more?: Partial<Pick<Send, 'withheld' | 'admission' | 'providerId'>>,
  ): Promise<boolean>;
  /** True for one of any number of racers. */
  takeTurn(id: string, turn: number): Promise<boolean>;
  takeBackup(id: string): Promise<boolean>;
}

export function createSends(store: Store): Sends {
  const sends: Collection<Send> = store.collection(sendsDeclaration);
  const once = async (id: string, change: (send: Send) => Send | undefined) => (await sends.update(id, change)).ok;

  return {
    get: (id) => sends.get(id),
    async begin(send) {
      const removeAt = new Date(send.at.getTime() + keptMs);
      const begun: Send = { ...send, state: 'sending', turns: 0, isBackupCalled: false, removeAt };
      try {
        await sends.insert(begun);
        return begun;
      } catch (error) {
        if (error instanceof Duplicate) return undefined;
        throw error;
      }
    },
    advance: (id, state, more = {}) =>
      once(id, (send) => (rank[state] > rank[send.state] ? { ...send, ...more, state } : undefined)),
    takeTurn: (id, turn) => once(id, (send) => (send.turns === turn ? { ...send, turns: turn + 1 } : undefined)),
    takeBackup: (id) => once(id, (send) => (send.isBackupCalled ? undefined : { ...send, isBackupCalled: true })),
  };
}
