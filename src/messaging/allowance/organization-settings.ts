import { z } from 'zod';
import { auditEvent } from '../../audit/index.ts';
import { type Declaration, type Doc, outboxShape, type Store, withOutbox } from '../../store/index.ts';

/** What an operator said about an organization's messages; its budget may also stand in its policy. */
export interface OrganizationSettings {
  /** Whole units of the realm's currency per month. */
  readonly budget?: number;
  readonly countries?: readonly string[];
  /** Address for news of the budget. */
  readonly contact?: string;
}

interface SettingsDoc extends Doc, OrganizationSettings {
  readonly realm: string;
  readonly organization: string;
}

const settingsDeclaration: Declaration<SettingsDoc> = {
  name: 'code_message_settings',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    organization: z.string(),
    budget: z.number().exactOptional(),
    countries: z.array(z.string()).exactOptional(),
    contact: z.string().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [{ name: 'realm', fields: ['realm', 'organization'] }],
  outbox: true,
};

export interface OrganizationSettingsStore {
  get(realm: string, organization: string): Promise<OrganizationSettings>;
  /** Ids of organizations that something was set for. */
  list(realm: string): Promise<readonly string[]>;
  /** By an operator. What is left out stays; null removes. */
  set(
    realm: string,
    organization: string,
    change: { readonly [K in keyof OrganizationSettings]?: OrganizationSettings[K] | null },
    now: Date,
  ): Promise<OrganizationSettings>;
}

export function createOrganizationSettings({ store }: { readonly store: Store }): OrganizationSettingsStore {
  const settings = store.collection(settingsDeclaration);
  const idOf = (realm: string, organization: string) => JSON.stringify([realm, organization]);
  const plain = ({ budget, countries, contact }: OrganizationSettings): OrganizationSettings => ({
    ...(budget === undefined ? {} : { budget }),
    ...(countries === undefined ? {} : { countries }),
    ...(contact === undefined ? {} : { contact }),
  });
  return {
    async get(realm, organization) {
      return plain((await settings.get(idOf(realm, organization))) ?? {});
    },
    async list(realm) {
      const ids: string[] = [];
      let after: string | undefined;
      do {
        const query = { index: 'realm', equals: [realm], limit: 500 };
        const page = await settings.list(after === undefined ? query : { ...query, after });
        ids.push(...page.items.map(({ organization }) => organization));
        after = page.next;
      } while (after !== undefined);
      return ids;
    },
    async set(realm, organization, change, now) {
      const id = idOf(realm, organization);
      const written = await settings.upsert(id, (doc) => {
        const next = Object.fromEntries(
          Object.entries({ ...plain(doc ?? {}), ...change }).filter(
            ([, value]) => value !== null && value !== undefined,
          ),
        );
        const event = auditEvent(now, {
          ...{ type: 'code_messages.organization_set', realm, actor: { kind: 'operator' } },
          details: { organization, ...detailsOf(plain(next)) },
        });
        const changed: SettingsDoc = { id, realm, organization, ...plain(next) };
        return withOutbox(doc?.outbox === undefined ? changed : { ...changed, outbox: doc.outbox }, event);
      });
      return written.ok ? plain(written.doc) : {};
    },
  };
}

const detailsOf = ({ budget, countries, contact }: OrganizationSettings) => ({
  budget: budget ?? null,
  countries: countries?.join(' ') ?? null,
  contact: contact ?? null,
});
