import { createViews } from '../../src/http/index.ts';
import { createAllowance, openTelephony } from '../../src/messaging/index.ts';
import type { Rules } from '../../src/policy/index.ts';
import { createTokens, type Tokens } from '../../src/tokens/index.ts';
import { aHouse, type House } from '../../test/sign-in/house.ts';
import { aStore } from '../../test/support/store.ts';

/** A house with every kind of second factor. `codes`: the last one sent to each number. */
export interface Furnished {
  readonly house: House;
  readonly tokens: Tokens;
  readonly codes: ReadonlyMap<string, string>;
}

/** More than any bench sends. */
const wide = { minute: 100_000, day: 100_000, month: 100_000 };
const limits = Object.fromEntries(
  ['number', 'person', 'address', 'prefix', 'country', 'organization', 'realm'].map((scope) => [scope, wide]),
);
const messages = { currency: 'EUR', prices: [{ prefix: '*', sms: 0, voice: 0 }], limits };

export async function aFurnishedHouse(policy: Rules, database: string): Promise<Furnished> {
  const codes = new Map<string, string>();
  let inventory: Tokens | undefined;
  const house = await aHouse(
    policy,
    () => aStore(undefined, database),
    ({ store, clock, keyring, realms, beside }) => {
      inventory = createTokens({ store, clock });
      const allowance = createAllowance({
        ...{ store, clock, keyring },
        realms: {
          async get(id) {
            const realm = await realms.get(id);
            return realm === undefined ? undefined : { ...realm, messages };
          },
        },
        organizations: async () => [],
        measure: () => undefined,
      });
      const { telephony } = openTelephony({
        ...{ store, clock, keyring, allowance, twilio: undefined, origin: 'https://id.example' },
        log: { info() {}, warn() {}, error() {} },
        views: createViews({ directory: 'views', clock }),
        realms,
        outbox: () => ({
          async put({ to, text }) {
            codes.set(to, /\b\d{6}\b/.exec(text)?.[0] ?? '');
          },
          callIn: async () => undefined,
          goOnWithCall: async () => undefined,
        }),
      });
      return { tokens: inventory, phone: { telephony, countKeys: beside } };
    },
  );
  if (inventory === undefined) throw new Error('the house was not furnished');
  return { house, tokens: inventory, codes };
}
