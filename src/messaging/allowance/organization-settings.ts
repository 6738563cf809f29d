import { z } from 'zod';
import type { Declaration, Doc, Store } from '../../store/index.ts';

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
  }),
  indexes: [{ name: 'realm', fields: ['realm', 'organization'] }],
};

export interface OrganizationSettingsStore {
  get(realm: string, organization: string): Promise<OrganizationSettings>;
  /** What is undefined stays; null removes. */
  set(
    realm: string,
    organization: string,
    change: { readonly [K in keyof OrganizationSettings]?: OrganizationSettings[K] | null },
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
    async set(realm, organization, change) {
      const id = idOf(realm, organization);
      const written = await settings.upsert(id, (doc) => {
        const next = Object.fromEntries(
          Object.entries({ ...plain(doc ?? {}), ...change }).filter(
            ([, value]) => value !== null && value !== undefined,
          ),
        );
        return { id, realm, organization, ...plain(next) };
      });
      return written.ok ? plain(written.doc) : {};
    },
  };
}
