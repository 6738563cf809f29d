import type { Adapter } from 'oidc-provider';
import type { Portal } from '../realm/index.ts';

type AdapterOf = (model: string) => Adapter;

/**
 * Keeps with each grant which portal it was given to, since a client id may be another's later: what was given to one
 * that was removed is worth nothing to the next of its name, nor to whoever kept it (RFC 7592 §2.3). Without its grant
 * no token is worth anything.
 */
export function withGrantsByPortal(
  adapterOf: AdapterOf,
  portalOf: (clientId: string) => Pick<Portal, 'createdAt'> | undefined,
): AdapterOf {
  /** Milliseconds since 1970: names one of those that had the id. */
  const sinceOf = (clientId: unknown) => portalOf(String(clientId))?.createdAt.getTime();

  return (model) => {
    const adapter = adapterOf(model);
    if (model !== 'Grant') return adapter;
    return {
      ...adapter,
      upsert: (id, payload, expiresIn) =>
        adapter.upsert(id, { ...payload, portalSince: sinceOf(payload.clientId) }, expiresIn),
      async find(id) {
        const grant = await adapter.find(id);
        const since = grant?.['portalSince'];
        return since === undefined || since === sinceOf(grant?.clientId) ? grant : undefined;
      },
    };
  };
}
