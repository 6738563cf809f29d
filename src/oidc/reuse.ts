import type { KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import { auditEvent } from '../audit/index.ts';
import { type Clock, digest } from '../kernel/index.ts';
import { type Declaration, type Doc, Duplicate, outboxShape, type Store, withOutbox } from '../store/index.ts';
import { type Params, text } from './params.ts';

interface Reuse extends Doc {
  readonly expiresAt: Date;
}

const declaration: Declaration<Reuse> = {
  name: 'oidc_reuses',
  shape: z.object({ id: z.string(), outbox: outboxShape, expiresAt: z.date() }),
  indexes: [],
  expiry: 'expiresAt',
  outbox: true,
};

/** Longer than what was used again could be presented: a code, or a refresh token of an ended family. */
const keptMs = 40 * 24 * 3_600_000;

export type UsedOnce = 'authorization_code' | 'refresh_token' | 'device_code';

const kinds: Readonly<Partial<Record<string, UsedOnce>>> = {
  AuthorizationCode: 'authorization_code',
  RefreshToken: 'refresh_token',
  DeviceCode: 'device_code',
};

export interface Used {
  /** As presented. */
  readonly value: string;
  readonly kind: UsedOnce;
  readonly clientId: string | undefined;
  readonly accountId: string | undefined;
}

/**
 * What was used a second time, once each: somebody may have stolen it (RFC 9700 §4.14.2), so the audit log says so.
 * Kept apart from the family it belongs to, since that is removed.
 */
export interface Reuses {
  /** Before the family ends, so that no end is without its reason. */
  record(realm: string, used: Used): Promise<void>;
}

export function createReuses({ store, clock }: { readonly store: Store; readonly clock: Clock }): Reuses {
  const reuses = store.collection(declaration);
  return {
    async record(realm, { value, kind, clientId, accountId }) {
      const now = clock.now();
      const event = auditEvent(now, {
        type: 'token.reused',
        realm,
        actor: { kind: 'client', ...(clientId === undefined ? {} : { id: clientId }) },
        ...(accountId === undefined ? {} : { subject: accountId }),
        ...(clientId === undefined ? {} : { portal: clientId }),
        details: { kind },
      });
      const id = `${realm}/${digest(value)}`;
      try {
        await reuses.insert(withOutbox({ id, expiresAt: new Date(now.getTime() + keptMs) }, event));
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error;
      }
    },
  };
}

export function usedOnce(model: string): UsedOnce | undefined {
  return kinds[model];
}

/**
 * For `revokeGrantPolicy`, which oidc-provider asks before it ends a family: at the token endpoint it does so only for
 * what was used already. The answer is its own default.
 */
export function recordReuses(realm: string, reuses: Reuses) {
  return async (ctx: KoaContextWithOIDC): Promise<boolean> => {
    const { route, entities, params, provider } = ctx.oidc;
    if (route === 'revocation' && entities.AccessToken !== undefined) return false;
    if (route !== 'token') return true;
    const ignoreExpiration = { ignoreExpiration: true } as const;
    const find: Record<UsedOnce, (value: string) => Promise<BaseToken | undefined>> = {
      authorization_code: (value) => provider.AuthorizationCode.find(value, ignoreExpiration),
      refresh_token: (value) => provider.RefreshToken.find(value, ignoreExpiration),
      device_code: (value) => provider.DeviceCode.find(value, ignoreExpiration),
    };
    const [kind, value] = presentedIn(params ?? {});
    if (kind === undefined || value === undefined) return true;
    const used = await find[kind](value);
    await reuses.record(realm, { value, kind, clientId: used?.clientId, accountId: used?.accountId });
    return true;
  };
}

function presentedIn(params: Params): [kind?: UsedOnce, value?: string | undefined] {
  switch (params.grant_type) {
    case 'authorization_code':
      return ['authorization_code', text(params.code)];
    case 'refresh_token':
      return ['refresh_token', text(params.refresh_token)];
    case 'urn:ietf:params:oauth:grant-type:device_code':
      return ['device_code', text(params.device_code)];
    default:
      return [];
  }
}

type BaseToken = { readonly clientId?: string | undefined; readonly accountId?: string | undefined };
