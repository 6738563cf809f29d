import type { OutboxItem } from '../store/index.ts';
import type { Factor } from './factor.ts';
import type { MethodStore } from './methods.ts';

/** What the audit log was told: of each removed method its factor is told, too. May be told the same again. */
export function createAfterRemovals({
  kinds,
  methods,
}: {
  readonly kinds: ReadonlyMap<string, Factor>;
  readonly methods: Pick<MethodStore, 'recorded'>;
}) {
  return async (items: readonly OutboxItem[]): Promise<void> => {
    for (const { body, at } of items) {
      if (body['type'] !== 'method.removed') continue;
      const { kind, method: id } = body['details'] as { readonly kind: string; readonly method: string };
      const factor = kinds.get(kind);
      if (factor?.removed === undefined) continue;
      const method = await methods.recorded(id);
      if (method !== undefined) await factor.removed(method, at);
    }
  };
}
