import { auditEvent } from '../../audit/index.ts';
import { type Clock, GatehouseError, type Keyring, newId } from '../../kernel/index.ts';
import type { Realm, Realms } from '../../realm/index.ts';
import type { Store } from '../../store/index.ts';
import type { Admitted, Allowance, AllowanceRefusal, CodeMessage } from './allowance.ts';
import { amount } from './amount.ts';
import { type Costs, createCosts } from './costs.ts';
import { type Counts, createCounts, type Place } from './counts.ts';
import { type BudgetedOrganization, type Terms, termsOf } from './levels.ts';
import { type NumberFacts, numberFacts } from './numbers.ts';
import { createOrganizationSettings, type OrganizationSettingsStore } from './organization-settings.ts';
import { priceMicros } from './prices.ts';
import { createSends } from './sends.ts';
import { tellOf } from './tell.ts';
import { startOf } from './windows.ts';

export interface AllowanceParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly realms: Pick<Realms, 'get'>;
  /** What is known of these organizations, in the same order. */
  readonly organizations: (realm: string, path: readonly string[]) => Promise<readonly BudgetedOrganization[]>;
  /** Looks on. */
  readonly measure?: (seen: MeasuredMessage) => void;
}

export interface MeasuredMessage {
  readonly channel: 'sms' | 'voice';
  readonly outcome: 'admitted' | 'used' | 'failed' | AllowanceRefusal;
  /** Spent; negative when given back. */
  readonly micros: number;
  readonly currency: string;
}

export interface AllowanceDesk extends Allowance {
  readonly counts: Counts;
  readonly costs: Costs;
  readonly organizations: OrganizationSettingsStore;
  /** What holds for messages of these organizations (outermost first; none: of the realm alone). */
  terms(realm: Realm, path: readonly string[]): Promise<Terms>;
}

export const prefixId = (realm: string, prefix: string): string => `prefix ${realm} ${prefix}`;
export const countryId = (realm: string, dialCode: string): string => `country ${realm} ${dialCode}`;
export const organizationId = (realm: string, id: string): string => `organization ${realm} ${id}`;
export const realmId = (realm: string): string => `realm ${realm}`;

/** Create before `store.bootstrap()`. */
export function createAllowance(parts: AllowanceParts): AllowanceDesk {
  const { clock, keyring, realms } = parts;
  const counts = createCounts(parts);
  const sends = createSends(parts);
  const costs = createCosts(parts);
  const organizations = createOrganizationSettings(parts);
  // Not a hash that anybody with a list of numbers could try.
  const numberId = (number: string) => `number ${keyring.mac('code message number', number)}`;

  async function terms(realm: Realm, path: readonly string[]): Promise<Terms> {
    const known = await parts.organizations(realm.id, path);
    const withSettings = known.map(async (each) => ({ ...each, settings: await organizations.get(realm.id, each.id) }));
    return termsOf(realm, await Promise.all(withSettings));
  }

  /** Narrow ones first, so that a stranger's new number leaves no count behind where a wider one refuses; money last. */
  function placesOf(
    message: CodeMessage,
    facts: NumberFacts,
    { limits, slowing, ...terms }: Terms,
    price: number,
  ): Place[] {
    const { realm, userId, number, addressRange } = message;
    const { prefix, dialCode } = facts;
    return [
      { id: numberId(number), kind: 'number', limits: limits.number },
      { id: `person ${realm} ${userId}`, kind: 'person', limits: limits.person },
      { id: `address ${addressRange}`, kind: 'address', limits: limits.address },
      { id: prefixId(realm, prefix), kind: 'prefix', realm, key: prefix, limits: limits.prefix, slowing },
      // Not slowed as a whole: one operator's numbers that are pumped would stop everybody else's.
      { id: countryId(realm, dialCode), kind: 'country', realm, key: dialCode, limits: limits.country },
      ...terms.organizations.toReversed().map(
        ({ id, budgetMicros: budget }): Place => ({
          ...{ id: organizationId(realm, id), kind: 'organization', realm, key: id },
          ...{ limits: limits.organization, money: { price, budget } },
        }),
      ),
      {
        ...{ id: realmId(realm), kind: 'realm', realm, limits: limits.realm },
        money: { price, budget: terms.realm.budgetMicros },
      },
    ];
  }

  async function admit(message: CodeMessage): Promise<Admitted & { readonly currency: string }> {
    const realm = await realms.get(message.realm);
    if (realm === undefined) throw new GatehouseError('internal', `a code for a realm that is gone: ${message.realm}`);
    const [facts, held] = await Promise.all([numberFacts(message.number), terms(realm, message.organizationPath)]);
    const { currency } = held;
    if (facts?.isOrdinary !== true) return { ok: false, why: 'premium', currency };
    if (facts.country === undefined || !held.countries.has(facts.country))
      return { ok: false, why: 'country', currency };

    const price = priceMicros(held.prices, message.number, message.channel);
    const now = clock.now();
    const tell = tellOf(message, held, realm.languages[0] ?? 'en', now);
    const reserved = await counts.reserve(placesOf(message, facts, held, price), tell);
    if (!reserved.ok) return { ok: false, why: reserved.why, retryAt: reserved.retryAt, currency };

    const { organizationPath: path, channel, userId, signIn } = message;
    const { prefix, dialCode, country } = facts;
    const id = newId();
    const organization = path.at(-1);
    const event = auditEvent(now, {
      ...{ type: 'code_message.admitted', realm: realm.id, actor: { kind: 'system' }, subject: userId, signIn },
      details: {
        ...{ channel, country, prefix, price: amount(price, currency) },
        ...(organization === undefined ? {} : { organization }),
      },
    });
    const send = { id, realm: realm.id, organizationPath: path, prefix, dialCode, channel, currency, at: now };
    await sends.add({ ...send, priceMicros: price }, [event]);
    await costs.add({ realm: realm.id, path, dialCode, channel, currency, at: now }, { messages: 1, micros: price });
    return { ok: true, id, priceMicros: price, currency };
  }

  return {
    ...{ counts, costs, organizations, terms },

    async admit(message) {
      const { currency, ...admitted } = await admit(message);
      const outcome = admitted.ok ? 'admitted' : admitted.why;
      parts.measure?.({ channel: message.channel, outcome, micros: admitted.ok ? admitted.priceMicros : 0, currency });
      return admitted;
    },

    async used(id) {
      const send = await sends.end(id, 'used');
      if (send === undefined) return;
      const { realm, prefix, channel, currency, at } = send;
      await counts.usage(prefixId(realm, prefix), 'used', at);
      await costs.add({ ...send, path: send.organizationPath }, { used: 1 });
      parts.measure?.({ channel, outcome: 'used', micros: 0, currency });
    },

    async failed(id, how = 'refused') {
      const send = await sends.end(id, 'failed');
      if (send === undefined) return;
      const { realm, prefix, organizationPath, channel, currency, at } = send;
      await counts.usage(prefixId(realm, prefix), 'failed', at);
      const back = how === 'refused' ? send.priceMicros : 0;
      if (back > 0) {
        const month = startOf('month', at);
        for (const organization of organizationPath) {
          await counts.refund(organizationId(realm, organization), back, month);
        }
        await counts.refund(realmId(realm), back, month);
      }
      await costs.add({ ...send, path: organizationPath }, { failed: 1, micros: -back });
      parts.measure?.({ channel, outcome: 'failed', micros: -back, currency });
    },

    hold: (number, until) => counts.hold(numberId(number), until),
  };
}
