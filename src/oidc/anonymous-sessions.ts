import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/**
 * A session nobody signed in to carries nothing: oidc-provider makes one for whoever asks to sign out, and anybody on
 * the internet may ask. It is not stored, and its cookie not set.
 */
export function keepNoAnonymousSessions(provider: Provider): void {
  const { prototype } = provider.Session as unknown as {
    readonly prototype: {
      readonly accountId?: string;
      touched?: boolean;
      save(ttlS: number): Promise<unknown>;
      persist(): Promise<unknown>;
    };
  };
  const { save, persist } = prototype;
  Object.assign(prototype, {
    async save(this: typeof prototype, ttlS: number) {
      if (this.accountId !== undefined) return save.call(this, ttlS);
      // As the original does, so that nobody tries again.
      this.touched = false;
      return undefined;
    },
    // oidc-provider's own form for device codes, which nobody sees, changes the session once more after it was saved.
    async persist(this: typeof prototype) {
      return this.accountId === undefined ? undefined : persist.call(this);
    },
  });
}

/** To be called when the response is made. `name`: of the session's cookie. */
export function withholdAnonymousCookie(ctx: KoaContextWithOIDC, name: string): void {
  const { session } = ctx.oidc;
  if (session === undefined || session.accountId !== undefined) return;
  const lines = [ctx.response.headers['set-cookie'] ?? []].flat();
  const others = lines.filter((line) => !line.startsWith(`${name}=`) && !line.startsWith(`${name}.sig=`));
  if (others.length === lines.length) return;
  if (others.length === 0) ctx.remove('Set-Cookie');
  else ctx.set('Set-Cookie', others);
}
