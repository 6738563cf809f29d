import { Readable } from 'node:stream';
import { bindToken, type Factors } from '../factors/index.ts';
import { GatehouseError } from '../kernel/index.ts';
import { idInFile, type People } from '../people/index.ts';
import type { FileToken } from '../realm/index.ts';
import type { Tokens } from '../tokens/index.ts';

export interface DemoTokens {
  /** Puts those of a realm file into the inventory that are not in it yet. Its people are there already. */
  add(realm: string, tokens: readonly FileToken[]): Promise<readonly ('created' | 'unchanged')[]>;
}

const actor = { kind: 'system' } as const;
const columns = 'credential_id,seed_base32,assigned_to,organization';

/** `people`: asked for when needed, since realms are made before people. */
export function createDemoTokens(parts: {
  readonly tokens: Pick<Tokens, 'find' | 'import'>;
  readonly people: () => Pick<People, 'find'>;
  readonly methods: Factors['methods'];
}): DemoTokens {
  const { tokens, people, methods } = parts;

  async function make(realm: string, list: readonly FileToken[]): Promise<void> {
    const lines = list.map(({ credentialId, seed, assignedTo = '', organization }) =>
      [credentialId, seed, assignedTo, organization === undefined ? '' : idInFile(realm, organization)].join(','),
    );
    const imported = await tokens.import(
      {
        realm,
        source: Readable.from([Buffer.from(`${[columns, ...lines].join('\n')}\n`)]),
        personOf: async (identifier) => (await people().find(realm, identifier))?.id,
      },
      actor,
    );
    if (!imported.ok) {
      const why = imported.faults.map(({ fault }) => fault).join('; ');
      throw new GatehouseError('bad_request', `tokens of realm ${realm} cannot be made: ${why}`);
    }
    for (const { credentialId, assignedTo, active } of list) {
      if (active !== true || assignedTo === undefined) continue;
      const [person, token] = [await people().find(realm, assignedTo), await tokens.find(realm, credentialId)];
      if (person !== undefined && token !== undefined) await bindToken(methods, person.id, token, { actor });
    }
  }

  return {
    async add(realm, list) {
      const known = await Promise.all(list.map(({ credentialId }) => tokens.find(realm, credentialId)));
      const lacking = list.filter((_, index) => known[index] === undefined);
      if (lacking.length > 0) await make(realm, lacking);
      return known.map((token) => (token === undefined ? 'created' : 'unchanged'));
    },
  };
}
