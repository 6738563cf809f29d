import { Provider } from 'oidc-provider';

/**
 * Codes and tokens know to the millisecond when the session began that they come from, as the session does
 * (`startedAt`). oidc-provider counts in whole seconds: too coarse to tell a token from before a password change from
 * one after it. And they stay with the organization that the session was for when they were given.
 */
export interface TokenOrigin {
  startedAt?: number;
  organization?: string | undefined;
}

interface Token extends TokenOrigin {
  readonly accountId?: string;
  save(): Promise<unknown>;
}

const models = ['AuthorizationCode', 'DeviceCode', 'AccessToken', 'RefreshToken'] as const;

export function keepTokenOrigins(provider: Provider): void {
  for (const name of models) {
    const model = provider[name] as unknown as { readonly IN_PAYLOAD: readonly string[]; readonly prototype: Token };
    Object.defineProperty(model, 'IN_PAYLOAD', { value: [...model.IN_PAYLOAD, 'startedAt', 'organization'] });
    const { save } = model.prototype;
    Object.assign(model.prototype, {
      async save(this: Token) {
        const origin = originOfRequest();
        if (this.accountId !== undefined && origin?.startedAt !== undefined && this.startedAt === undefined) {
          this.startedAt = origin.startedAt;
          this.organization = origin.organization;
        }
        return save.call(this);
      },
    });
  }
}

/** What this request exchanges for a token, or the session that it is answered from. */
function originOfRequest(): TokenOrigin | undefined {
  const { entities, session } = (Provider.ctx?.oidc ?? {}) as {
    readonly entities?: Readonly<Record<string, TokenOrigin | undefined>>;
    readonly session?: TokenOrigin;
  };
  const origins = ['AuthorizationCode', 'DeviceCode', 'RotatedRefreshToken', 'RefreshToken'];
  const origin = origins.map((name) => entities?.[name]).find((entity) => entity?.startedAt !== undefined);
  return origin ?? session;
}
