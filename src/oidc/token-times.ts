import { Provider } from 'oidc-provider';

/**
 * Codes and tokens know to the millisecond when the session began that they come from, as the session does
 * (`startedAt`). oidc-provider counts in whole seconds: too coarse to tell a token from before a password change from
 * one after it.
 */
export interface TokenTimes {
  startedAt?: number;
}

interface Token extends TokenTimes {
  readonly accountId?: string;
  save(): Promise<unknown>;
}

const models = ['AuthorizationCode', 'DeviceCode', 'AccessToken', 'RefreshToken'] as const;

export function keepTokenTimes(provider: Provider): void {
  for (const name of models) {
    const model = provider[name] as unknown as { readonly IN_PAYLOAD: readonly string[]; readonly prototype: Token };
    Object.defineProperty(model, 'IN_PAYLOAD', { value: [...model.IN_PAYLOAD, 'startedAt'] });
    const { save } = model.prototype;
    Object.assign(model.prototype, {
      async save(this: Token) {
        const startedAt = startOfOrigin();
        if (this.accountId !== undefined && startedAt !== undefined) this.startedAt ??= startedAt;
        return save.call(this);
      },
    });
  }
}

/** Of what this request exchanges for a token, or of the session that it is answered from. */
function startOfOrigin(): number | undefined {
  const { entities, session } = (Provider.ctx?.oidc ?? {}) as {
    readonly entities?: Readonly<Record<string, TokenTimes | undefined>>;
    readonly session?: TokenTimes;
  };
  const origins = ['AuthorizationCode', 'DeviceCode', 'RotatedRefreshToken', 'RefreshToken'];
  const origin = origins.map((name) => entities?.[name]).find((entity) => entity !== undefined);
  return origin?.startedAt ?? session?.startedAt;
}
